"""The workbook in which the turns of a session are corrected. It holds the unmasked talk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.exports.transcript import clock
from pipeline.records import Conversation, Turn, TurnKind
from pipeline.records.turn_ids import short
from pipeline.review.titles import LISTEN
from pipeline.review.turns.guide import GUIDE
from pipeline.storage import sheets
from pipeline.storage.digests import digest
from pipeline.storage.sheets import IN_NAMES, Answer, Column, Link, Row, Sheet
from pipeline.texts import both
from pipeline.turns.edits.edit import Action, Edit

KINDS: Mapping[TurnKind, str] = {
    "turn": both("turn"),
    "minimal_response": both("minimal response"),
}
DELETE = both("delete")
MERGE = both("merge with previous")
ACTIONS: Mapping[Action, str] = {
    "text": both("text"),
    "split": both("split"),
    "kind": both("kind"),
    "delete": both("deletion"),
    "speaker": both("speaker"),
    "merge": both("merging"),
    "add": both("addition"),
}
CUT = "|"

LOST = Sheet(
    both("Lost", IN_NAMES),
    (
        Column("start", both("Start"), 11),
        Column("action", both("Correction"), 20),
        Column("before", both("Before"), 60),
        Column("after", both("After"), 60),
    ),
    form=True,
)


def turns_sheet(people: Sequence[str]) -> Sheet:
    """Return the sheet of turns of a session with these people, as they are shown."""
    kinds, speakers = tuple(KINDS.values()), tuple(people)
    return Sheet(
        both("Turns", IN_NAMES),
        (
            Column("number", both("No."), 7),
            Column("turn", both("Turn"), 12),
            Column("start", both("Start"), 11, given=True),
            Column("end", both("End"), 11, given=True),
            Column("sound", both("Sound"), 12),
            Column("speaker", both("Speaker"), 22, True, speakers),
            Column("kind", both("Kind"), 20, True, kinds),
            Column("said", both("Recognised text"), 55),
            Column("text", both("Text"), 70, True),
            Column("second", both("Speaker of second part"), 22, True, tuple(people)),
            Column("action", both("Action"), 24, True, (DELETE, MERGE)),
            Column("confidence", both("Confidence"), 12),
            Column("suspect", both("Suspect"), 18),
            Column("edited", both("Edited"), 16),
        ),
        fixed_columns=3,
    )


def as_workbook(
    conversation: Conversation,
    turn_ids: Sequence[str],
    called: Mapping[str, str],
    n_before: int,
    lost: Sequence[Edit],
    sound: Mapping[str, str],
    opens_at: str | None = None,
) -> bytes:
    """Return an xlsx file: the turns to correct, the guide, and the ``lost`` earlier edits.

    ``turn_ids`` are the turns'; ``called`` has how each speaker label is shown; ``n_before`` is the
    number of corrections applied to the conversation; ``sound`` has the address of each turn's
    sound, by turn id, where there is one. The workbook ``opens_at`` a turn, or at the first.
    """
    known = by_id(conversation.turns, n_before).items()
    rows = [
        {**_row(turn, number, id, called), **_links(turn_id, sound)}
        for number, ((id, turn), turn_id) in enumerate(zip(known, turn_ids, strict=True), start=1)
    ]
    tables: list[tuple[Sheet, Sequence[Row]]] = [(turns_sheet([*called.values()]), rows)]
    if lost:
        tables.append((LOST, [_lost_row(edit, called) for edit in lost]))
    first = 0 if opens_at is None else turn_ids.index(opens_at)
    return sheets.workbook(*tables, guide=GUIDE, opens_at=first)


def answers(file: Path) -> list[Answer]:
    """Return what was filled in; see ``sheets.answers``."""
    return sheets.answers(file, turns_sheet([]))


def by_id(turns: Sequence[Turn], n_before: int) -> dict[str, Turn]:
    """Return the turns by the ids of their rows in a sheet."""
    return {_id(turn, n_before): turn for turn in turns}


def n_before(id: str) -> int | None:
    """Return the number of corrections when the sheet of this row was written; None if no id."""
    number, colon, _ = id.partition(":")
    return int(number) if colon and number.isascii() and number.isdigit() else None


def text_of(turn: Turn) -> str:
    """Return the text of a turn's cell."""
    return sheets.text(" ".join(word.text for word in turn.words))


def decided_cells(turn: Turn, called: Mapping[str, str]) -> dict[str, str]:
    """Return what the cells to fill in show of a turn."""
    return {
        "speaker": called[turn.label],
        "kind": KINDS[turn.kind],
        "text": text_of(turn),
    }


def tenths(seconds: float) -> str:
    """Return ``3725.46`` as ``1:02:05.5``."""
    rounded = round(seconds * 10)
    return f"{clock(rounded // 10)}.{rounded % 10}"


def _id(turn: Turn, n_before: int) -> str:
    content = [turn.label, turn.kind, *(word.text for word in turn.words)]
    times = f"{round(turn.start_s * 1000)}-{round(turn.end_s * 1000)}"
    return f"{n_before}:{times}-{digest(content)[:8]}"


def _row(turn: Turn, number: int, id: str, called: Mapping[str, str]) -> Row:
    sure = turn.asr_confidence
    return {
        "number": number,
        "start": tenths(turn.start_s),
        "end": tenths(turn.end_s),
        **decided_cells(turn, called),
        "said": text_of(turn),
        "confidence": None if sure is None else round(sure, 2),
        "suspect": ", ".join(turn.suspect),
        "edited": ", ".join(turn.edited),
        "id": id,
    }


def _links(turn_id: str, sound: Mapping[str, str]) -> Row:
    listen = Link(LISTEN, sound[turn_id]) if turn_id in sound else None
    return {"turn": short(turn_id), "sound": listen}


def _lost_row(edit: Edit, called: Mapping[str, str]) -> Row:
    to = edit.speaker and called.get(edit.speaker, "?")
    given = [edit.text, edit.kind and KINDS[edit.kind], edit.cut_s and tenths(edit.cut_s), to]
    speaker = called.get(edit.about.label, "?")
    words = " ".join(word.text for word in edit.about.words)
    return {
        "start": tenths(edit.about.start_s),
        "action": ACTIONS[edit.action],
        "before": f"{speaker}: {words}",
        "after": "; ".join(text for text in given if text),
    }
