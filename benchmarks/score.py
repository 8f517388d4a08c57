"""How close a system's output is to a reference: one function per measure.

Scores are counts, not shares, so that those of several recordings add up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from benchmarks.material import Material, Utterance
from benchmarks.normalise import Normaliser, plain
from benchmarks.output import SaidWord
from pipeline.records import Segment

if TYPE_CHECKING:
    from jiwer import CharacterOutput, WordOutput
    from meeteval.io import SegLST
    from meeteval.wer import ErrorRate
    from pyannote.core import Annotation

TIME_COLLAR_S = 5.0


@dataclass(frozen=True, slots=True)
class Rate:
    """So many (errors, hits, seconds) of so many. Rates of several recordings add up."""

    count: float
    total: float

    @property
    def value(self) -> float:
        """The share; 0 of nothing is 0."""
        return self.count / self.total if self.total else 0.0

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.count + other.count, self.total + other.total)


@dataclass(frozen=True, slots=True)
class DiarisationScore:
    """Diarisation error (NIST; overlap scored) in seconds of speech, and its rate and parts.

    ``jaccard`` sums the Jaccard errors of the reference's people (Ryant et al. 2019, the second
    DIHARD challenge), so that ``jer`` over several recordings is the mean over all their people.
    """

    missed_s: float
    false_alarm_s: float
    confused_s: float
    total_s: float
    jaccard: Rate
    n_people: int
    n_reference_people: int

    @property
    def der(self) -> float:
        return self.miss + self.false_alarm + self.confusion

    @property
    def miss(self) -> float:
        return Rate(self.missed_s, self.total_s).value

    @property
    def false_alarm(self) -> float:
        return Rate(self.false_alarm_s, self.total_s).value

    @property
    def confusion(self) -> float:
        return Rate(self.confused_s, self.total_s).value

    @property
    def jer(self) -> float:
        return self.jaccard.value

    def __add__(self, other: DiarisationScore) -> DiarisationScore:
        return DiarisationScore(
            self.missed_s + other.missed_s,
            self.false_alarm_s + other.false_alarm_s,
            self.confused_s + other.confused_s,
            self.total_s + other.total_s,
            self.jaccard + other.jaccard,
            self.n_people + other.n_people,
            self.n_reference_people + other.n_reference_people,
        )


@dataclass(frozen=True, slots=True)
class TextScore:
    """Word and character errors of the words, regardless of the speaker."""

    words: Rate
    characters: Rate

    @property
    def wer(self) -> float:
        return self.words.value

    @property
    def cer(self) -> float:
        return self.characters.value

    def __add__(self, other: TextScore) -> TextScore:
        return TextScore(self.words + other.words, self.characters + other.characters)


def diarisation_score(
    segments: Sequence[Segment], material: Material, collar_s: float = 0.0
) -> DiarisationScore:
    """Score regular segments; ``collar_s`` is forgiven on each side of a reference boundary."""
    from pyannote.database.util import load_rttm, load_uem
    from pyannote.metrics.diarization import DiarizationErrorRate, JaccardErrorRate

    found = _annotation(segments)
    truth = next(iter(load_rttm(material.rttm).values()))
    uem = next(iter(load_uem(material.uem).values())) if material.uem else None
    # pyannote.metrics' collar is the whole width around a boundary
    parts = DiarizationErrorRate(collar=2 * collar_s)(truth, found, uem=uem, detailed=True)
    jaccard = JaccardErrorRate(collar=2 * collar_s)(truth, found, uem=uem, detailed=True)
    return DiarisationScore(
        missed_s=parts["missed detection"],
        false_alarm_s=parts["false alarm"],
        confused_s=parts["confusion"],
        total_s=parts["total"],
        jaccard=Rate(jaccard["speaker error"], jaccard["speaker count"]),
        n_people=len(found.labels()),
        n_reference_people=len(truth.labels()),
    )


def text_score(
    words: Sequence[str], utterances: Sequence[Utterance], normalise: Normaliser = plain
) -> TextScore:
    """Score recognised words in the system's order against utterances in order of start."""
    import jiwer

    truth = normalise(" ".join(u.text for u in sorted(utterances)))
    found = normalise(" ".join(words))
    by_word, by_letter = jiwer.process_words(truth, found), jiwer.process_characters(truth, found)
    return TextScore(_errors(by_word), _errors(by_letter))


