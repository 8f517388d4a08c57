"""The voice print of a roster's voice sample."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from models.registry import ResolvedModel
from pipeline.diarisation.diarise import diarise
from pipeline.errors import RecordingError, StudyError, TooShortError
from pipeline.media.audio import WAV, decode
from pipeline.people.likeness import Voice
from pipeline.settings import DiarisationSettings, MachineSettings
from pipeline.storage.digests import digest
from pipeline.storage.disk import os_errors, sha256_of
from pipeline.study.store import Store, read_record, write_record

LEAST_SPEECH_S = 5.0  # shorter prints confuse people (pipeline.people.likeness)
LABEL = "sample"
KEPT = "voice_sample"  # its results in the store
EMBEDDED = ("segmentation", "voice-print")


def voice_of(sample: Path, models: Mapping[str, Path], machine: MachineSettings) -> Voice:
    """The unit-length voice print of the only person who talks in an audio or video file.

    ``models`` gives the place of the embedded models by role, as for ``diarise``; pauses are left
    out. Raises TooShortError if less than 5 s of it is speech, or what ``media.audio.decode``
    raises; none of them names the file.
    """
    # beside the sample, where voices may be stored, and removed at once
    with os_errors("reading a voice sample"), TemporaryDirectory(dir=sample.parent) as name:
        folder = Path(name)
        decode(sample, folder, min_duration_s=0, tracks="together", progress=_ignore)
        track = {LABEL: folder / WAV}
        prints = diarise(
            folder / WAV, DiarisationSettings(), models, machine, _ignore, tracks=track
        ).voice_prints
    if not prints or prints[0].speech_s < LEAST_SPEECH_S:
        raise TooShortError(
            f"A voice sample holds less than {LEAST_SPEECH_S:g} seconds of speech.",
            "Replace it in private/voices with half a minute of the person talking alone.",
        )
    return prints[0].embedding


def kept_voice_of(
    store: Store, models: Mapping[str, ResolvedModel], machine: MachineSettings, sample: Path
) -> Voice:
    """As ``voice_of``, for a sample that a roster names; stored as a separate result.

    Raises StudyError if the sample is missing or cannot be used: no session is at fault.
    """
    used = {role: models[role] for role in EMBEDDED}
    if not sample.is_file():
        raise StudyError(
            "A voice sample that a roster names is not in private/voices.",
            "Put it there, or leave `voice_sample` empty.",
        )
    address = digest([sha256_of(sample), sorted(model.sha256 for model in used.values())])[:32]
    found = store.find(KEPT, address)
    if found is not None:
        return read_record(found.folder, tuple[float, ...])
    try:
        voice = voice_of(sample, {role: model.path for role, model in used.items()}, machine)
    except RecordingError as error:
        raise StudyError(error.what, error.remedy) from None
    with store.writing(KEPT, address) as folder:
        write_record(folder, voice)
    return voice


def _ignore(share: float) -> None:
    """Ignore progress: a voice sample takes only a moment."""
