"""Remove the edits of a person who withdraws from a session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.records import Diarisation
from pipeline.records.times import Talk
from pipeline.turns.edits.edit import NOBODY, About, Correction, Edit, relabelled, voices_now
from pipeline.turns.edits.find import SHARED


def without(
    corrections: Sequence[Correction], label: str, diarisation: Diarisation, voice_model: str
) -> tuple[Correction, ...]:
    """The corrections without the edits of a label's turns, and without its voice.

    Those are the edits of rows that were theirs or were given to them, with all earlier edits of
    such rows; and of rows of a voice that is no longer identifiable, where they talk. Voices that
    are not identifiable are removed as well: one may be theirs.
    """
    left = []
    talk = Talk.of(diarisation.regular)
    given: list[About] = []
    for correction in reversed(corrections):
        edits = list(relabelled([correction], diarisation, voice_model))
        kept = []
        for edit, now in reversed([*zip(correction.edits, edits, strict=True)]):
            if not _is_theirs(now, label, talk, given):
                kept.append(edit)
            elif now.speaker == label:
                given.append(now.about)
        voices = voices_now(correction, diarisation, voice_model)
        identified = {was: correction.voices[was] for was, now_ in voices.items() if now_ != NOBODY}
        others = {was: voice for was, voice in identified.items() if voices[was] != label}
        if kept:
            left.append(replace(correction, voices=others, edits=tuple(reversed(kept))))
    return tuple(reversed(left))


def _is_theirs(edit: Edit, label: str, talk: Talk, given: Sequence[About]) -> bool:
    about = edit.about
    if label in (about.label, edit.speaker):
        return True
    if about.label == NOBODY and about.duration_s > 0 and talk.share(label, about) >= SHARED:
        return True
    return any(
        about.label == row.label
        and about.overlap_s(row) >= SHARED * min(about.duration_s, row.duration_s) > 0
        for row in given
    )
