"""What was said: words with times, from the stretches in which diarisation hears speech.

Whisper is made for 30 s and spends as much on one word as on 30 s of talk, unless it is given less:
so a window comes with just a little silence after it. Where that makes Whisper lose its way, the
text shows it, and the full 30 s are spent. Nothing is carried over from window to window, so that
an error cannot run on into the rest of the session.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.audio import samples
from pipeline.device import choose_device
from pipeline.errors import SettingsError
from pipeline.records import Diarisation, Interval, Suspect, Transcript, Word
from pipeline.settings import MachineSettings, TranscriptionSettings
from pipeline.timeline import union

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

CONTEXT_S = 30.0  # what Whisper is made for
WINDOW_S = 28.0
PADDING_S = 0.2  # consonants at the edge of detected speech are easily cut off
MAX_GAP_S = 3.0  # a longer silence is not worth the model's time, and tempts it to invent
SILENCE_AFTER_S = 1.0  # with less, Whisper does not notice that the talk is over…
MIN_CONTEXT_S = 10.0  # …nor what a lone short answer is
BATCH = {"cpu": 4, "cuda": 16}  # windows at a time
LANGUAGE_PLACES = 4
NO_REPEAT = 4  # tokens: a window in which Whisper loops is decoded anew without the loop
MAX_TOKENS_PER_S = 12.0  # more is a loop, whose end need not be waited for
FRAME_S = 0.01  # of Whisper's spectrogram
SAME_STRETCH_S = 0.3  # words bridge shorter gaps in speech

# Limits beyond which Whisper's text is not to be trusted: compression and log-probability as in
# Radford et al. 2023 (section 4.5); nobody speaks more than 30 letters a second.
MAX_COMPRESSION = 2.4
MIN_LOG_PROBABILITY = -1.0
MAX_LETTERS_PER_S = 30.0
MAX_NO_SPEECH = 0.6
REPEATS = 5  # people do say "joo joo joo joo"
LONGEST_REFRAIN = 4


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
    sounds = _encoded(model, wav, stretches)
    first = next(sounds)
    if language is None:
        allowed = settings.languages or model.supported_languages
        language, probability = _vote(model, first, allowed)

    recogniser = _Recogniser(model, wav, language, settings.beam_size)
    speech = joined(diarisation.regular)
    words: list[Word] = []
    suspects: list[Suspect] = []
    for done, heard in enumerate(recogniser.listen(chain([first], sounds))):
        progress(done / len(stretches))
        found = [within_speech(word, speech) for word in heard.words]
        words += found
        suspects += _suspects(heard, found)
    progress(1.0)
    words.sort(key=lambda word: (word.start_s, word.end_s))
    return Transcript(language, probability, tuple(words), tuple(sorted(suspects)))


def windows(speech: Sequence[Interval]) -> list[Interval]:
    """Stretches of at most ``WINDOW_S`` that hold all speech, cut in the longest pauses.

    ``speech`` is the exclusive diarisation. Silence of more than ``MAX_GAP_S`` is left out; talk
    that is then too long is halved, and halved again, in the longest pause that leaves a quarter
    on each side, or, where people follow each other without one, at a change of speaker.
    """
    groups: list[list[Interval]] = []
    for part in sorted(Interval(s.start_s, s.end_s) for s in speech):
        if groups and part.start_s - groups[-1][-1].end_s <= MAX_GAP_S:
            groups[-1].append(part)
        else:
            groups.append([part])
    return _padded([half for parts in groups for half in _halved(parts)])


def _halved(parts: list[Interval]) -> list[Interval]:
    """Stretches that fit into a window, padding included."""
    start, end = parts[0].start_s, parts[-1].end_s
    if end - start <= WINDOW_S - 2 * PADDING_S:
        return [Interval(start, end)]
    middle = (start + end) / 2
    if len(parts) == 1:
        return _halved([Interval(start, middle)]) + _halved([Interval(middle, end)])
    least, places = (end - start) / 4, range(1, len(parts))
    central = [
        i for i in places if parts[i - 1].end_s >= start + least and parts[i].start_s <= end - least
    ]
    cut = max(
        central or places,
        key=lambda i: (parts[i].start_s - parts[i - 1].end_s, -abs(parts[i].start_s - middle)),
    )
    return _halved(parts[:cut]) + _halved(parts[cut:])


def _padded(stretches: list[Interval]) -> list[Interval]:
    """Each stretch with a little of the silence around it, no two overlapping."""
    ends = [0.0, *(s.end_s for s in stretches)]
    starts = [*(s.start_s for s in stretches), math.inf]
    pads = [min(PADDING_S, max(0.0, (b - a) / 2)) for a, b in zip(ends, starts, strict=True)]
    return [
        Interval(s.start_s - before, s.end_s + after)
        for s, before, after in zip(stretches, pads, pads[1:], strict=False)
    ]


def joined(speech: Sequence[Interval]) -> list[Interval]:
    """Where anybody talks, gaps that words bridge closed."""
    half = SAME_STRETCH_S / 2
    wide = union(Interval(s.start_s - half, s.end_s + half) for s in speech)
    return [Interval(round(s.start_s + half, 3), round(s.end_s - half, 3)) for s in wide]


def within_speech(word: Word, speech: Sequence[Interval]) -> Word:
    """A word, which Whisper stretches over pauses, cut to the speech that has most of it."""
    place = Interval(word.start_s, word.end_s)
    first = bisect_left(speech, place.start_s, key=lambda s: s.end_s)
    last = bisect_left(speech, place.end_s, key=lambda s: s.start_s)
    near = max(speech[first:last], key=place.overlap_s, default=place)
    return replace(word, start_s=max(word.start_s, near.start_s), end_s=min(word.end_s, near.end_s))


@cache
def load_model(folder: Path, device: str, threads: int | None) -> WhisperModel:
    """The Whisper model in ``folder``, loaded once a process."""
    from faster_whisper import WhisperModel

    compute_type = "int8" if device == "cpu" else "int8_float16"
    return WhisperModel(
        str(folder), device=device, compute_type=compute_type, cpu_threads=threads or 0
    )


@dataclass(frozen=True, slots=True)
class _Encoded:
    """Windows as Whisper's encoder hears them: (windows, frames, features)."""

    stretches: Sequence[Interval]
    context_s: float
    features: Any


