"""How near what a system found comes to a reference: one function a measure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.bench.material import Material, Utterance
from pipeline.records import Segment

if TYPE_CHECKING:
    from pyannote.core import Annotation

    from pipeline.bench.systems import SaidWord


@dataclass(frozen=True, slots=True)
class DiarisationScore:
    """Diarisation error rate (NIST; overlap scored) and its parts, as shares of speech time.

    ``jer`` is the Jaccard error rate (Ryant et al. 2019, the second DIHARD challenge).
    """

    der: float
    miss: float
    false_alarm: float
    confusion: float
    jer: float
    total_s: float
    n_people: int
    n_reference_people: int


@dataclass(frozen=True, slots=True)
class TextScore:
    """Word and character error rate of the words in order of time, normalised as ``plain``."""

    wer: float
    cer: float
    n_reference_words: int


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
    total = parts["total"]
    return DiarisationScore(
        der=parts["diarization error rate"],
        miss=parts["missed detection"] / total,
        false_alarm=parts["false alarm"] / total,
        confusion=parts["confusion"] / total,
        jer=JaccardErrorRate(collar=2 * collar_s)(truth, found, uem=uem),
        total_s=total,
        n_people=len(found.labels()),
        n_reference_people=len(truth.labels()),
    )


def text_score(words: Sequence[str], utterances: Sequence[Utterance]) -> TextScore:
    """Score recognised words against what was said, both in order of time."""
    import jiwer

    truth = plain(" ".join(u.text for u in sorted(utterances)))
    found = plain(" ".join(words))
    return TextScore(jiwer.wer(truth, found), jiwer.cer(truth, found), len(truth.split()))


def cpwer(words: Sequence[SaidWord], utterances: Sequence[Utterance]) -> float:
    """Concatenated minimum-permutation word error rate (Watanabe et al. 2020, CHiME-6).

    All words of a speaker in a row, on both sides; speakers paired so that the errors are fewest;
    a speaker without a partner counts whole.
    """
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    truth = _by_speaker((u.speaker, u.text) for u in sorted(utterances))
    found = _by_speaker((w.speaker, w.text) for w in sorted(words, key=lambda w: w.start_s))
    size = max(len(truth), len(found))
    truth += [""] * (size - len(truth))
    found += [""] * (size - len(found))
    errors = np.array([[_errors(t, f) for f in found] for t in truth])
    rows, columns = linear_sum_assignment(errors)
    return float(errors[rows, columns].sum() / sum(len(t.split()) for t in truth))


def plain(text: str) -> str:
    """Lower case, NFC, without punctuation; apostrophes inside words stay."""
    kept = "".join(
        c if c.isalnum() or c == "'" else " " for c in unicodedata.normalize("NFC", text.casefold())
    )
    return " ".join(word for word in (w.strip("'") for w in kept.split()) if word)


def _by_speaker(said: Iterable[tuple[str, str]]) -> list[str]:
    texts: dict[str, list[str]] = {}
    for speaker, text in said:
        texts.setdefault(speaker, []).append(text)
    return [plain(" ".join(parts)) for _, parts in sorted(texts.items())]


def _errors(truth: str, found: str) -> int:
    """Substitutions, deletions and insertions between two texts."""
    import jiwer

    if not truth or not found:
        return len(truth.split()) + len(found.split())
    counts = jiwer.process_words(truth, found)
    return int(counts.substitutions + counts.deletions + counts.insertions)


def _annotation(segments: Sequence[Segment]) -> Annotation:
    from pyannote.core import Annotation
    from pyannote.core import Segment as Stretch

    found = Annotation()
    for i, segment in enumerate(segments):
        found[Stretch(segment.start_s, segment.end_s), i] = segment.label
    return found
