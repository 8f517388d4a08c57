"""From the answers in a sheet of turns to edits: all of them, or none where a cell is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from pipeline.records import Turn, TurnKind
from pipeline.review.round_trip import DECIDED_SINCE, WrongCell, WrongCells
from pipeline.review.turns.sheet import CUT, DELETE, KINDS, MERGE, tenths, text_of, turns_sheet
from pipeline.storage.digests import digest
from pipeline.storage.sheets import Answer
from pipeline.turns.edits.edit import About, Action, Edit
from pipeline.turns.edits.find import SHARED
from pipeline.turns.edits.retime import timed

Cells = Mapping[str, str]

_SHEET = turns_sheet([])
# an edit is found by what its row was before, so edits of a row's speaker come near the end
_ORDER: tuple[Action, ...] = ("text", "split", "kind", "delete", "speaker", "merge", "add")
_CUT_FIRST = f"mark in the text with {CUT} where the second part begins"
_WORD_S = 0.4  # duration of a word if no end is given
_TIME = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{1,2}(?:[.,]\d+)?)")


@dataclass(frozen=True, slots=True)
class Decided:
    """The edits of a sheet in the order in which they are applied, and the rows they are of.

    ``rows`` have a digest of what was filled in. Both are empty if there are ``problems``, one
    sentence each; none of them repeats what was said.
    """

    edits: tuple[Edit, ...]
    rows: Mapping[str, str]
    problems: tuple[str, ...] = ()


def decided(
    answers: Sequence[Answer],
    turns: Mapping[str, Turn],
    labels: Mapping[str, str],
    done: Mapping[str, str],
    duration_s: float,
    added: Sequence[About] = (),
    since: Mapping[str, Cells] | None = None,
) -> Decided:
    """Return the changes of the answers.

    ``turns`` are the session's by row id, in order, as they were when the sheet was written;
    ``labels`` the speaker labels by how they are shown; ``done`` the rows that were applied before,
    each with a digest of what was filled in then. ``duration_s`` is the recording's; ``added`` is
    the talk that was added before. ``since`` are the rows that another sheet has changed since this
    one was written, with the present contents of their cells.
    """
    since = since or {}
    work = _Deciding(turns, labels, duration_s, added)
    for answer in answers:
        filled = {k: now for k in answer.cells if (now := answer.filled(k)) is not None}
        if filled and not answer.id:
            work.add(answer.number, filled, done)
        elif filled and done.get(answer.id) == _digest(filled):
            work.note(answer.id, filled)
        elif filled and answer.id in done:
            work.wrong.add(answer.number, next(iter(filled)), DECIDED_SINCE)
        elif filled and answer.id in since:
            stands = since[answer.id]
            other = [c for c, cell in filled.items() if cell != stands.get(c, "")]
            if other:
                work.wrong.add(answer.number, other[0], DECIDED_SINCE)
            else:
                work.note(answer.id, filled)
        elif filled:
            work.take(answer, filled)
    work.merge()
    if problems := work.wrong.sentences:
        return Decided((), {}, problems)
    edits = sorted(work.edits, key=lambda edit: _ORDER.index(edit.action))
    return Decided(tuple(edits), work.rows)


class _Deciding:
    """The edits while a sheet is read, row by row, and its wrong cells."""

    def __init__(
        self,
        turns: Mapping[str, Turn],
        labels: Mapping[str, str],
        duration_s: float,
        added: Sequence[About],
    ) -> None:
        self.edits: list[Edit] = []
        self.rows: dict[str, str] = {}
        self.wrong = WrongCells(_SHEET)
        self._turns, self._labels = turns, labels
        self._duration_s, self._added = duration_s, [*added]
        self._label = {id: turn.label for id, turn in turns.items()}  # after the sheet
        self._merged: dict[str, int] = {}  # row ids, with their place in the sheet

    def take(self, answer: Answer, filled: Mapping[str, str]) -> None:
        """Turn a row's cells into edits."""
        with self.wrong.of_row(answer.number):
            column = next(iter(filled))
            if answer.id in self.rows:
                raise WrongCell(column, "another row is the same row; fill in one of them only")
            if answer.id not in self._turns:
                raise WrongCell(
                    column,
                    "the sheet is of another session, or this one was processed again since; fill "
                    "in a new sheet",
                )
            self.note(answer.id, filled)
            self._take(answer.id, filled, answer.number)
        self.rows[answer.id] = _digest(filled)

    def note(self, id: str, filled: Mapping[str, str]) -> None:
        """Note the speaker of a row after the sheet; '' where it is deleted."""
        if id in self._turns:
            speaker = self._speaker(filled, "speaker")
            self._label[id] = "" if _action(filled) == DELETE else speaker or self._label[id]

    def add(self, number: int, filled: Mapping[str, str], done: Mapping[str, str]) -> None:
        """Turn a row that a person added into missed talk, unless it was added already."""
        id = f"+{_digest(filled)}"
        if id not in done and id not in self.rows:
            with self.wrong.of_row(number):
                self._add(filled)
        self.rows[id] = _digest(filled)

    def _add(self, filled: Mapping[str, str]) -> None:
        for column, what in _ADDED.items():
            if column not in filled:
                raise WrongCell(column, f"a row that is added needs {what}")
        for column in ("second", "action"):
            if column in filled:
                raise WrongCell(column, "leave this empty in a row that is added")
        if CUT in filled["text"]:
            raise WrongCell("text", f"add a row for each turn instead of {CUT}")
        words = filled["text"].split()
        start_s = self._time(filled, "start")
        end_s = min(start_s + _WORD_S * len(words), self._duration_s)
        if "end" in filled:
            end_s = self._time(filled, "end")
        if end_s <= start_s:
            raise WrongCell("end", "give a time after the start of the row")
        label = self._speaker(filled, "speaker")
        assert label is not None
        about = About(start_s, end_s, label, _kind(filled) or "turn", ())
        if any(_has_same_talk(about, other) for other in self._added):
            raise WrongCell("start", "talk of this speaker was added here before; correct that row")
        self._added.append(about)
        self.edits.append(Edit("add", replace(about, words=timed((), filled["text"], about))))

    def _time(self, filled: Mapping[str, str], column: str) -> float:
        found = _TIME.fullmatch(filled[column])
        if found is None:
            raise WrongCell(column, "write the time as hours:minutes:seconds, e.g. 0:12:05")
        parts = [(part or "0").replace(",", ".") for part in found.groups()]
        hours, minutes, seconds = map(float, parts)
        time_s = round(3600 * hours + 60 * minutes + seconds, 3)
        if time_s > self._duration_s:
            end = tenths(self._duration_s)
            raise WrongCell(column, f"the recording ends at {end}; write hours:minutes:seconds")
        return time_s

    def merge(self) -> None:
        """Merge rows with the previous row of their speaker, as of after the sheet."""
        latest: dict[str, About] = {}
        for id, turn in self._turns.items():
            label = self._label[id]
            if not label:
                continue
            about = replace(About.of(turn), label=label)
            if id in self._merged and label not in latest:
                problem = "there is no row of this speaker before"
                self.wrong.add(self._merged[id], "action", problem)
            elif id in self._merged:
                self.edits.append(Edit("merge", _both(latest[label], about)))
            latest[label] = about

    def _take(self, id: str, filled: Mapping[str, str], number: int) -> None:
        turn = self._turns[id]
        about = About.of(turn)
        action = _action(filled)
        if action == DELETE:
            if others := filled.keys() - {"action"}:
                raise WrongCell(min(others), "leave this as it was in a row that is deleted")
            self.edits.append(Edit("delete", about))
            return
        speaker, second = self._speaker(filled, "speaker"), self._speaker(filled, "second")
        kind = _kind(filled)
        if "text" in filled:
            about = self._write(turn, filled["text"], second)
        elif second:
            raise WrongCell("second", _CUT_FIRST)
        if kind and kind != turn.kind:
            self.edits.append(Edit("kind", about, kind=kind))
        if speaker and speaker != turn.label:
            self.edits.append(Edit("speaker", about, speaker=speaker))
        if action == MERGE:
            self._merged[id] = number

    def _write(self, turn: Turn, cell: str, second: str | None) -> About:
        """Add the edits of a row's text; return the row, or its first part, after them."""
        about = About.of(turn)
        parts = [part.split() for part in cell.split(CUT)]
        written = " ".join(chain.from_iterable(parts))
        if written != text_of(turn):
            self.edits.append(Edit("text", about, text=written))
            about = replace(about, words=timed(about.words, written, about))
        if len(parts) == 1:
            if second:
                raise WrongCell(
                    "second", f"mark in the text with {CUT} where the second part begins"
                )
            return about
        if not all(parts):
            raise WrongCell("text", f"write {CUT} between two words")
        for number in range(len(parts) - 1, 0, -1):  # from the end: the first part keeps its place
            first = about.words[: -len(parts[number])]
            cut_s = (first[-1].end_s + about.words[len(first)].start_s) / 2
            to = second if number % 2 else None  # the parts alternate between the two
            self.edits.append(Edit("split", about, cut_s=round(cut_s, 3), speaker=to))
            about = replace(about, end_s=max(word.end_s for word in first), words=first)
        return about

    def _speaker(self, filled: Mapping[str, str], column: str) -> str | None:
        if column not in filled or (column == "second" and not filled[column]):
            return None
        wanted = filled[column].casefold()
        label = next((k for shown, k in self._labels.items() if shown.casefold() == wanted), None)
        if label is None:
            raise WrongCell(column, "choose one of the people in the list")
        return label


