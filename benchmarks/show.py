"""Figures as tables for the terminal: who spoke, what was said, what it cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.table import Table

from benchmarks.figures import Figures, TalkFigures
from benchmarks.score import Rate

STAGES = ("load", "decode", "diarise", "transcribe", "align", "assemble")
NONE = "–"


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a recording's or ``pooled``, and the system's."""

    recording: str
    system: str
    figures: Figures


def tables(rows: Sequence[Row]) -> list[Table]:
    """Rows in the order given, with a line between recordings; what has no words is left out."""
    talks = [row for row in rows if row.figures.talk]
    found = [row.figures.talk.text for row in talks if row.figures.talk]
    ways = list(dict.fromkeys(way for text in found for way in text))
    who = _table(
        "Who spoke when",
        *("people", "found−true", "DER", "miss", "false", "confused", "DER .25", "JER"),
    )
    what = _table(
        "What was said, and by whom",
        *("words", *(f"WER\n{way}" for way in ways), *(f"CER\n{way}" for way in ways)),
        *("cpWER", "tcpWER", "right\nperson", "turns"),
    )
    cost = _table(
        "What it cost (shares of the audio's length; stages in processor time; load in s)",
        *("audio s", "RTF", "cpu", *STAGES, "MB"),
    )
    _fill(who, rows, _who_cells)
    _fill(what, talks, lambda figures: _what_cells(figures.talk, ways))
    _fill(cost, rows, _cost_cells)
    return [who, what, cost] if talks else [who, cost]


def ratio_table(found: dict[str, dict[str, float | None]]) -> Table:
    """Ratios by system, as ``figures.ratios`` gives them."""
    columns = ("DER", "JER", "WER", "cpWER", "RTF", "cpu", "MB")
    table = Table(title="As multiples of stock (pooled, same recordings)", title_justify="left")
    table.add_column("system", no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right")
    for system, ratio in found.items():
        values = [ratio.get(column) for column in columns]
        table.add_row(system, *(NONE if v is None else f"{v:.2f}" for v in values))
    return table


def _fill(table: Table, rows: Sequence[Row], cells: Callable[[Figures], list[str]]) -> None:
    for row, after in zip_longest(rows, rows[1:]):
        last = after is None or after.recording != row.recording
        table.add_row(row.recording, row.system, *cells(row.figures), end_section=last)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in ("recording", "system"):
        table.add_column(column, no_wrap=True)
    for column in columns:
        table.add_column(column, no_wrap=True, justify="right")
    return table


def _who_cells(found: Figures) -> list[str]:
    score = found.diarisation
    off = score.n_people - score.n_reference_people
    return [
        f"{score.n_people}/{score.n_reference_people}",
        # over several recordings, too many here must not make up for too few there
        f"{off:+d}" if found.n_recordings == 1 else f"±{found.people_off / found.n_recordings:.1f}",
        *(f"{v:.3f}" for v in (score.der, score.miss, score.false_alarm, score.confusion)),
        f"{found.collared.der:.3f}",
        f"{score.jer:.3f}",
    ]


def _what_cells(talk: TalkFigures | None, ways: Sequence[str]) -> list[str]:
    if talk is None:
        return []
    texts = [talk.text.get(way) for way in ways]
    return [
        f"{talk.cpwer.total:.0f}",
        *(_rate(text.words if text else None) for text in texts),
        *(_rate(text.characters if text else None) for text in texts),
        _rate(talk.cpwer),
        _rate(talk.tcpwer),
        _rate(talk.attributed),
        f"{talk.n_turns}/{talk.n_reference_turns}",
    ]


def _cost_cells(found: Figures) -> list[str]:
    shares = {stage: s / found.audio_s for stage, s in found.cpu_s.items()}
    load_s = found.cpu_s.get("load", 0.0) / found.n_recordings
    return [
        f"{found.audio_s:.0f}",
        f"{found.rtf:.3f}",
        f"{found.cpu_rtf:.3f}",
        f"{load_s:.1f}",
        *(f"{shares[stage]:.3f}" if stage in shares else NONE for stage in STAGES[1:]),
        f"{found.peak_mb:.0f}",
    ]


def _rate(rate: Rate | None) -> str:
    return NONE if rate is None else f"{rate.value:.3f}"