def _encoded(model: WhisperModel, wav: Path, stretches: Sequence[Interval]) -> Iterator[_Encoded]:
    """All stretches in batches of like length, the longest first."""
    by_length = sorted(stretches, key=lambda s: (-s.duration_s, s.start_s))
    size = BATCH[model.model.device]
    for first in range(0, len(by_length), size):
        batch = by_length[first : first + size]
        context_s = max(MIN_CONTEXT_S, batch[0].duration_s + SILENCE_AFTER_S)
        yield _encode(model, wav, batch, min(CONTEXT_S, context_s))


def _encode(
    model: WhisperModel, wav: Path, batch: Sequence[Interval], context_s: float
) -> _Encoded:
    """The stretches, each followed by silence up to the length of the context."""
    import numpy as np

    n_frames = 2 * round(context_s / FRAME_S / 2)  # the encoder halves them
    n = n_frames * model.feature_extractor.hop_length
    sounds = [samples(wav, s.start_s, s.end_s)[:n] for s in batch]
    spectrograms = [model.feature_extractor(np.pad(x, (0, n - len(x))), padding=0) for x in sounds]
    return _Encoded(batch, context_s, model.encode(np.stack(spectrograms)))


def _vote(model: WhisperModel, sounds: _Encoded, allowed: Sequence[str]) -> tuple[str, float]:
    """The likeliest language over several places of the session, and its mean probability.

    One place alone misleads: a greeting in another language, a laugh, a poor line. The longest
    windows tell most, and they are encoded already.
    """
    places = model.model.detect_language(sounds.features)[:LANGUAGE_PLACES]
    votes: defaultdict[str, float] = defaultdict(float)
    for place in places:
        for token, probability in place:  # "<|fi|>"
            votes[token[2:-2]] += probability / len(places)
    language = max(allowed, key=lambda name: votes[name])
    return language, round(votes[language], 4)


@dataclass(frozen=True, slots=True)
class _Heard:
    """What Whisper makes of one window; ``log_probability`` is the mean over its tokens."""

    words: tuple[Word, ...]
    log_probability: float
    compression: float
    no_speech: float

    def doubts(self) -> list[str]:
        unsure = self.log_probability < MIN_LOG_PROBABILITY or self.no_speech > MAX_NO_SPEECH
        found = {"repetition": self.compression > MAX_COMPRESSION, "low_confidence": unsure}
        return [reason for reason, holds in found.items() if holds]


