"""The guide of a group interview: its numbered questions, one a line.

private/interview_guide.txt       of the study
private/guides/<group_id>.txt     of one group, instead of the study's

    # The beginning
    1. How did you come to join the group?
       - Who told you about it?
    2. What were the meetings like?
    2a. How well did the technology work?

The number may be left out of all questions; they are then 1, 2, 3 … Probes and parts of a question
are indented, begin with a dash or a letter (``a)``), or repeat its number (``2a``, ``2.1``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.errors import StudyError
from pipeline.records import Recording
from pipeline.storage.borders.text import data_in, text_in
from pipeline.study import Study

MAX_BYTES = 200_000
_SUBJECT = "The interview guide"
_NUMBERED = re.compile(r"(\d{1,3})\s*[.):]\s*(?!\d)(.*)")
_PART_OF = re.compile(r"(\d{1,3})(?:\s?[a-zåäö]|\.\d{1,2})(?:[.):]\s*|\s+|$)(.*)", re.IGNORECASE)
_PART = re.compile(r"(?:[-–—*•·]\s*|[a-zåäö][.)]\s+)(.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its number; ``probes`` are its sub-questions and follow-up questions."""

    number: int
    text: str
    probes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guide:
    """The questions of an interview in the order in which they are to be asked; at least one."""

    questions: tuple[Question, ...]


def load(study: Study, group_id: str) -> Guide | None:
    """The guide of a group's interviews: its own, else the study's; None if there is neither.

    Raises StudyError if it cannot be used, TransientError if it cannot be read.
    """
    for file in (study.guides / f"{group_id}.txt", study.guide_file):
        if file.exists():
            return parsed(text_in(data_in(file, _SUBJECT, MAX_BYTES), _SUBJECT))
    return None


def guide_of(study: Study, recording: Recording) -> Guide | None:
    """The guide of a session, if it is an interview and has one. Raises as ``load``."""
    is_interview = recording.kind == "group_interview"
    return load(study, recording.group_id) if is_interview else None


def parsed(text: str) -> Guide:
    """The guide that a text describes.

    Raises StudyError that names the first wrong line, without its content.
    """
    reading = _Reading()
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            reading.take(number, line)
    return reading.guide()


class _Reading:
    """A partly read guide."""

    def __init__(self) -> None:
        self._texts: dict[int, list[str]] = {}
        self._last = 0
        self._numbered: bool | None = None

    def take(self, line_number: int, line: str) -> None:
        said = line.strip()
        if match := _PART_OF.fullmatch(said):
            if int(match[1]) != self._last:
                raise _wrong(line_number, "is part of a question that does not stand above it")
            self._add_probe(line_number, match[2])
        elif match := _PART.fullmatch(said):
            self._add_probe(line_number, match[1])
        elif line[0].isspace():
            numbered = _NUMBERED.fullmatch(said)
            self._add_probe(line_number, numbered[2] if numbered else said)
        else:
            self._add_question(line_number, said)

    def _add_question(self, line_number: int, said: str) -> None:
        match = _NUMBERED.fullmatch(said)
        if self._numbered is not None and self._numbered != bool(match):
            raise _wrong(
                line_number,
                "has no number in front, as the questions above it have"
                if self._numbered
                else "has a number in front, as the questions above it have not",
            )
        self._numbered = bool(match)
        number = int(match[1]) if match else self._last + 1
        if not number:
            raise _wrong(line_number, "has the number 0")
        if number in self._texts:
            raise _wrong(line_number, "has the number of a question above it")
        self._texts[number] = [_worded(line_number, match[2] if match else said)]
        self._last = number

    def _add_probe(self, line_number: int, said: str) -> None:
        if not self._last:
            raise _wrong(line_number, "is part of a question, but none stands above it")
        self._texts[self._last].append(_worded(line_number, said))

    def guide(self) -> Guide:
        if not self._texts:
            raise StudyError("The interview guide holds no question.", "Write one question a line.")
        return Guide(
            tuple(Question(n, text, tuple(probes)) for n, (text, *probes) in self._texts.items())
        )


def _worded(line_number: int, said: str) -> str:
    if not any(map(str.isalpha, said)):
        raise _wrong(line_number, "asks nothing: it has no words")
    return said.strip()


def _wrong(line_number: int, what: str) -> StudyError:
    return StudyError(
        f"Line {line_number} of the interview guide {what}.",
        "Write one question a line, with or without its number; put # before a heading and - "
        "before a probe.",
    )