_ADDED = {
    "start": "its start, e.g. 0:12:05",
    "speaker": "its speaker",
    "text": "what was said",
}


def _has_same_talk(one: About, other: About) -> bool:
    """Whether two rows are of one speaker and mostly of the same time."""
    shorter_s = min(one.duration_s, other.duration_s)
    return one.label == other.label and one.overlap_s(other) >= SHARED * shorter_s > 0


def _both(one: About, other: About) -> About:
    return replace(
        one,
        end_s=max(one.end_s, other.end_s),
        kind="turn",
        words=(*one.words, *other.words),
    )


def _kind(filled: Mapping[str, str]) -> TurnKind | None:
    if "kind" not in filled:
        return None
    for kind, shown in KINDS.items():
        if _means(filled["kind"], shown):
            return kind
    raise WrongCell("kind", f"choose {' or '.join(KINDS.values())}")


def _action(filled: Mapping[str, str]) -> str | None:
    if not filled.get("action"):
        return None
    for shown in (DELETE, MERGE):
        if _means(filled["action"], shown):
            return shown
    raise WrongCell("action", f"choose {DELETE} or {MERGE}, or leave it empty")


def _means(cell: str, shown: str) -> bool:
    """Whether a cell holds a choice, in one language or in both."""
    return {part.strip() for part in cell.casefold().split("/")} <= {*shown.split(" / ")}


def _digest(filled: Mapping[str, str]) -> str:
    return digest(dict(filled))[:16]