class _Recogniser:
    """Whisper at work on one recording."""

    def __init__(self, model: WhisperModel, wav: Path, language: str, beam_size: int) -> None:
        from faster_whisper.tokenizer import Tokenizer
        from faster_whisper.transcribe import get_suppressed_tokens

        self._model, self._wav, self._beam_size = model, wav, beam_size
        self._tokenizer = Tokenizer(
            model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language
        )
        self._prompt = model.get_prompt(self._tokenizer, [])
        self._suppressed = get_suppressed_tokens(self._tokenizer, [-1])

    def listen(self, sounds: Iterable[_Encoded]) -> Iterator[_Heard]:
        """What is heard in each stretch, in no order."""
        for batch in sounds:
            for stretch, heard in zip(batch.stretches, self._decode(batch), strict=True):
                if heard.doubts():
                    alone = _encode(self._model, self._wav, [stretch], CONTEXT_S)
                    [again] = self._decode(alone, NO_REPEAT)
                    best = min(again, heard, key=lambda h: (len(h.doubts()), h.compression))
                    heard = replace(best, compression=heard.compression)  # a loop stays flagged
                yield heard

    def _decode(self, batch: _Encoded, no_repeat: int = 0) -> list[_Heard]:
        """What is heard in each stretch; no ``no_repeat`` tokens come twice (0: they may)."""
        from faster_whisper.transcribe import get_compression_ratio

        most_tokens = round(MAX_TOKENS_PER_S * batch.context_s)
        results = self._model.model.generate(
            batch.features,
            [self._prompt] * len(batch.stretches),
            beam_size=self._beam_size,
            max_length=min(self._model.max_length, len(self._prompt) + most_tokens),
            no_repeat_ngram_size=no_repeat,
            suppress_tokens=self._suppressed,
            return_scores=True,
            return_no_speech_prob=True,
        )
        # Whisper's own time stamps, tokens beyond the end of text, only guide the decoding.
        texts = [[t for t in r.sequences_ids[0] if t < self._tokenizer.eot] for r in results]
        lengths = [round(s.duration_s / FRAME_S) for s in batch.stretches]
        aligned = self._model.find_alignment(self._tokenizer, texts, batch.features, lengths)
        return [
            _Heard(
                words=tuple(_words(alignment, stretch)),
                log_probability=_per_token(r),
                compression=get_compression_ratio(self._tokenizer.decode(text)) if text else 0.0,
                no_speech=r.no_speech_prob,
            )
            for stretch, r, text, alignment in zip(
                batch.stretches, results, texts, aligned, strict=True
            )
        ]


def _per_token(result: Any) -> float:
    """Mean log-probability of a result's tokens, its end included, as Whisper counts it."""
    n_tokens = len(result.sequences_ids[0])
    return float(result.scores[0]) * n_tokens / (n_tokens + 1)


def _words(alignment: list[dict[str, Any]], stretch: Interval) -> Iterator[Word]:
    """The words that Whisper found in a stretch, in the time of the recording."""
    from faster_whisper.transcribe import merge_punctuations

    merge_punctuations(alignment, "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、")
    for found in alignment:
        start = round(min(stretch.start_s + float(found["start"]), stretch.end_s), 3)
        end = round(min(stretch.start_s + float(found["end"]), stretch.end_s), 3)
        if text := found["word"].strip():
            yield Word(start, max(start, end), text, round(float(found["probability"]), 4))


def _suspects(heard: _Heard, words: Sequence[Word]) -> Iterator[Suspect]:
    """Where and why what was heard in a window is not to be trusted."""
    if not words:
        return
    doubts = heard.doubts()
    found = [(_place(words), reason) for reason in doubts]
    found += [(place, "speaking_rate") for place in too_fast(words)]
    if "repetition" not in doubts:
        found += [(place, "repetition") for place in repeated(words)]
    for place, reason in found:
        yield Suspect(place.start_s, place.end_s, reason)


def repeated(words: Sequence[Word]) -> list[Interval]:
    """Where one to ``LONGEST_REFRAIN`` words come ``REPEATS`` times in a row or more.

    A short loop compresses little, so that its compression does not show it.
    """
    plain = [word.text.casefold().strip(".,!?-") for word in words]
    found = []
    for length in range(1, LONGEST_REFRAIN + 1):
        size = length * REPEATS
        for i in range(len(words) - size + 1):
            if plain[i : i + size] == plain[i : i + length] * REPEATS:
                found.append(_place(words[i : i + size]))
    return union(found)


def too_fast(words: Sequence[Word], n_words: int = 8) -> list[Interval]:
    """Where ``n_words`` words in a row come faster than anybody speaks."""
    rows = [words[i : i + n_words] for i in range(len(words) - n_words + 1)]
    return union(
        _place(row)
        for row in rows
        if sum(len(word.text) for word in row)
        > MAX_LETTERS_PER_S * (row[-1].end_s - row[0].start_s)
    )


def _place(words: Sequence[Word]) -> Interval:
    """Where these words are; invented ones may have no length at all."""
    start_s = words[0].start_s
    return Interval(start_s, max(start_s + 0.1, *(word.end_s for word in words)))
