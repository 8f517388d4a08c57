"""The workbook in which people say who the voices are. Real names inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from pipeline.exports.transcript import clock
from pipeline.people.anchors import Anchor
from pipeline.people.decisions import Told
from pipeline.people.register import Known
from pipeline.records import Interval
from pipeline.review.people.choices import SHOWN, Group
from pipeline.review.people.guide import GUIDE
from pipeline.review.people.labels import PASSAGES, Heard, Voice
from pipeline.review.titles import LISTEN
from pipeline.storage import sheets
from pipeline.storage.sheets import IN_NAMES, Answer, Column, Link, Sheet, Value
from pipeline.texts import Text, both, sense

SMALL_MARGIN = 0.2  # up to which another person may be meant
_SAID, _LISTEN = Text("Said {n}"), Text("Listen {n}")

Queue = Literal["lost", "unknown", "alike", "near", "new", "voice", "decided"]

QUEUES: Mapping[Queue, str] = {
    "lost": both("decision lost"),
    "unknown": sense("unknown", "a voice").both,
    "alike": both("like another speaker"),
    "near": both("doubtful"),
    "new": both("new"),
    "voice": both("by voice"),
    "decided": both("decided"),
}
KNOWN_BY = {
    "human": both("human"),
    "voice": both("voice"),
    "new": both("new"),
    "unknown": both("unknown"),
}


@dataclass(frozen=True, slots=True)
class VoiceRow:
    """A voice, or a decision whose voice is lost, with the group that it is judged in.

    ``clips`` are the addresses of its sound, one a passage, relative to the workbook.
    """

    group: Group
    about: Voice | Told
    clips: tuple[str, ...] = ()

    @property
    def queue(self) -> Queue:
        return "lost" if isinstance(self.about, Told) else queue_of(self.about)


def queue_of(voice: Voice) -> Queue:
    """Return the queue of a voice by how likely its person is wrong: the likeliest errors first."""
    known = voice.known
    if voice.told is not None:
        return "decided"
    if known.by == "unknown":
        return "unknown"
    if voice.alike:
        return "alike"
    is_near = known.by == "voice" and known.margin is not None and known.margin < SMALL_MARGIN
    if voice.proposed or is_near:
        return "near"
    return "new" if known.by == "new" else "voice"


def rows(heard: Sequence[Heard], groups: Mapping[str, Group]) -> list[VoiceRow]:
    """Return every voice of the sessions and every lost decision, the likeliest errors first.

    Within a queue the smallest margin of a voice goes first, then the person who talks most.
    """
    order = get_args(Queue)
    found: list[VoiceRow] = []
    for session in heard:
        group = groups[session.recording.group_id]
        found += [VoiceRow(group, decision) for decision in session.lost]
        found += [VoiceRow(group, voice) for voice in session.voices]
    return sorted(found, key=lambda row: (order.index(row.queue), *_weight(row.about)))


def sheet(groups: Sequence[Group]) -> Sheet:
    """Return the sheet in which the people of these groups can be chosen."""
    choices = tuple(dict.fromkeys(choice for group in groups for choice in group.choices))
    passages = [
        column
        for n in range(1, PASSAGES + 1)
        for column in (
            Column(f"said_{n}", _SAID.filled(n=n).both, 42),
            Column(f"clip_{n}", _LISTEN.filled(n=n).both, 14),
        )
    ]
    return Sheet(
        both("People", IN_NAMES),
        (
            Column("queue", both("Queue"), 20),
            Column("session", both("Session"), 12),
            Column("label", both("Speaker"), 14),
            Column("decision", both("Who"), 32, fill_in=True, choices=choices),
            Column("person", both("Now"), 28),
            Column("proposed", both("Proposed"), 28),
            Column("alike", both("Maybe the same as"), 18),
            Column("speech", both("Speaking time"), 11),
            Column("share", both("Share %"), 9),
            *passages,
            Column("known_by", both("Known by"), 18),
            Column("similarity", both("Similarity"), 14),
            Column("margin", both("Margin"), 12),
        ),
        fixed_columns=4,
    )


def as_workbook(rows: Sequence[VoiceRow], groups: Sequence[Group]) -> bytes:
    """Return the rows as an xlsx file."""
    return sheets.workbook((sheet(groups), [*map(_cells, rows)]), guide=GUIDE)


def answers(file: Path) -> list[Answer]:
    """Return what was filled in; see ``sheets.answers``."""
    return sheets.answers(file, sheet(()))


def row_id(session_id: str, anchor: Anchor) -> str:
    """Return the id of a row: the session, and when the voice talks; no voice print."""
    when = ",".join(f"{part.start_s}-{part.end_s}" for part in anchor.stretches)
    return f"{session_id} {anchor.label} {anchor.speech_s} {when}"


def about(row_id: str) -> tuple[str, Anchor] | None:
    """Return the session and the voice that a row is about; None if the id is not one of ours."""
    try:
        session_id, label, speech_s, when = row_id.split(" ")
        edges = [part.split("-") for part in when.split(",")]
        stretches = tuple(Interval(float(start), float(end)) for start, end in edges)
        return session_id, Anchor(label, float(speech_s), stretches, (), "")
    except ValueError:
        return None


def _weight(about: Voice | Told) -> tuple[float, float, str]:
    known = about.known if isinstance(about, Voice) else None
    margin = known.margin if known and known.by == "voice" else None
    return (1.0 if margin is None else margin, -about.anchor.speech_s, about.session_id)


def _cells(row: VoiceRow) -> dict[str, Value]:
    shown: dict[str, Value] = {
        "queue": f"{get_args(Queue).index(row.queue) + 1} {QUEUES[row.queue]}",
        "session": row.about.session_id,
        "speech": clock(row.about.anchor.speech_s),
        "id": row_id(row.about.session_id, row.about.anchor),
    }
    if isinstance(row.about, Told):
        first = row.about.anchor.stretches[:1]
        return {
            **shown,
            "person": row.group.shown(row.about.person),
            "said_1": f"{clock(first[0].start_s)} …" if first else "",
            "known_by": KNOWN_BY["human"],
        }
    voice, known = row.about, row.about.known
    passages = enumerate(voice.passages, start=1)
    links = enumerate(row.clips, start=1)
    return {
        **shown,
        "label": voice.label,
        "decision": row.group.shown(decided_as(voice.told, known)),
        "person": row.group.shown(known.person_id),
        "proposed": row.group.shown(voice.proposed or ""),
        "alike": ", ".join(voice.alike),
        "share": round(100 * voice.share),
        **{f"said_{n}": passage.said for n, passage in passages},
        **{f"clip_{n}": Link(LISTEN, target) for n, target in links},
        "known_by": KNOWN_BY[known.by],
        "similarity": known.similarity,
        "margin": known.margin,
    }


def decided_as(decision: str | None, known: Known | None) -> str:
    """Return a decision; for a person who had a number then, by the name that they have now."""
    is_person = decision not in (None, "", *SHOWN) and known is not None and known.by == "human"
    return known.person_id if known and is_person else decision or ""
