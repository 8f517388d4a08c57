"""WhisperX: its voice activity detection, its batched transcription, its giving of words to people.

The Whisper model is the one that all systems get. WhisperX's own diarisation needs an account, so
it gets the stock pipeline's. Its alignment models come from a hub: without ``--hub`` words stay
where WhisperX has them, in chunks of up to 30 s, and ``assign_word_speakers`` gives each chunk to
one person.
"""

from __future__ import annotations

import sys
import wave
from pathlib import Path
from typing import Any

from benchmarks.output import Output, Request, SaidWord

BATCH_SIZE = 8  # WhisperX's own default
NO_SPEAKER = "nobody"
UNALIGNED = "gave words to people by chunks of up to 30 s: it ran without alignment"


def run(request: Request) -> Output:
    """Transcribe, align if possible, diarise, and give the words to people."""
    output = Output()
    with output.timed("load"):
        import pandas as pd
        import whisperx

        from benchmarks.stock import load_diarisation, segments

        recogniser = whisperx.load_model(
            request.whisper, "cpu", compute_type="int8", language=request.language, threads=0
        )
        diarisation = load_diarisation(Path(request.segmentation), Path(request.voice_print))
    sound = _samples(request.wav)
    with output.timed("transcribe"):
        said = recogniser.transcribe(sound, batch_size=BATCH_SIZE)
    output.language = said["language"]
    if request.hub:
        with output.timed("align"):
            said = _aligned(whisperx, said, sound, output)
    else:
        output.notes.append(f"{UNALIGNED}, whose model comes from a hub (--hub fetches it).")
    with output.timed("diarise"):
        output.segments = segments(diarisation, sound)
    with output.timed("assemble"):
        people = pd.DataFrame(
            [(s.start_s, s.end_s, s.label) for s in output.segments],
            columns=["start", "end", "speaker"],
        )
        given = whisperx.assign_word_speakers(people, said)
    output.words = [word for part in given["segments"] for word in words_of(part)]
    return output


def words_of(part: dict[str, Any]) -> list[SaidWord]:
    """The words of one of WhisperX's segments, in order.

    An unaligned segment is text only: its words share its time by their number of letters, and its
    speaker. An aligned word without a time of its own (a number, say) takes the last one's.
    """
    whole = str(part.get("speaker", NO_SPEAKER))
    if "words" not in part:
        return _spread(part["text"].split(), part["start"], part["end"], whole)
    words: list[SaidWord] = []
    for word in part["words"]:
        start = word.get("start", words[-1].end_s if words else part["start"])
        end = word.get("end", start)
        words.append(SaidWord(start, end, word["word"], str(word.get("speaker", whole))))
    return words


def _spread(texts: list[str], start_s: float, end_s: float, speaker: str) -> list[SaidWord]:
    letter_s = (end_s - start_s) / max(1, sum(map(len, texts)))
    words = []
    for text in texts:
        words.append(SaidWord(start_s, start_s + letter_s * len(text), text, speaker))
        start_s = words[-1].end_s
    return words


def _aligned(whisperx: Any, said: dict[str, Any], sound: Any, output: Output) -> dict[str, Any]:
    """``said`` with word times, or as it was, with a note, where the model cannot be had."""
    try:
        model, metadata = whisperx.load_align_model(said["language"], "cpu")
        aligned = whisperx.align(said["segments"], model, metadata, sound, "cpu")
    except (OSError, ValueError, LookupError):  # no network, no such model, no sentence splitter
        output.notes.append(f"{UNALIGNED}, whose model could not be fetched from its hub.")
        return said
    return dict(aligned)


def _samples(wav: str) -> Any:
    """(samples,) float32 in [-1, 1], as WhisperX wants its sound."""
    import numpy as np

    with wave.open(wav) as file:
        return np.frombuffer(file.readframes(-1), np.int16).astype(np.float32) / 32768


if __name__ == "__main__":
    run(Request.read(Path(sys.argv[1]))).write(Path(sys.argv[2]))
