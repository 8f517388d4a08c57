"""Whisper on CTranslate2: windows in batches to words.

Whisper is built for 30 s and spends as much on one word as on 30 s of talk, unless it gets less:
so a window is followed by only a little silence. Where that derails Whisper, the text shows it, and
the window is decoded with the full 30 s. Nothing is carried over from window to window, so an error
cannot spread into the rest of the session.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import accumulate
from pathlib import Path
from statistics import fmean, geometric_mean
from typing import TYPE_CHECKING, Any

from pipeline.errors import ModelError
from pipeline.media.audio import samples
from pipeline.media.device import Device, batch_size, batches_at_once, compute_type, spread, threads
from pipeline.records import Word
from pipeline.settings import MachineSettings
from pipeline.transcription.doubts import MAX_COMPRESSION, doubts
from pipeline.transcription.glossary import Candidate, Glossary, instead, taken
from pipeline.transcription.windows import Window

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

CONTEXT_S = 30.0  # the length Whisper is built for
SILENCE_AFTER_S = 1.0  # with less, Whisper does not notice that the talk is over…
MIN_CONTEXT_S = 10.0  # …nor recognise a lone short answer
BATCH, MOST = 4, 32  # windows at a time: on the CPU, and at most on a graphics card
WINDOW_MB = 600  # memory per window on a card with the largest model
LEAST_VOTE = 1e-4
FIT_BEAM = 3
NO_REPEAT = 4  # tokens: a window in which Whisper loops is decoded again without the loop
MAX_TOKENS_PER_S = 12.0  # more is a loop, which is cut off
FRAME_S = 0.01  # of Whisper's spectrogram
TOKENIZER = "tokenizer.json"
LEAST_PROBABILITY = 1e-10  # a probability may be too small for its type
TOKENS_AFTER = 4  # also scored for another text: the effect of a word on those that follow


def load(folder: Path, machine: MachineSettings, device: Device) -> WhisperModel:
    """The Whisper model in ``folder``, for as many batches at a time as ``machine`` allows."""
    # about what a batch takes beside the weights: keys and values of four windows
    batch_mb = (folder / "model.bin").stat().st_size / 2**20
    at_once = batches_at_once(machine, device, batch_mb)
    return load_model(folder, device, threads(machine) // at_once, at_once)


@cache
def load_model(folder: Path, device: Device, threads: int | None, at_once: int = 1) -> WhisperModel:
    """The Whisper model in ``folder``, loaded once per process; ``threads`` are those of a batch.

    Raises ModelError if it cannot be loaded. All its files are data: none can hold code.
    """
    from faster_whisper import WhisperModel

    if not (folder / TOKENIZER).is_file():  # it would be downloaded
        raise ModelError(
            f"The folder of the Whisper model has no {TOKENIZER}.",
            "Copy the whole folder again, in CTranslate2 form.",
        )

    return WhisperModel(
        str(folder),
        device=device,
        compute_type=compute_type(device),
        cpu_threads=threads or 0,
        num_workers=at_once,
    )


Batch = tuple[Sequence[Window], float]  # windows, and the context of each in seconds


@dataclass(frozen=True, slots=True)
class Encoded:
    """Windows as encoded by Whisper; ``features`` are (windows, frames, features)."""

    windows: Sequence[Window]
    context_s: float
    features: Any


def batches(model: WhisperModel, windows: Sequence[Window]) -> Iterator[Batch]:
    """All windows in batches of similar length, the longest first: all threads end together."""
    by_length = sorted(windows, key=lambda w: (-w.duration_s, w.start_s, w.wav))
    size = batch_size(model.model.device, cpu=BATCH, item_mb=WINDOW_MB, most=MOST)
    for first in range(0, len(by_length), size):
        batch = by_length[first : first + size]
        context_s = max(MIN_CONTEXT_S, batch[0].duration_s + SILENCE_AFTER_S)
        yield batch, min(CONTEXT_S, context_s)


def encode(model: WhisperModel, batch: Sequence[Window], context_s: float) -> Encoded:
    """The windows, each followed by silence up to the length of the context."""
    import numpy as np

    n_frames = 2 * round(context_s / FRAME_S / 2)  # the encoder halves them
    n = n_frames * model.feature_extractor.hop_length
    sounds = [samples(w.wav, w.start_s, w.end_s)[:n] for w in batch]
    spectrograms = [model.feature_extractor(np.pad(x, (0, n - len(x))), padding=0) for x in sounds]
    return Encoded(batch, context_s, model.encode(np.stack(spectrograms)))


def encode_longest(model: WhisperModel, windows: Sequence[Window], most: int) -> Encoded:
    """The longest windows, at most so many, as encoded by Whisper."""
    batch, context_s = next(batches(model, windows))
    return encode(model, batch[:most], context_s)


def vote(model: WhisperModel, sounds: Encoded) -> tuple[tuple[str, float], ...]:
    """The mean probability of each language over these windows, the likeliest first."""
    places = model.model.detect_language(sounds.features)
    votes: defaultdict[str, float] = defaultdict(float)
    for place in places:
        for token, probability in place:  # "<|fi|>"
            votes[token[2:-2]] += probability / len(places)
    found = ((language, round(share, 4)) for language, share in votes.items())
    ordered = sorted(found, key=lambda vote: (-vote[1], vote[0]))
    return tuple(vote for vote in ordered if vote[1] >= LEAST_VOTE)


def fit(model: WhisperModel, sounds: Encoded, language: str) -> float:
    """The mean probability (0–1) of the words of these windows in a language.

    The mean is geometric within a window. A loop, and a window without words, count as 0.
    """
    decoded = Recogniser(model, language, FIT_BEAM).decode(sounds)
    return round(fmean(each.certainty for each in decoded), 4)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Whisper's text of one window; ``log_probability`` is the mean over its tokens."""

    words: tuple[Word, ...]
    log_probability: float
    compression: float
    no_speech: float

    @property
    def doubts(self) -> list[str]:
        return doubts(self.log_probability, self.compression, self.no_speech)

    @property
    def certainty(self) -> float:
        """The geometric mean of the words' probabilities; 0 for a loop or without words."""
        if not self.words or self.compression > MAX_COMPRESSION:
            return 0.0
        return geometric_mean(max(word.probability, LEAST_VOTE) for word in self.words)