def cpwer(words: Sequence[SaidWord], utterances: Sequence[Utterance]) -> Rate:
    """Concatenated minimum-permutation word errors (Watanabe et al. 2020, CHiME-6).

    All words of a speaker in order of start, on both sides; speakers paired so that the errors are
    fewest; a speaker without a partner counts whole. More than 20 speakers meeteval refuses.
    """
    from meeteval.wer.wer import cp_word_error_rate

    return _rate(cp_word_error_rate(*_seglsts(words, utterances)))


def tcpwer(words: Sequence[SaidWord], utterances: Sequence[Utterance]) -> Rate:
    """``cpwer`` where a word may only match one at about its time (von Neumann et al. 2023).

    A collar of 5 s; a reference word's time is its share, by letters, of its utterance.
    """
    from meeteval.wer.wer import time_constrained_minimum_permutation_word_error_rate as tcp

    return _rate(tcp(*_seglsts(words, utterances), collar=TIME_COLLAR_S))


def attribution(words: Sequence[SaidWord], utterances: Sequence[Utterance]) -> Rate:
    """Of the words recognised right, those given to the right person.

    All words of the reference (utterances in order of start) and all found ones (in the system's
    order), plain, are aligned with the fewest word errors; only equal words count. The system's
    labels and the reference's people are then paired one to one so that as many of these words
    as possible agree, and a word is right if its label is paired with its person.
    """
    import jiwer
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    truth = _with_speaker((u.speaker, u.text) for u in sorted(utterances))
    found = _with_speaker((w.speaker, w.text) for w in words)
    if not truth or not found:
        return Rate(0, 0)
    aligned = jiwer.process_words(" ".join(w for _, w in truth), " ".join(w for _, w in found))
    pairs = Counter(
        (truth[chunk.ref_start_idx + i][0], found[chunk.hyp_start_idx + i][0])
        for chunk in aligned.alignments[0]
        if chunk.type == "equal"
        for i in range(chunk.ref_end_idx - chunk.ref_start_idx)
    )
    people, labels = sorted({p for p, _ in pairs}), sorted({label for _, label in pairs})
    agree = np.array([[pairs[person, label] for label in labels] for person in people])
    if not agree.size:
        return Rate(0, 0)
    rows, columns = linear_sum_assignment(agree, maximize=True)
    return Rate(int(agree[rows, columns].sum()), pairs.total())


def turn_counts(words: Sequence[SaidWord], utterances: Sequence[Utterance]) -> tuple[int, int]:
    """How many turns were found, and how many the reference has.

    A turn is a row of consecutive words (in the system's order) or utterances (in order of start)
    of one person. Minimal responses inside another's turn are left out where they are marked as
    such: by the system in ``SaidWord.floor``, by the reference in ``Utterance.floor``.
    """
    found = groupby(w.speaker for w in words if w.floor)
    truth = groupby(u.speaker for u in sorted(utterances) if u.floor)
    return sum(1 for _ in found), sum(1 for _ in truth)


def _with_speaker(said: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Speaker and plain word, one by one."""
    return [(speaker, word) for speaker, text in said for word in plain(text).split()]


def _seglsts(words: Sequence[SaidWord], utterances: Sequence[Utterance]) -> tuple[SegLST, SegLST]:
    """Reference and what was found, as meeteval reads them."""
    truth = [(u.speaker, u.text, u.start_s, u.end_s) for u in sorted(utterances)]
    found = [(w.speaker, w.text, w.start_s, max(w.start_s, w.end_s)) for w in words]
    return _seglst(truth), _seglst(found)


def _seglst(parts: Iterable[tuple[str, str, float, float]]) -> SegLST:
    """What has no plain words is left out."""
    from meeteval.io import SegLST

    keys = ("speaker", "words", "start_time", "end_time")
    plain_parts = ((speaker, plain(text), start, end) for speaker, text, start, end in parts)
    return SegLST([dict(zip(keys, part, strict=True)) for part in plain_parts if part[1]])


def _errors(found: WordOutput | CharacterOutput) -> Rate:
    missed = found.substitutions + found.deletions
    return Rate(missed + found.insertions, missed + found.hits)


def _rate(found: ErrorRate) -> Rate:
    return Rate(int(found.errors), int(found.length))


def _annotation(segments: Sequence[Segment]) -> Annotation:
    from pyannote.core import Annotation
    from pyannote.core import Segment as Stretch

    found = Annotation()
    for i, segment in enumerate(segments):
        found[Stretch(segment.start_s, segment.end_s), i] = segment.label
    return found
