"""The sound of one turn, to listen to it."""

from __future__ import annotations

from pathlib import Path

from pipeline import intake
from pipeline.audio import clip
from pipeline.errors import StudyError
from pipeline.records import Audio
from pipeline.stages import SessionChain
from pipeline.study import Study
from pipeline.transcript import published_turns


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
    chain = SessionChain(study, intake.recording(study, session_id), study.settings())
    wav = chain.folder("decode") / chain.record("decode", Audio).file
    target = out or study.clips / f"{turn_id}.wav"
    target.parent.mkdir(parents=True, exist_ok=True)
    clip(wav, turn["start_s"], turn["end_s"], target)
    return target
