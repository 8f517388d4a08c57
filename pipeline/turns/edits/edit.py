"""Edits: single human corrections of one row of a session's turns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from pipeline.people.anchors import Anchor, place
from pipeline.records import Conversation, Diarisation, Interval, Segment, Turn, TurnKind, Word

Action = Literal["text", "split", "kind", "delete", "speaker", "merge", "add"]
NOBODY = ""  # instead of a label: it is no longer known whose voice it was


@dataclass(frozen=True, order=True, slots=True)
class About(Interval):
    """The row that an edit is about, as the human saw it: its time, speaker and words.

    ``label`` may be ``NOBODY``.
    """

    label: str
    kind: TurnKind
    words: tuple[Word, ...]

    @classmethod
    def of(cls, turn: Turn) -> About:
        return cls(turn.start_s, turn.end_s, turn.label, turn.kind, turn.words)


@dataclass(frozen=True, slots=True)
class Edit:
    """One correction. Each action uses its own field after ``about``; the others are None.

    ``text`` has the whole text; ``kind`` the kind; ``speaker`` the speaker label; ``split`` the
    time between two words, and the ``speaker`` of the second part unless it stays the same.
    ``merge`` covers the stretch that is one row, and ``delete`` covers sound that was not talk.
    ``add`` is about talk that no model recognised: its words are the human's.
    """

    action: Action
    about: About
    text: str | None = None
    kind: TurnKind | None = None
    cut_s: float | None = None
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """The edits made at one time, in the order in which they are applied.

    ``voices`` are all speaker labels of the session at that time, with the anchors that find them
    again. ``rows`` are the rows of the sheet that were applied, each with a digest of what was
    filled in: a sheet that is filled in further can be applied again without repeating anything.
    """

    at: str
    by: str
    voices: Mapping[str, Anchor]
    edits: tuple[Edit, ...]
    rows: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Corrected:
    """A session with human corrections.

    ``regular`` is the diarisation's regular talk after reassigning and removing stretches;
    ``lost`` are the edits that no longer find their place.
    """

    conversation: Conversation
    regular: tuple[Segment, ...]
    lost: tuple[Edit, ...] = ()


def relabelled(
    corrections: Iterable[Correction], diarisation: Diarisation, voice_model: str
) -> Iterator[Edit]:
    """All edits in order, with the labels of their voices in this diarisation.

    ``voice_model`` is the sha256 of the model that made the voice prints.
    """
    for correction in corrections:
        now = voices_now(correction, diarisation, voice_model)
        for edit in correction.edits:
            about = replace(edit.about, label=now.get(edit.about.label, NOBODY))
            to = None if edit.speaker is None else now.get(edit.speaker, NOBODY)
            yield replace(edit, about=about, speaker=to)


def voices_now(
    correction: Correction, diarisation: Diarisation, voice_model: str
) -> dict[str, str]:
    """The label in this diarisation of each of a correction's labels, or ``NOBODY``."""
    labels = place([*correction.voices.values()], diarisation, voice_model)
    return {was: now or NOBODY for was, now in zip(correction.voices, labels, strict=True)}