class Recogniser:
    """Whisper on one recording."""

    def __init__(
        self, model: WhisperModel, language: str, beam_size: int, terms: Sequence[str] = ()
    ) -> None:
        from faster_whisper.tokenizer import Tokenizer
        from faster_whisper.transcribe import get_suppressed_tokens

        self._model, self._beam_size = model, beam_size
        self._tokenizer = Tokenizer(
            model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language
        )
        self._prompt = model.get_prompt(self._tokenizer, [])
        self._suppressed = get_suppressed_tokens(self._tokenizer, [-1])
        self._glossary = Glossary(terms, language)

    def listen(self, windows: Sequence[Window]) -> Iterator[Decoded]:
        """Transcribe the windows; yields results in no particular order."""
        sounds = (partial(encode, self._model, *batch) for batch in batches(self._model, windows))
        for decoded in spread(self._decoded, sounds, self._model.model.num_workers):
            yield from decoded

    def _decoded(self, encoded: Callable[[], Encoded]) -> list[Decoded]:
        """Transcribe the windows of a batch; doubtful ones are decoded again with full context."""
        batch = encoded()
        found = self.decode(batch)
        for row, (window, decoded) in enumerate(zip(batch.windows, found, strict=True)):
            if decoded.doubts:
                alone = encode(self._model, [window], CONTEXT_S)
                [again] = self.decode(alone, NO_REPEAT)
                best = min(again, decoded, key=lambda h: (len(h.doubts), h.compression))
                found[row] = replace(best, compression=decoded.compression)  # a loop stays flagged
        return found

    def decode(self, batch: Encoded, no_repeat: int = 0) -> list[Decoded]:
        """Transcribe each stretch; no ``no_repeat`` tokens in a row occur twice (0: they may)."""
        from faster_whisper.transcribe import get_compression_ratio

        most_tokens = round(MAX_TOKENS_PER_S * batch.context_s)
        results = self._model.model.generate(
            batch.features,
            [self._prompt] * len(batch.windows),
            beam_size=self._beam_size,
            max_length=min(self._model.max_length, len(self._prompt) + most_tokens),
            no_repeat_ngram_size=no_repeat,
            suppress_tokens=self._suppressed,
            return_scores=True,
            return_no_speech_prob=True,
        )
        # Whisper's own time stamps, tokens beyond the end of text, only guide the decoding.
        texts = [[t for t in r.sequences_ids[0] if t < self._tokenizer.eot] for r in results]
        if self._glossary:
            texts = [self._with_terms(batch, row, text) for row, text in enumerate(texts)]
        lengths = [round(w.duration_s / FRAME_S) for w in batch.windows]
        aligned = self._model.find_alignment(self._tokenizer, texts, batch.features, lengths)
        return [
            Decoded(
                words=tuple(_words(alignment, window)),
                log_probability=_per_token(r),
                compression=get_compression_ratio(self._tokenizer.decode(text)) if text else 0.0,
                no_speech=r.no_speech_prob,
            )
            for window, r, text, alignment in zip(
                batch.windows, results, texts, aligned, strict=True
            )
        ]

    def _with_terms(self, batch: Encoded, row: int, text: list[int]) -> list[int]:
        """The text of one window, in tokens, with the study's terms where they are likely."""
        words, word_tokens = self._tokenizer.split_to_word_tokens(text)
        candidates = self._glossary.candidates(words)
        if not candidates:
            return text
        place = [0, *accumulate(map(len, word_tokens))]  # of each word among the tokens
        new = {c: self._tokenizer.encode(instead(words, c)) for c in candidates}
        sound = _alone(batch.features, row)
        before = self._log_probabilities(sound, text)

        def gain(c: Candidate) -> float:
            first, end = place[c.first], place[c.end]
            after = end + TOKENS_AFTER
            other = self._log_probabilities(sound, [*text[:first], *new[c], *text[end:after]])
            return sum(other[first:]) - sum(before[first:after])

        for c in reversed(taken(candidates, gain)):
            text = [*text[: place[c.first]], *new[c], *text[place[c.end] :]]
        return text

    def _log_probabilities(self, sound: Any, text: list[int]) -> list[float]:
        """The log-probability of each token, given those before it and the window's sound."""
        n_frames = 2 * sound.shape[1]
        [found] = self._model.model.align(sound, self._tokenizer.sot_sequence, [text], n_frames)
        return [math.log(max(p, LEAST_PROBABILITY)) for p in found.text_token_probs]


