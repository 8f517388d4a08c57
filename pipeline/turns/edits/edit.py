"""What an edit is: one thing that a human corrected in one row of a session's turns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from pipeline.people.anchors import Anchor, place
from pipeline.records import Conversation, Diarisation, Interval, Segment, Turn, TurnKind, Word

Action = Literal["text", "split", "kind", "delete", "speaker", "merge", "add"]
NOBODY = ""  # in the place of a label: nobody can tell any more whose voice it was


@dataclass(frozen=True, order=True, slots=True)
class About(Interval):
    """The row that an edit is about, as the human saw it: when, whose, and what was said.

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
    """One correction. Of what follows ``about``, each action has its own, and the others are None.

    ``text`` has the whole text; ``kind`` the kind; ``speaker`` the speaker label; ``split`` the
    time between two words, and the ``speaker`` of the second part unless it stays the same.
    ``merge`` is about the stretch of all that is one row, and ``delete`` about talk that was none.
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
    """The edits that were made at a time, in the order in which they are carried out.

    ``voices`` are all speaker labels of the session at that time, with what they are known by
    again. ``rows`` are the rows of the sheet that were carried out, each with a digest of what was
    filled in: a sheet that is filled in further is applied again without doing anything twice.
    """

    at: str
    by: str
    voices: Mapping[str, Anchor]
    edits: tuple[Edit, ...]
    rows: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Corrected:
    """A session as humans corrected it.

    ``regular`` is the diarisation's regular talk with what was given to others or taken out;
    ``lost`` are the edits that no longer find their place.
    """

    conversation: Conversation
    regular: tuple[Segment, ...]
    lost: tuple[Edit, ...] = ()


def relabelled(
    corrections: Iterable[Correction], diarisation: Diarisation, voice_model: str
) -> Iterator[Edit]:
    """All edits in order, with the speaker labels that their voices have in this diarisation.

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
    """The label that each of a correction's labels is in this diarisation, or ``NOBODY``."""
    labels = place([*correction.voices.values()], diarisation, voice_model)
    return {was: now or NOBODY for was, now in zip(correction.voices, labels, strict=True)}
