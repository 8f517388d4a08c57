"""How near a session of a study comes to its reference: DER and its parts, WER and CER.

    python -m pipeline.bench.score --study my-study G07-S01 ../meeting

``../meeting`` holds ``reference.rttm``, and may hold ``reference.uem`` (the time to score) and
``reference.jsonl`` (one object a line with start, speaker and text).
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline import intake
from pipeline.records import Diarisation, Segment, Transcript
from pipeline.stages import SessionChain
from pipeline.study import open_study


@dataclass(frozen=True, slots=True)
class DiarisationScore:
    """Diarisation error rate (NIST; overlap scored) and the shares of its parts, of speech time."""

    der: float
    miss: float
    false_alarm: float
    confusion: float
    n_people: int
    n_reference_people: int


@dataclass(frozen=True, slots=True)
class TextScore:
    """Word and character error rate of the words in order of time, normalised as ``plain``."""

    wer: float
    cer: float
    n_reference_words: int


def diarisation_score(
    segments: tuple[Segment, ...], reference: Path, collar_s: float = 0.0
) -> DiarisationScore:
    """Score regular segments against the RTTM (and UEM, if there) in the folder ``reference``.

    ``collar_s`` is forgiven on each side of a reference boundary.
    """
    from pyannote.core import Annotation
    from pyannote.core import Segment as Stretch
    from pyannote.database.util import load_rttm, load_uem
    from pyannote.metrics.diarization import DiarizationErrorRate

    found = Annotation()
    for i, segment in enumerate(segments):
        found[Stretch(segment.start_s, segment.end_s), i] = segment.label
    truth = next(iter(load_rttm(reference / "reference.rttm").values()))
    uem_file = reference / "reference.uem"
    uem = next(iter(load_uem(uem_file).values())) if uem_file.is_file() else None
    # pyannote.metrics' collar is the whole width around a boundary
    parts = DiarizationErrorRate(collar=2 * collar_s)(truth, found, uem=uem, detailed=True)
    total = parts["total"]
    return DiarisationScore(
        der=parts["diarization error rate"],
        miss=parts["missed detection"] / total,
        false_alarm=parts["false alarm"] / total,
        confusion=parts["confusion"] / total,
        n_people=len(found.labels()),
        n_reference_people=len(truth.labels()),
    )


def text_score(words: list[str], reference: Path) -> TextScore:
    """Score recognised words against the texts of ``reference.jsonl``, ordered by start."""
    import jiwer

    lines = (reference / "reference.jsonl").read_text(encoding="utf-8").splitlines()
    said: list[dict[str, Any]] = sorted(map(json.loads, lines), key=lambda item: item["start"])
    truth = plain(" ".join(item["text"] for item in said))
    found = plain(" ".join(words))
    return TextScore(jiwer.wer(truth, found), jiwer.cer(truth, found), len(truth.split()))


def plain(text: str) -> str:
    """Lower case, NFC, without punctuation; apostrophes inside words stay."""
    kept = "".join(
        c if c.isalnum() or c == "'" else " " for c in unicodedata.normalize("NFC", text.casefold())
    )
    return " ".join(word for word in (w.strip("'") for w in kept.split()) if word)


def main(
    session: Annotated[str, typer.Argument(help="A session of the study.")],
    reference: Annotated[Path, typer.Argument(help="The folder with its reference files.")],
    study: Annotated[Path, typer.Option(help="The study's folder.")] = Path("data"),
) -> None:
    """Print the scores of one session."""
    opened = open_study(study)
    chain = SessionChain(opened, intake.recording(opened, session), opened.settings())
    segments = chain.record("diarise", Diarisation).regular
    for collar_s in (0.0, 0.25):
        typer.echo(f"collar {collar_s} s: {diarisation_score(segments, reference, collar_s)}")
    if (reference / "reference.jsonl").is_file():
        words = [word.text for word in chain.record("transcribe", Transcript).words]
        typer.echo(text_score(words, reference))


if __name__ == "__main__":
    typer.run(main)
