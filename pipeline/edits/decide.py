"""From the answers in a sheet of turns to edits: all of them, or none where a cell is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from pipeline.edits.model import About, Action, Edit
from pipeline.edits.sheet import CUT, DELETE, KINDS, MERGE, text_of, turns_sheet
from pipeline.edits.words import timed
from pipeline.records import Turn, TurnKind
from pipeline.sheets import Answer
from pipeline.store import digest

_SHEET = turns_sheet([])
# what a row was before decides where an edit of it is found, so whose it is comes near the end
_ORDER: tuple[Action, ...] = ("text", "split", "kind", "delete", "speaker", "merge")


@dataclass(frozen=True, slots=True)
class Decided:
    """The edits of a sheet in the order in which they are carried out, and the rows they are of.

    ``rows`` have a digest of what was filled in. Neither where there are ``problems``, one
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
) -> Decided:
    """What the answers change.

    ``turns`` are the session's by row id, in order, as they were when the sheet was written;
    ``labels`` the speaker labels by how they are shown; ``done`` the rows that were carried out
    before, each with a digest of what was filled in then.
    """
    work = _Deciding(turns, labels)
    for answer in answers:
        filled = {k: now for k in answer.cells if (now := answer.filled(k)) is not None}
        if filled and done.get(answer.id) == _digest(filled):
            work.note(answer.id, filled)
        elif filled:
            work.take(answer, filled, applied=answer.id in done)
    work.merge()
    if work.problems:
        return Decided((), {}, tuple(sentence for _, sentence in sorted(work.problems)))
    edits = sorted(work.edits, key=lambda edit: _ORDER.index(edit.action))
    return Decided(tuple(edits), work.rows)


class _Wrong(Exception):
    """A cell that cannot be carried out: its column, and what is allowed there."""


class _Deciding:
    """The edits while a sheet is read, row by row, and what is wrong in the sheet."""

    def __init__(self, turns: Mapping[str, Turn], labels: Mapping[str, str]) -> None:
        self.edits: list[Edit] = []
        self.rows: dict[str, str] = {}
        self.problems: list[tuple[int, str]] = []
        self._turns, self._labels = turns, labels
        self._label = {id: turn.label for id, turn in turns.items()}  # after the sheet
        self._merged: dict[str, int] = {}  # row ids, with their place in the sheet

    def take(self, answer: Answer, filled: Mapping[str, str], *, applied: bool) -> None:
        """Turn a row's cells into edits."""
        try:
            column = next(iter(filled))
            if applied:
                raise _Wrong(column, "this row was carried out before; change it in a new sheet")
            if answer.id in self.rows:
                raise _Wrong(column, "another row is the same row; fill in one of them only")
            if answer.id not in self._turns:
                raise _Wrong(
                    column, "the session was processed anew since; fill in a new sheet instead"
                )
            self.note(answer.id, filled)
            self._take(answer.id, filled, answer.number)
        except _Wrong as wrong:
            self._complain(answer.number, *wrong.args)
        self.rows[answer.id] = _digest(filled)

    def note(self, id: str, filled: Mapping[str, str]) -> None:
        """Whose a row is after the sheet; nobody's where it is deleted."""
        if id in self._turns:
            speaker = self._speaker(filled, "speaker")
            self._label[id] = "" if _action(filled) == DELETE else speaker or self._label[id]

    def merge(self) -> None:
        """Merge rows with the row of their speaker before, whoever that is after the sheet."""
        latest: dict[str, About] = {}
        for id, turn in self._turns.items():
            label = self._label[id]
            if not label:
                continue
            about = replace(About.of(turn), label=label)
            if id in self._merged and label not in latest:
                self._complain(self._merged[id], "action", "there is no row of this speaker before")
            elif id in self._merged:
                self.edits.append(Edit("merge", _both(latest[label], about)))
            latest[label] = about

    def _complain(self, number: int, column: str, allowed: str) -> None:
        self.problems.append((number, _SHEET.problem(number, column, allowed)))

    def _take(self, id: str, filled: Mapping[str, str], number: int) -> None:
        turn = self._turns[id]
        about = About.of(turn)
        action = _action(filled)
        if action == DELETE:
            if others := filled.keys() - {"action"}:
                raise _Wrong(min(others), "leave this as it was in a row that is deleted")
            self.edits.append(Edit("delete", about))
            return
        speaker, second = self._speaker(filled, "speaker"), self._speaker(filled, "second")
        kind = _kind(filled)
        if "text" in filled:
            about = self._write(turn, filled["text"], second)
        elif second:
            raise _Wrong("second", f"mark in the text with {CUT} where the second part begins")
        if kind and kind != turn.kind:
            self.edits.append(Edit("kind", about, kind=kind))
        if speaker and speaker != turn.label:
            self.edits.append(Edit("speaker", about, speaker=speaker))
        if action == MERGE:
            self._merged[id] = number

    def _write(self, turn: Turn, cell: str, second: str | None) -> About:
        """The edits of a row's text; what the row, or its first part, is after them."""
        about = About.of(turn)
        parts = [part.split() for part in cell.split(CUT)]
        written = " ".join(chain.from_iterable(parts))
        if written != text_of(turn):
            self.edits.append(Edit("text", about, text=written))
            about = replace(about, words=timed(about.words, written, about))
        if len(parts) == 1:
            if second:
                raise _Wrong("second", f"mark in the text with {CUT} where the second part begins")
            return about
        if len(parts) > 2 or not all(parts):
            raise _Wrong("text", f"write one {CUT} between two words; cut more in the next sheet")
        first, after = about.words[: len(parts[0])], about.words[len(parts[0])]
        cut_s = (first[-1].end_s + after.start_s) / 2
        self.edits.append(Edit("split", about, cut_s=round(cut_s, 3), speaker=second))
        return replace(about, end_s=max(word.end_s for word in first), words=first)

    def _speaker(self, filled: Mapping[str, str], column: str) -> str | None:
        if column not in filled or (column == "second" and not filled[column]):
            return None
        wanted = filled[column].casefold()
        label = next((k for shown, k in self._labels.items() if shown.casefold() == wanted), None)
        if label is None:
            raise _Wrong(column, "choose one of the people in the list")
        return label


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
    raise _Wrong("kind", f"choose {' or '.join(KINDS.values())}")


def _action(filled: Mapping[str, str]) -> str | None:
    if not filled.get("action"):
        return None
    for shown in (DELETE, MERGE):
        if _means(filled["action"], shown):
            return shown
    raise _Wrong("action", f"choose {DELETE} or {MERGE}, or leave it empty")


def _means(cell: str, shown: str) -> bool:
    """Whether a cell holds a choice, in one language or in both."""
    return {part.strip() for part in cell.casefold().split("/")} <= {*shown.split(" / ")}


def _digest(filled: Mapping[str, str]) -> str:
    return digest(dict(filled))[:16]
