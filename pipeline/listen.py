"""The sound of one turn, or of a voice, to listen to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline import intake
from pipeline.audio import clip
from pipeline.chain import SessionChain
from pipeline.disk import os_errors
from pipeline.errors import StudyError
from pipeline.records import Audio, Interval
from pipeline.study import Study
from pipeline.transcript import published_turns

PEOPLE = "people"  # below the study's clips
VOICE_CLIP_S = 8.0


def clip_of_turn(study: Study, turn_id: str, out: Path | None = None) -> Path:
    """Write the sound of a published turn as WAV and return the file.

    ``out`` defaults to the study's private clips: a voice identifies a person.

    Raises StudyError if there is no such turn, TransientError if it cannot be written.
    """
    session_id, _, _ = turn_id.rpartition("-T")
    turn = next(
        (t for t in published_turns(study.dataset, session_id) if t["turn_id"] == turn_id), None
    )
    if turn is None:
        raise StudyError(
            f"Session {session_id} has no turn '{turn_id}'.",
            "Take the turn_id from the turns table or from `vuoro show --format json`.",
        )
    wav = _sound(SessionChain(study, intake.recording(study, session_id), study.settings()))
    target = out or study.clips / f"{turn_id}.wav"
    target.parent.mkdir(parents=True, exist_ok=True)
    clip(wav, turn["start_s"], turn["end_s"], target)
    return target


def clips_of_voices(
    chain: SessionChain, parts: Mapping[str, Sequence[Interval]]
) -> dict[str, list[Path]]:
    """Write the beginning of each part of each label's, up to ``VOICE_CLIP_S``, as WAV.

    The files are returned by label, in order. They are in the study's private clips, in place of
    all such clips of the session. Raises StudyError if the sound is not decoded, TransientError
    if they cannot be written.
    """
    folder, wav = chain.study.clips / PEOPLE, _sound(chain)
    written: dict[str, list[Path]] = {label: [] for label in parts}
    with os_errors("making room for clips"):
        folder.mkdir(parents=True, exist_ok=True)
        for earlier in folder.glob(f"{chain.recording.session_id}-*.wav"):
            earlier.unlink()
    for label, stretches in parts.items():
        for number, part in enumerate(stretches, start=1):
            target = folder / f"{chain.recording.session_id}-{label}-{number}.wav"
            clip(wav, part.start_s, min(part.end_s, part.start_s + VOICE_CLIP_S), target)
            written[label].append(target)
    return written


def _sound(chain: SessionChain) -> Path:
    return chain.folder("decode") / chain.record("decode", Audio).file