def _alone(features: Any, row: int) -> Any:
    """The features of one window of a batch."""
    import numpy as np
    from ctranslate2 import Device, StorageView

    on_cpu = np.array(features.to_device(Device.cpu))
    return StorageView.from_array(np.ascontiguousarray(on_cpu[row : row + 1]))


def _per_token(result: Any) -> float:
    """Mean log-probability of a result's tokens, including its end, as Whisper counts it."""
    n_tokens = len(result.sequences_ids[0])
    return float(result.scores[0]) * n_tokens / (n_tokens + 1)


def _words(alignment: list[dict[str, Any]], window: Window) -> Iterator[Word]:
    """The words that Whisper found in a window, with times of the recording."""
    from faster_whisper.transcribe import merge_punctuations

    whole = _joined(alignment)
    merge_punctuations(whole, "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、")
    for found in whole:
        start = round(min(window.start_s + float(found["start"]), window.end_s), 3)
        end = round(min(window.start_s + float(found["end"]), window.end_s), 3)
        if text := found["word"].strip():
            probability = round(float(found["probability"]), 4)
            yield Word(start, max(start, end), text, probability, window.label)


def _joined(alignment: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join words with their parts after a hyphen, which Whisper's tokenizer splits: Keski-Savo.

    The probability is the mean over the tokens.
    """
    whole: list[dict[str, Any]] = []
    for found in alignment:
        if not (found["word"].startswith("-") and whole and whole[-1]["word"][-1:].isalnum()):
            whole.append(found)
            continue
        before = whole.pop()
        n, m = len(before["tokens"]), len(found["tokens"])
        whole.append(
            before
            | {
                "word": before["word"] + found["word"],
                "tokens": [*before["tokens"], *found["tokens"]],
                "end": found["end"],
                "probability": (n * before["probability"] + m * found["probability"]) / (n + m),
            }
        )
    return whole
