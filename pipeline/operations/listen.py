"""The sound of one turn, or of a voice, to listen to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.dataset.files import files
from pipeline.errors import StudyError
from pipeline.exports.transcript import published_turns
from pipeline.media.audio import clip
from pipeline.operations.settings import not_ready
from pipeline.records import Interval
from pipeline.records.turn_ids import is_short, session_and_turn
from pipeline.stages.chain import SessionChain
from pipeline.stages.hearing import DECODE, sound
from pipeline.storage.disk import os_errors
from pipeline.study import Study, accepted

PEOPLE, TURNS = "people", "turns"  # below the study's clips
VOICE_CLIP_S = 8.0


def clip_of_turn(study: Study, given: str, out: Path | None = None) -> Path:
    """Write the sound of a published turn as WAV and return the file.

    ``given`` is its id with its session, with or without zeros. ``out`` defaults to the study's
    private clips: a voice identifies a person.

    Raises StudyError if there is no such turn, TransientError if it cannot be written.
    """
    if is_short(given):
        raise StudyError("Several sessions may have such a turn.", _with_session(study, given))
    session_id, wanted = session_and_turn(given)
    turn = next(
        (t for t in published_turns(study.dataset, session_id) if t["turn_id"] == wanted), None
    )
    if turn is None:
        raise StudyError(
            f"Session {session_id} has no turn '{given}'.",
            f"Find its id with `vuoro show {session_id}`, e.g. {session_id}-T12340.",
        )
    wav = _sound(SessionChain(study, accepted.recording(study, session_id), study.settings()))
    target = out or study.clips / f"{wanted}.wav"
    target.parent.mkdir(parents=True, exist_ok=True)
    clip(wav, turn["start_s"], turn["end_s"], target)
    return target


def _with_session(study: Study, given: str) -> str:
    """How to give a turn with its session, by the first session that has it."""
    there = [file.stem for file in files(study.dataset, "turns")]
    has = (id for id in there if session_and_turn(f"{id}-{given}")[1] in _turn_ids(study, id))
    session_id = next(has, there[0] if there else "G07-S01")
    return f"Give the session, too: `vuoro clip {session_id}-{given.upper()}`."


def _turn_ids(study: Study, session_id: str) -> set[str]:
    return {turn["turn_id"] for turn in published_turns(study.dataset, session_id)}


def clips_of_voices(
    chain: SessionChain, parts: Mapping[str, Sequence[Interval]]
) -> dict[str, list[Path]]:
    """Write the beginning of each part of each label's, up to ``VOICE_CLIP_S``, as WAV.

    Returns the files by label, in order. They are in the study's private clips and replace all such
    clips of the session. Raises StudyError if the sound is not decoded, TransientError if they
    cannot be written.
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


def clips_of_turns(chain: SessionChain, places: Mapping[str, Interval]) -> dict[str, Path]:
    """Write the sound of each turn, by its id, as WAV; returns the files by turn id.

    They are in the study's private clips and replace all such clips of the session. Raises
    StudyError if the sound is not available, TransientError if they cannot be written.
    """
    folder, wav = chain.study.clips / TURNS, _sound(chain)
    with os_errors("making room for clips"):
        folder.mkdir(parents=True, exist_ok=True)
        for earlier in folder.glob(f"{chain.recording.session_id}-*.wav"):
            earlier.unlink()
    targets = {turn_id: folder / f"{turn_id}.wav" for turn_id in places}
    for turn_id, place in places.items():
        clip(wav, place.start_s, place.end_s, targets[turn_id])
    return targets


def _sound(chain: SessionChain) -> Path:
    if chain.find(DECODE) is None:
        raise not_ready(chain)
    return sound(chain.made(DECODE))
