"""The report that a data steward signs: what was checked, what was found, what is left to read."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from secrets import randbits
from typing import Any

from pipeline import __version__
from pipeline.dataset import files
from pipeline.release.places import Check, Finding
from pipeline.release.small_cells import Rare, SmallCells
from pipeline.tables import SCHEMA_VERSION
from pipeline.tables.values import CALLED
from pipeline.texts import Text, both, counted

NAME = "RELEASE"
SAMPLE = "sample-to-read.csv"
CONFIDENCE = 0.95
_BLANK = 30 * "_"
_COLUMNS = ("turn_id", "text", "leak (x)")

CHECKS: Mapping[Check, Text] = {
    "validity": Text("The data set keeps its declaration"),
    "readable": Text("Every file could be looked into"),
    "names": Text("No name of the key is anywhere, inflected or sound-alike included"),
    "pseudonyms": Text("Pseudonyms are of this key and of this level"),
    "dates": Text("There are no absolute dates"),
    "voice_prints": Text("There are no voice prints"),
    "detectors": Text("Detectors find nothing that people have not judged"),
    "reviewed": Text("Every session was reviewed"),
    "small_cells": Text("There are no small cells"),
    "consent": Text("Everybody who speaks has consented"),
}
CONSENT_NOT_KNOWN = counted(
    "not known: {n} person who speaks is in no roster",
    "not known: {n} people who speak are in no roster",
)
_COUNTS = (  # what a release counts, for the catalogue
    Text("rows of tables"),
    Text("files"),
    Text("texts"),
    Text("texts with a date"),
    Text("sessions reviewed"),
    Text("sessions searched for names again"),
    Text("pictures cut out of notebooks"),
    Text("members without consent"),
    Text("people who speak and are in no roster"),
    Text("turns left out"),
    Text("words left out"),
    Text("pseudonyms made coarse"),
    Text("entities whose names were looked for"),
    Text("forms of names looked for letter by letter"),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """Turns drawn at random to be read. ``bound``: if none of them holds a leak, the share of
    turns with one is below it, at 95 % confidence; 0 where the sample is all there is."""

    turn_ids: tuple[str, ...]
    n_turns: int
    seed: int
    bound: float


@dataclass(frozen=True, slots=True)
class Report:
    """The contents of a report on a release, or on why there is none. ``counts`` by kind.

    ``talk_left_out`` are people without consent whose rows were left out, by session.
    """

    made_on: str
    released: bool
    coarse: bool
    reviewed: bool
    dates_allowed: bool
    strict: bool
    counts: dict[str, int]
    left_out: tuple[str, ...]
    findings: tuple[Finding, ...]
    small_cells: SmallCells
    talk_left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sample: Sample | None = None

    @property
    def n_in_no_roster(self) -> int:
        """How many people speak of whose consent no roster says anything."""
        return self.counts.get("people who speak and are in no roster", 0)

    def json(self) -> str:
        """The report for programs."""
        facts = {"vuoro": __version__, "schema": SCHEMA_VERSION, **asdict(self)}
        return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"

    def markdown(self) -> str:
        """The report to read and to sign, in Finnish and English."""
        return "\n".join([*_head(self), *_checks(self), *_small(self), *_reading(self)]) + "\n"


def bound(n_read: int, n_turns: int) -> float:
    """Upper bound of the share of turns with a leak when none of ``n_read`` random ones has any.

    Exact for a binomial proportion, 1 - 0.05^(1/n) at 95 % (Hanley & Lippman-Hand 1983, whose rule
    of three, 3/n, approximates it); 0 if all were read, 1 if none was.
    """
    if n_read >= n_turns:
        return 0.0
    return float(1 - (1 - CONFIDENCE) ** (1 / n_read)) if n_read else 1.0


def draw(dataset: Path, n: int, seed: int | None = None) -> tuple[Sample, list[dict[str, Any]]]:
    """Draw a simple random sample of at most ``n`` turns with text; return it and its rows.

    Minimal responses are not drawn: they hold a few fixed words. Without a seed, a fresh one.

    Raises DatasetError if a file is damaged, TransientError if one cannot be read.
    """
    seed = randbits(63) if seed is None else seed
    rows = [
        row
        for file in files.files(dataset, "turns")
        for row in files.read(file).select(["turn_id", "kind", "text"]).to_pylist()
        if row["kind"] == "turn" and row["text"]
    ]
    rows.sort(key=lambda row: row["turn_id"])
    drawn = sorted(Random(seed).sample(range(len(rows)), min(n, len(rows))))
    chosen = [rows[i] for i in drawn]
    ids = tuple(row["turn_id"] for row in chosen)
    return Sample(ids, len(rows), seed, bound(len(ids), len(rows))), chosen


def sample_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The turns to read, with an empty column to mark; the mark at the start is for Excel."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    writer.writerows((row["turn_id"], row["text"], "") for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _head(report: Report) -> list[str]:
    if not report.released:
        title = ["# " + both("No release"), "", both("What hinders is below.")]
    elif report.reviewed:
        title = ["# " + both("Release")]
    else:
        not_judged = both("Not everything that was masked or left has been judged by a person.")
        title = ["# " + both("UNREVIEWED release"), "", f"**{not_judged}**"]
    facts = [
        (both("made on"), report.made_on),
        ("vuoro", f"{__version__}, schema {SCHEMA_VERSION}"),
        (both("level"), both("coarse") if report.coarse else both("numbered pseudonyms")),
        (both("dates allowed"), CALLED["yes" if report.dates_allowed else "no"].both),
        (both("left out"), ", ".join(report.left_out) or "–"),
    ]
    for session, people in report.talk_left_out.items():
        facts.append((both("talk left out without consent"), f"{session}: {', '.join(people)}"))
    return [*title, "", "| | |", "|---|---|", *(f"| {what} | {how} |" for what, how in facts), ""]


def _checks(report: Report) -> list[str]:
    found = Counter(finding.check for finding in report.findings)
    states = (
        f"| {CHECKS[check].both} | {_state(report, check, found[check])} |" for check in CHECKS
    )
    counts = (f"- {both(what)}: {n}" for what, n in report.counts.items())
    lines = ["## " + both("What was checked"), "", "| | |", "|---|---|", *states, "", *counts, ""]
    if report.findings:
        lines += ["## " + both("Findings"), "", *(f"- {each}" for each in report.findings), ""]
    return lines


def _state(report: Report, check: Check, n_found: int) -> str:
    if n_found:
        return f"**{n_found}**"
    if check == "reviewed" and not report.reviewed:
        return CALLED["no"].both
    if check == "dates" and report.counts.get("texts with a date"):
        allowed = both("allowed")
        return f"{allowed}: {report.counts['texts with a date']}"
    if check == "consent" and (report.talk_left_out or report.n_in_no_roster):
        return "; ".join(_consent(report))
    if check == "small_cells" and report.small_cells.any:
        return both("below")
    return both("in order")


def _consent(report: Report) -> Iterator[str]:
    if report.talk_left_out:
        yield both("talk left out")
    if n := report.n_in_no_roster:
        yield CONSENT_NOT_KNOWN.filled(n=n).both


def _small(report: Report) -> list[str]:
    cells = report.small_cells
    combinations = Text("combinations of fewer than {k} people").filled(k=cells.k)
    return [
        "## " + both("Small cells"),
        "",
        _line(both("the only one of a role in a session of a group"), len(cells.alone)),
        *_listed(cells.alone),
        "",
        _line(combinations.both, len(cells.rare)),
        *_listed(cells.rare),
        "",
    ]


def _listed(cells: Sequence[Rare]) -> list[str]:
    return ["", *map(_cell, cells)] if cells else []


def _cell(cell: Rare) -> str:
    values = ", ".join(f"{c} = {v}" for c, v in zip(cell.columns, cell.values, strict=True))
    return f"- {values}: {', '.join(cell.person_ids)}"


def _reading(report: Report) -> list[str]:
    sample = report.sample
    if sample is None:
        return []
    n = len(sample.turn_ids)
    if n == sample.n_turns:
        bound = Text("These are all turns; minimal responses are left out.")
    else:
        bound = Text(
            "If none of them leaks, less than {share:.2f} per cent of turns do, at 95 per cent "
            "confidence."
        ).filled(share=100 * sample.bound)
    drawn, seed = both("turns drawn at random"), both("seed")
    return [
        "## " + both("To be read"),
        "",
        f"`{SAMPLE}`: {n} / {sample.n_turns} {drawn} ({seed} {sample.seed}). {bound.both} "
        "1 − 0.05^(1/n), Hanley & Lippman-Hand 1983.",
        "",
        _line(both("read"), _BLANK),
        "",
        _line(both("leaks"), _BLANK),
        "",
        "## " + both("Approval"),
        "",
        both("I have examined this release."),
        "",
        _line(both("name"), _BLANK),
        "",
        _line(both("date and signature"), _BLANK),
    ]


def _line(what: str, value: str | int) -> str:
    return f"{what[0].upper()}{what[1:]}: {value}"
