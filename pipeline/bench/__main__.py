"""Measure systems side by side on recordings with references.

    make bench DATA=../recordings
    python -m pipeline.bench ../recordings --system vuoro --system stock --out bench.json

Every system runs on every recording in a process of its own, in turn, so that a busy machine is
busy for both. Times are shares of the recording's length (real-time factor).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Optional

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from pipeline.bench.material import Material, find
from pipeline.bench.score import cpwer, diarisation_score, text_score
from pipeline.bench.systems import SYSTEMS, Output

COLLAR_S = 0.25
COLUMNS = (
    *("recording", "system", "people", "DER", "miss", "false", "confused", "DER .25", "JER"),
    *("WER", "CER", "cpWER", "RTF", "cpu", "diarise", "transcribe", "MB"),
)
console = Console()


def main(
    data: Annotated[Path, typer.Argument(help="A folder with recordings and references.")],
    system: Annotated[
        Optional[list[str]],  # noqa: UP045 (Typer reads it at run time)
        typer.Option(help=f"What to measure: {', '.join(SYSTEMS)}; all if left out."),
    ] = None,
    only: Annotated[str, typer.Option(help="Recordings whose name holds this text.")] = "",
    language: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Language of the talk; detected if left out."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the figures go, as JSON.")] = Path("bench.json"),
) -> None:
    """Measure, show a table, and write all figures."""
    runs = [(m, name) for m in find(data) if only in m.name for name in system or SYSTEMS]
    rows = []
    for material, name in track(runs, "measuring", console=console):
        rows.append(measured(material, name, language))
        out.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    table = Table()
    for column in COLUMNS:
        table.add_column(column, no_wrap=True, justify="left" if column in COLUMNS[:2] else "right")
    for row in rows:
        table.add_row(*_shown(row))
    Console(width=200).print(table)


def measured(material: Material, system: str, language: str | None) -> dict[str, Any]:
    """All figures of one system on one recording."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "output.json"
        command = [sys.executable, "-W", "ignore", "-m", "pipeline.bench.systems", system]
        command += [str(material.recording), str(file), *([language] if language else [])]
        # for both alike: waiting threads that spin would count as work
        environment = os.environ | {"OMP_WAIT_POLICY": "PASSIVE"}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
        output = Output.read(file)
    return {"recording": material.name, "system": system, **figures(output, material)}


def figures(output: Output, material: Material) -> dict[str, Any]:
    """The scores of an output against its reference, and what it cost."""
    stages = [stage for stage in output.wall_s if stage != "load"]
    found: dict[str, Any] = {
        "diarisation": asdict(diarisation_score(output.segments, material)),
        "diarisation_collar": asdict(diarisation_score(output.segments, material, COLLAR_S)),
        "rtf": sum(output.wall_s[s] for s in stages) / output.audio_s,
        "cpu_rtf": sum(output.cpu_s[s] for s in stages) / output.audio_s,
        "stage_cpu_rtf": {s: output.cpu_s[s] / output.audio_s for s in output.cpu_s},
        "peak_mb": output.peak_mb,
    }
    if utterances := material.utterances():
        found["text"] = asdict(text_score([w.text for w in output.words], utterances))
        found["cpwer"] = cpwer(output.words, utterances)
    return found


def _shown(row: dict[str, Any]) -> list[str]:
    who, collar, text = row["diarisation"], row["diarisation_collar"], row.get("text")
    stages = row["stage_cpu_rtf"]
    return [
        row["recording"],
        row["system"],
        f"{who['n_people']}/{who['n_reference_people']}",
        *(f"{who[name]:.3f}" for name in ("der", "miss", "false_alarm", "confusion")),
        f"{collar['der']:.3f}",
        f"{who['jer']:.3f}",
        *((f"{text['wer']:.3f}", f"{text['cer']:.3f}", f"{row['cpwer']:.3f}") if text else "–––"),
        *(f"{row[name]:.3f}" for name in ("rtf", "cpu_rtf")),
        *(f"{stages.get(name, 0):.3f}" for name in ("diarise", "transcribe")),
        f"{row['peak_mb']:.0f}",
    ]


if __name__ == "__main__":
    typer.run(main)
