"""Where and why the recogniser's text is doubtful.

Limits of compression and log-probability as in A. Radford et al. (2023), *Robust speech recognition
via large-scale weak supervision*, ICML 2023, section 4.5; no one speaks more than 30 letters a
second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.records import Interval, Suspect, Word
from pipeline.records.times import union

MAX_COMPRESSION = 2.4
MIN_LOG_PROBABILITY = -1.0
MAX_LETTERS_PER_S = 30.0
MAX_NO_SPEECH = 0.6
REPEATS = 5  # people do say "joo joo joo joo"
LONGEST_REFRAIN = 4


def doubts(log_probability: float, compression: float, no_speech: float) -> list[str]:
    """Why the text of a window as a whole is doubtful.

    ``log_probability`` is the mean over its tokens, ``compression`` how much shorter it gets when
    compressed, ``no_speech`` the probability that there is no speech.
    """
    unsure = log_probability < MIN_LOG_PROBABILITY or no_speech > MAX_NO_SPEECH
    found = {"repetition": compression > MAX_COMPRESSION, "low_confidence": unsure}
    return [reason for reason, holds in found.items() if holds]


def suspects(words: Sequence[Word], doubts: Sequence[str]) -> Iterator[Suspect]:
    """The doubtful stretches of a window; its text as a whole has these ``doubts``."""
    if not words:
        return
    found = [(_place(words), reason) for reason in doubts]
    found += [(place, "speaking_rate") for place in too_fast(words)]
    if "repetition" not in doubts:
        found += [(place, "repetition") for place in repeated(words)]
    for place, reason in found:
        yield Suspect(place.start_s, place.end_s, reason, words[0].label)


def repeated(words: Sequence[Word]) -> list[Interval]:
    """Where one to ``LONGEST_REFRAIN`` words come ``REPEATS`` or more times in a row.

    A short loop compresses little, so its compression does not reveal it.
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
    """Where ``n_words`` words in a row come faster than a person can speak."""
    rows = [words[i : i + n_words] for i in range(len(words) - n_words + 1)]
    return union(
        _place(row)
        for row in rows
        if sum(len(word.text) for word in row)
        > MAX_LETTERS_PER_S * (row[-1].end_s - row[0].start_s)
    )


def _place(words: Sequence[Word]) -> Interval:
    """Where these words are; invented ones may have no length."""
    start_s = words[0].start_s
    return Interval(start_s, max(start_s + 0.1, *(word.end_s for word in words)))
