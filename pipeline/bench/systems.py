"""The systems that are measured side by side, on the same model files and the same machine.

    vuoro   decode, diarise, transcribe and assemble, as in a run
    stock   what other tools do: pyannote's SpeakerDiarization (step 0.1, centroid linkage) and
            sequential faster-whisper (beam 5, voice activity detection), the speaker of each
            Whisper segment by largest overlap

``python -m pipeline.bench.systems SYSTEM RECORDING OUT`` runs one system on one recording in a
process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from models.registry import resolve
from pipeline.audio import decode, samples
from pipeline.records import Segment
from pipeline.settings import MachineSettings, Settings


@dataclass(frozen=True, slots=True)
class SaidWord:
    """A recognised word and whom the system gave it to."""

    start_s: float
    end_s: float
    text: str
    speaker: str


@dataclass(slots=True)
class Output:
    """What a system found. ``cpu_s`` and ``wall_s`` are by stage, loading of models apart."""

    segments: list[Segment] = field(default_factory=list)
    words: list[SaidWord] = field(default_factory=list)
    audio_s: float = 0.0
    wall_s: dict[str, float] = field(default_factory=dict)
    cpu_s: dict[str, float] = field(default_factory=dict)
    peak_mb: float = 0.0

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Note what the block takes as the time of this stage."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall_s[stage] = time.perf_counter() - wall
        self.cpu_s[stage] = time.process_time() - cpu

    def write(self, file: Path) -> None:
        self.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        file.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> Output:
        found = json.loads(file.read_text(encoding="utf-8"))
        found["segments"] = [Segment(**s) for s in found["segments"]]
        found["words"] = [SaidWord(**w) for w in found["words"]]
        return cls(**found)


def vuoro(recording: Path, settings: Settings) -> Output:
    """Our chain, from the media file to turns."""
    from pipeline import diarise as diarisation
    from pipeline.assemble import assemble
    from pipeline.device import choose_device
    from pipeline.transcribe import load_model, transcribe

    machine = settings.machine
    roles = diarisation.diarisation_models(settings.diarisation)
    models = {role: resolve(model).path for role, model in roles.items()}
    whisper = resolve(settings.transcription.model).path
    output = Output()
    with TemporaryDirectory() as folder:
        wav = Path(folder) / "audio.wav"
        with output.timed("load"):
            load_model(whisper, choose_device(machine), machine.threads)
            diarisation.load(settings.diarisation, models, machine)
        with output.timed("decode"):
            audio = decode(recording, Path(folder), min_duration_s=0, progress=_ignore)
        with output.timed("diarise"):
            who = diarisation.diarise(wav, settings.diarisation, models, machine, _ignore)
        with output.timed("transcribe"):
            said = transcribe(wav, who, settings.transcription, whisper, machine, _ignore)
        with output.timed("assemble"):
            conversation = assemble(audio, who, said, settings.turns)
    output.audio_s = audio.duration_s
    output.segments = list(who.regular)
    output.words = [
        SaidWord(w.start_s, w.end_s, w.text, turn.label)
        for turn in conversation.turns
        for w in turn.words
    ]
    return output


def stock(recording: Path, settings: Settings) -> Output:
    """The usual stack, on the same models."""
    import torch

    from pipeline.bench.stock import load_diarisation
    from pipeline.device import choose_device
    from pipeline.transcribe import load_model

    output = Output()
    with TemporaryDirectory() as folder:
        with output.timed("load"):
            whisper = load_model(
                resolve(settings.transcription.model).path,
                choose_device(settings.machine),
                settings.machine.threads,
            )
            diarisation = load_diarisation(
                resolve("segmentation-3.0").path, resolve("campplus-zh-en").path
            )
        with output.timed("decode"):
            audio = decode(recording, Path(folder), min_duration_s=0, progress=_ignore)
            sound = samples(Path(folder) / "audio.wav")
        with output.timed("diarise"):
            waveform = {"waveform": torch.from_numpy(sound)[None], "sample_rate": 16_000}
            found = diarisation(waveform | {"uri": "bench"}).speaker_diarization
        with output.timed("transcribe"):
            parts, _ = whisper.transcribe(
                sound,
                language=settings.transcription.language,
                beam_size=5,
                vad_filter=True,
                word_timestamps=True,
            )
            recognised = list(parts)
    output.audio_s = audio.duration_s
    output.segments = [
        Segment(float(part.start), float(part.end), str(label))
        for part, _, label in found.itertracks(yield_label=True)
    ]
    output.words = [
        SaidWord(float(w.start), float(w.end), w.word.strip(), _by_overlap(part, output.segments))
        for part in recognised
        for w in part.words or ()
    ]
    return output


def _by_overlap(part: Any, segments: list[Segment]) -> str:
    """The label that overlaps a Whisper segment most; the first one's where none does."""
    place = Segment(part.start, part.end, "")
    covered: dict[str, float] = {}
    for segment in segments:
        covered[segment.label] = covered.get(segment.label, 0.0) + segment.overlap_s(place)
    return max(covered, key=lambda label: covered[label], default="nobody")


def _ignore(share: float) -> None:
    """Nobody looks at the progress of a measurement."""


SYSTEMS: dict[str, Callable[[Path, Settings], Output]] = {"vuoro": vuoro, "stock": stock}


def main(system: str, recording: Path, out: Path, language: str | None) -> None:
    """Run one system on one recording and write what it found."""
    settings = Settings(machine=MachineSettings(device="cpu"))
    if language:
        chosen = settings.transcription.model_copy(update={"language": language})
        settings = settings.model_copy(update={"transcription": chosen})
    SYSTEMS[system](recording, settings).write(out)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), next(iter(sys.argv[4:]), None))
