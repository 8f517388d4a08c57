"""What a data steward signs: what was checked, what was found, and what is left to read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from random import Random
from secrets import randbits
from typing import Any

from pipeline.dataset import files
from pipeline.release.places import Check, Finding
from pipeline.release.small_cells import Rare, SmallCells
from pipeline.tables import SCHEMA_VERSION

NAME = "RELEASE"
SAMPLE = "sample-to-read.csv"
CONFIDENCE = 0.95
_COLUMNS = ("turn_id", "text", "leak (x)")

CHECKS: Mapping[Check, tuple[str, str]] = {
    "validity": ("Aineisto on kuvauksensa mukainen", "The data set keeps its declaration"),
    "readable": ("Jokaisen tiedoston sisältö on luettu", "Every file could be looked into"),
    "names": (
        "Avaimen nimiä ei ole missään, myöskään taivutettuina tai samalta kuulostavina",
        "No name of the key is anywhere, inflected or sound-alike included",
    ),
    "pseudonyms": (
        "Peitetunnukset ovat tämän avaimen ja tason mukaisia",
        "Pseudonyms are of this key and of this level",
    ),
    "dates": ("Päivämääriä ei ole", "There are no absolute dates"),
    "voice_prints": ("Äänijälkiä ei ole", "There are no voice prints"),
    "detectors": (
        "Nimien tunnistus ei löydä mitään, mitä ihminen ei ole arvioinut",
        "Detectors find nothing that people have not judged",
    ),
    "reviewed": ("Jokainen istunto on tarkistettu", "Every session was reviewed"),
    "small_cells": ("Pieniä soluja ei ole", "There are no small cells"),
    "consent": ("Jokainen, joka puhuu, on suostunut", "Everybody who speaks has consented"),
}
_COUNTS = {
    "rows of tables": "taulujen rivejä",
    "files": "tiedostoja",
    "texts": "tekstejä",
    "texts with a date": "tekstejä, joissa on päivämäärä",
    "sessions reviewed": "tarkistettuja istuntoja",
    "sessions in which names were looked for anew": "istuntoja, joista nimiä etsittiin uudelleen",
    "pictures cut out of notebooks": "muistikirjoista poistettuja kuvia",
    "members without consent": "jäseniä, joiden suostumusta ei ole",
    "turns left out": "pois jätettyjä puheenvuoroja ja minimipalautteita",
    "words left out": "pois jätettyjä sanoja",
    "pseudonyms made coarse": "karkeistettuja peitteitä",
    "entities whose names were looked for": "kohteita, joiden nimiä etsittiin",
    "forms of names looked for letter by letter": "nimien muotoja, joita etsittiin kirjaimittain",
}


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
    """All that is told of a release, or of why there is none. ``counts`` by what was counted.

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

    def json(self) -> str:
        """The report for programs."""
        facts = {"vuoro": version("vuoro"), "schema": SCHEMA_VERSION, **asdict(self)}
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
    """A simple random sample of at most ``n`` turns with text, and their rows, in order.

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
        title = ["# Ei julkaisua / No release", "", "Esteet ovat alla. / What hinders is below."]
    elif report.reviewed:
        title = ["# Julkaisu / Release"]
    else:
        title = [
            "# TARKISTAMATON julkaisu / UNREVIEWED release",
            "",
            "**Ihminen ei ole arvioinut kaikkea, mitä peitettiin tai jätettiin. / Not everything "
            "that was masked or left has been judged by a person.**",
        ]
    level = ("karkea / coarse", "numeroidut peitetunnukset / numbered pseudonyms")
    return [
        *title,
        "",
        "| | |",
        "|---|---|",
        f"| tehty / made on | {report.made_on} |",
        f"| vuoro | {version('vuoro')}, schema {SCHEMA_VERSION} |",
        f"| taso / level | {level[0] if report.coarse else level[1]} |",
        f"| päivämäärät sallittu / dates allowed | {_yes(report.dates_allowed)} |",
        f"| jätetty pois / left out | {', '.join(report.left_out) or '–'} |",
        *(
            f"| puhe jätetty pois ilman suostumusta / talk left out without consent | {session}: "
            f"{', '.join(people)} |"
            for session, people in report.talk_left_out.items()
        ),
        "",
    ]


def _checks(report: Report) -> list[str]:
    found = {check: [f for f in report.findings if f.check == check] for check in CHECKS}
    lines = ["## Mitä tarkistettiin / What was checked", "", "| | |", "|---|---|"]
    for check in CHECKS:
        lines.append(
            f"| {' / '.join(CHECKS[check])} | {_state(report, check, len(found[check]))} |"
        )
    counts = (f"- {_COUNTS.get(what, what)} / {what}: {n}" for what, n in report.counts.items())
    lines += ["", *counts, ""]
    if report.findings:
        lines += ["## Löydöt / Findings", "", *(f"- {finding}" for finding in report.findings), ""]
    return lines


def _state(report: Report, check: Check, n_found: int) -> str:
    if n_found:
        return f"**{n_found}**"
    if check == "reviewed" and not report.reviewed:
        return "ei / no"
    if check == "dates" and report.counts.get("texts with a date"):
        return f"sallittu / allowed: {report.counts['texts with a date']}"
    if check == "consent" and report.talk_left_out:
        return "puhe jätetty pois / talk left out"
    if check == "small_cells" and report.small_cells.any:
        return "alla / below"
    return "kunnossa / in order"


def _small(report: Report) -> list[str]:
    cells = report.small_cells
    return [
        "## Pienet solut / Small cells",
        "",
        "Ainoa roolissaan ryhmän istunnossa / the only one of a role in a group's session: "
        f"{len(cells.alone)}",
        *_listed(cells.alone),
        "",
        f"Alle {cells.k} henkilön yhdistelmät / combinations of fewer than {cells.k} people: "
        f"{len(cells.rare)}",
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
    n, percent = len(sample.turn_ids), f"{100 * sample.bound:.2f}"
    if n == sample.n_turns:
        fi = "Siinä ovat kaikki puheenvuorot, ei minimipalautteita."
        en = "These are all turns, minimal responses left out."
    else:
        fi = (
            f"Jos yhdessäkään ei ole vuotoa, niitä on 95 %:n varmuudella alle {percent} %:ssa "
            "puheenvuoroista."
        )
        en = f"If none leaks, less than {percent} % of turns do, at 95 % confidence."
    return [
        "## Luettavaksi / To be read",
        "",
        f"`{SAMPLE}`: {n} / {sample.n_turns} satunnaista puheenvuoroa / turns drawn at random "
        f"(siemen / seed {sample.seed}). {fi} / {en} 1 − 0.05^(1/n), Hanley & Lippman-Hand 1983.",
        "",
        "Luettu / read: ______  vuotoja / leaks: ______",
        "",
        "## Hyväksyntä / Approval",
        "",
        "Olen tarkistanut julkaisun. / I have examined this release.",
        "",
        "Nimi / name: ______________________________",
        "",
        "Päiväys ja allekirjoitus / date and signature: ______________________________",
    ]


def _yes(value: bool) -> str:
    return "kyllä / yes" if value else "ei / no"
