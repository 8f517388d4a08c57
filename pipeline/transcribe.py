"""What was said: words with times, from the stretches in which diarisation hears speech.

Whisper gets speech only: contiguous stretches of at most 30 s, cut where nobody talks. That keeps
it from speaking into silence, and makes each stretch one window of the model, so that an error
cannot run on into the rest of the session (nothing is carried over between stretches).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.audio import samples
from pipeline.device import choose_device
from pipeline.errors import SettingsError
from pipeline.records import Diarisation, Interval, Suspect, Transcript, Word
from pipeline.settings import MachineSettings, TranscriptionSettings

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

SAMPLE_RATE_HZ = 16_000
WINDOW_S = 30.0  # Whisper's own window
PADDING_S = 0.2  # consonants at the edge of detected speech are easily cut off
MAX_GAP_S = 3.0  # a longer silence is not worth the model's time, and tempts it to invent
LANGUAGE_PROBES = 5

# Limits beyond which Whisper's text is not to be trusted: compression and log-probability as in
# Radford et al. 2023 (section 4.5); nobody speaks more than 30 letters a second.
MAX_COMPRESSION = 2.4
MIN_LOG_PROBABILITY = -1.0
MAX_LETTERS_PER_S = 30.0


def transcribe(
    wav: Path,
    diarisation: Diarisation,
    settings: TranscriptionSettings,
    model_folder: Path,
    machine: MachineSettings,
    progress: Callable[[float], None],
) -> Transcript:
    """The words of a recording, in order of time.

    ``wav`` is 16 kHz mono. The language is the setting's or, where it is None, the one that
    several places of the session agree on. ``progress`` gets the share done, 0–1.

    Raises SettingsError if the language of the settings is not one of the model's.
    """
    stretches = windows(diarisation.exclusive)
    if not stretches:
        return Transcript(language=None, language_probability=None, words=())
    model = load_model(model_folder, choose_device(machine), machine.threads)
    language, probability = settings.language, None
    for named in (language, *settings.languages):
        if named is not None and named not in model.supported_languages:
            raise SettingsError(
                f"The recogniser knows no language '{named}'.",
                "Give codes such as 'fi', 'sv' or 'en' under [transcription] in vuoro.toml.",
            )
    if language is None:
        allowed = settings.languages or model.supported_languages
        language, probability = _detect_language(model, wav, stretches, allowed)

    words: list[Word] = []
    suspects: list[Suspect] = []
    for done, stretch in enumerate(stretches):
        progress(done / len(stretches))
        for segment in _recognise(model, wav, stretch, language, settings.beam_size):
            words += segment.words
            suspects += segment.suspects
    progress(1.0)
    return Transcript(language, probability, tuple(words), tuple(suspects))


def windows(speech: Sequence[Interval]) -> list[Interval]:
    """Stretches of at most ``WINDOW_S`` that hold all speech, cut in the longest pause at hand.

    ``speech`` is the exclusive diarisation. A stretch ends where nobody talks for ``MAX_GAP_S``;
    one that grows too long is cut at the longest gap in its second half, or, where people follow
    each other without one, at a change of speaker.
    """
    stretches: list[list[Interval]] = []
    for part in _within_window(sorted(Interval(s.start_s, s.end_s) for s in speech)):
        current = stretches[-1] if stretches else []
        if not current or part.start_s - current[-1].end_s > MAX_GAP_S:
            stretches.append([part])
            continue
        current.append(part)
        while stretches[-1][-1].end_s - stretches[-1][0].start_s > WINDOW_S - 2 * PADDING_S:
            rest = _cut_at_longest_gap(stretches[-1])
            stretches.append(rest)
    return _padded([Interval(parts[0].start_s, parts[-1].end_s) for parts in stretches])


def _within_window(speech: list[Interval]) -> Iterator[Interval]:
    """The same speech with no part longer than half a window."""
    for part in speech:
        start = part.start_s
        while part.end_s - start > WINDOW_S / 2:
            yield Interval(start, start + WINDOW_S / 2)
            start += WINDOW_S / 2
        yield Interval(start, part.end_s)


def _cut_at_longest_gap(parts: list[Interval]) -> list[Interval]:
    """Split ``parts`` (too long for a window) in place; return what comes after the cut."""
    middle = parts[0].start_s + WINDOW_S / 2
    places = [i for i in range(1, len(parts)) if parts[i].start_s >= middle] or [len(parts) - 1]
    cut = max(places, key=lambda i: parts[i].start_s - parts[i - 1].end_s)
    rest = parts[cut:]
    del parts[cut:]
    return rest


def _padded(stretches: list[Interval]) -> list[Interval]:
    """Each stretch with a little of the silence around it, no two overlapping."""
    padded = []
    for i, stretch in enumerate(stretches):
        before = stretches[i - 1].end_s if i else 0.0
        after = stretches[i + 1].start_s if i + 1 < len(stretches) else float("inf")
        padded.append(
            Interval(
                stretch.start_s - min(PADDING_S, max(0.0, (stretch.start_s - before) / 2)),
                stretch.end_s + min(PADDING_S, max(0.0, (after - stretch.end_s) / 2)),
            )
        )
    return padded


@cache
def load_model(folder: Path, device: str, threads: int | None) -> WhisperModel:
    """The Whisper model in ``folder``, loaded once a process."""
    from faster_whisper import WhisperModel

    compute_type = "int8" if device == "cpu" else "int8_float16"
    return WhisperModel(
        str(folder), device=device, compute_type=compute_type, cpu_threads=threads or 0
    )


def _detect_language(
    model: WhisperModel, wav: Path, stretches: Sequence[Interval], allowed: Sequence[str]
) -> tuple[str, float]:
    """The likeliest language over several places of the session, and its mean probability.

    One place alone misleads: a greeting in another language, a laugh, a poor line.
    """
    longest = sorted(stretches, key=lambda s: s.duration_s, reverse=True)[:LANGUAGE_PROBES]
    votes: defaultdict[str, float] = defaultdict(float)
    for stretch in longest:
        audio = samples(wav, stretch.start_s, stretch.end_s)
        _, _, probabilities = model.detect_language(audio)
        for language, probability in probabilities:
            votes[language] += probability / len(longest)
    language = max(allowed, key=lambda name: votes[name])
    return language, round(votes[language], 4)


@dataclass(frozen=True, slots=True)
class _Heard:
    words: tuple[Word, ...]
    suspects: tuple[Suspect, ...]


def _recognise(
    model: WhisperModel, wav: Path, stretch: Interval, language: str, beam_size: int
) -> Iterator[_Heard]:
    """What Whisper hears in one stretch, segment by segment, in the time of the recording."""
    segments, _ = model.transcribe(
        samples(wav, stretch.start_s, stretch.end_s),
        language=language,
        beam_size=beam_size,
        word_timestamps=True,
        condition_on_previous_text=False,
        without_timestamps=False,
    )
    for segment in segments:
        words = tuple(
            Word(
                start_s=round(stretch.start_s + float(w.start), 3),
                end_s=round(stretch.start_s + float(max(w.start, w.end)), 3),
                text=w.word.strip(),
                probability=round(float(w.probability), 4),
            )
            for w in segment.words or ()
            if w.word.strip()
        )
        if words:
            place = Interval(words[0].start_s, words[-1].end_s)
            yield _Heard(words, tuple(_suspects(segment, place)))


def _suspects(segment: Any, place: Interval) -> Iterator[Suspect]:
    """Why a Whisper segment is not to be trusted, if it is not."""
    letters_per_s = len(segment.text) / max(place.duration_s, 0.1)
    doubts = {
        "repetition": segment.compression_ratio > MAX_COMPRESSION,
        "low_confidence": segment.avg_logprob < MIN_LOG_PROBABILITY,
        "speaking_rate": letters_per_s > MAX_LETTERS_PER_S,
    }
    for reason, doubtful in doubts.items():
        if doubtful:
            yield Suspect(place.start_s, place.end_s, reason)
