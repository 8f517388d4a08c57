"""Measure systems side by side on recordings with references.

    make bench DATA=../recordings
    python -m benchmarks ../recordings --system vuoro --system stock --out bench.json

The folder holds, at any depth, folders with a recording (meeting.* or audio.*) and reference.rttm,
perhaps reference.uem, reference.jsonl or .stm with the text, and meta.json with the language
(``benchmarks.material``). The systems (``benchmarks.systems``) get the same model files and
the same language, run on the processor, each in a process of its own, in turn on each recording, so
that a busy machine is busy for all. Measures are defined where they are computed:
``benchmarks.score`` (DER, JER, WER, CER, cpWER, tcpWER, words given to the right person,
turns) and ``benchmarks.normalise``. Pooled figures weight recordings by their speech and words.
A system that cannot run is named with its reason, and the others go on.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Optional

import typer
from rich.console import Console
from rich.progress import Progress

from benchmarks.figures import as_json, figures, pooled, ratios
from benchmarks.material import Material, find
from benchmarks.measure import ROOT, Bench, Failure
from benchmarks.output import Output
from benchmarks.show import Row, ratio_table, tables
from benchmarks.systems import OURS, PEERS

SYSTEMS = (*OURS, *PEERS)
BASELINE = "stock"
POOLED = "pooled"
NO_MEETEVAL = "meeteval, which computes cpWER, is not installed: `make bench` installs it."
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
        typer.Option(help="Language where the material declares none; detected if left out."),
    ] = None,
    hub: Annotated[
        bool, typer.Option(help="Let peers fetch models of their own (WhisperX's alignment).")
    ] = False,
    environments: Annotated[
        Path, typer.Option(help="Where the peers' environments (.venv-whisperx, …) are.")
    ] = ROOT,
    out: Annotated[Path, typer.Option(help="Where the figures go, as JSON.")] = Path("bench.json"),
) -> None:
    """Measure systems side by side on recordings with references, as tables and as JSON.

    A recording is a folder with meeting.* or audio.*, reference.rttm, and perhaps reference.uem,
    reference.jsonl or reference.stm (text) and meta.json (language).
    """
    if unknown := set(system or ()) - set(SYSTEMS):
        raise typer.BadParameter(f"no such system: {', '.join(sorted(unknown))}")
    materials = [m for m in find(data) if only in m.name]
    if not materials:
        raise typer.BadParameter("there is no reference.rttm below this folder")
    if find_spec("meeteval") is None:
        raise typer.BadParameter(NO_MEETEVAL)
    # meeteval remarks on words of one person that overlap by a hair, on every recording
    logging.getLogger("error_rate").setLevel(logging.ERROR)
    bench = Bench(environments, language, hub)
    chosen = list(dict.fromkeys(system or SYSTEMS))
    missing = {name: bench.missing(name) for name in chosen}
    notes = [f"{name} {failure.reason}" for name, failure in missing.items() if failure]
    runnable = [name for name in chosen if not missing[name]]
    rows: list[Row] = []
    failed = False
    with Progress(console=console) as progress:
        task = progress.add_task("measuring", total=len(materials) * len(runnable))
        for material in materials:
            outputs: dict[str, Output] = {}
            for name in runnable:
                found = bench.run(material, name)
                if isinstance(found, Failure):
                    notes.append(f"{name} on {material.name} {found.reason}")
                    failed = True
                else:
                    outputs[name] = found
                    notes += [f"{name} {note}" for note in found.notes]
                progress.advance(task)
            rows += _scored(material, outputs, language)
            _write(out, rows, notes)
    console.print()
    report(rows, list(dict.fromkeys(notes)))
    if failed:
        raise typer.Exit(1)


def report(rows: list[Row], notes: list[str]) -> None:
    """The tables, the ratios and the notes, on the terminal."""
    wide = Console(width=max(150, console.width))
    for table in tables([*rows, *_pooled(rows)]) if rows else []:
        wide.print(table)
    if found := _ratios(rows):
        wide.print(ratio_table(found))
    for note in notes:
        wide.print(f"· {note}", highlight=False, markup=False)


def _scored(material: Material, outputs: dict[str, Output], language: str | None) -> list[Row]:
    """Rows of one recording, all normalised for one language: the given or the most found one."""
    detected = Counter(o.language for o in outputs.values() if o.language).most_common(1)
    spoken = material.language or language or (detected[0][0] if detected else None)
    return [
        Row(material.name, name, figures(output, material, spoken))
        for name, output in outputs.items()
    ]


def _pooled(rows: list[Row]) -> list[Row]:
    """One row a system over all its recordings."""
    return [
        Row(f"{POOLED} ({len(own)})", name, pooled(row.figures for row in own))
        for name in dict.fromkeys(row.system for row in rows)
        if len(own := [row for row in rows if row.system == name]) > 1
    ]


def _ratios(rows: list[Row]) -> dict[str, dict[str, float | None]]:
    """Every other system as multiples of the baseline, over the recordings that both did."""
    by = {(row.system, row.recording): row.figures for row in rows}
    found = {}
    for name in dict.fromkeys(row.system for row in rows if row.system != BASELINE):
        both = [r for s, r in by if s == name and (BASELINE, r) in by]
        if both:
            own, base = (pooled(by[s, r] for r in both) for s in (name, BASELINE))
            found[name] = ratios(own, base)
    return found


def _write(out: Path, rows: list[Row], notes: list[str]) -> None:
    """All so far, so that an interrupted measurement is not lost."""

    def lines(some: list[Row]) -> list[dict[str, Any]]:
        return [{"recording": r.recording, "system": r.system, **as_json(r.figures)} for r in some]

    content = {
        "rows": lines(rows),
        "pooled": lines(_pooled(rows)),
        "multiples_of_stock": _ratios(rows),
        "notes": list(dict.fromkeys(notes)),
    }
    out.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
