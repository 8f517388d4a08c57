"""What goes with the tables for a reader: the data dictionary and the data sheet.

Both derive from the declarations and from the tables themselves, and hold no date of making: the
same data set has the same documents.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pyarrow.compute as pc

from pipeline.dataset import files
from pipeline.dataset.plan import plan
from pipeline.tables import SCHEMA_VERSION, TABLES, dictionary
from pipeline.tables.columns import Column
from pipeline.tables.flags import Language, flag_of
from pipeline.tables.people_tables import PEOPLE

_MASKED = ("n_masked_person", "n_masked_organisation", "n_masked_place", "n_masked_other")


@dataclass(frozen=True, slots=True)
class Summary:
    """What the data sheet tells of a data set. ``n_rows`` and ``n_files`` are by table name.

    ``kinds``, ``languages`` and ``flags`` count sessions; ``masked`` counts masked mentions by
    the name of their column in turns; ``own`` are the study's own columns of people.
    """

    n_rows: dict[str, int]
    n_files: dict[str, int]
    n_groups: int
    duration_s: float
    kinds: dict[str, int]
    languages: dict[str, int]
    flags: dict[str, int]
    masked: dict[str, int]
    models: tuple[str, ...]
    settings_digests: tuple[str, ...]
    own: tuple[Column, ...]


def summarise(dataset: Path) -> Summary:
    """Count what is in a data set, one file at a time.

    Raises DatasetError if a file is damaged, TransientError if one cannot be read.
    """
    n_rows = dict.fromkeys(TABLES, 0)
    n_files = dict.fromkeys(TABLES, 0)
    masked = dict.fromkeys(_MASKED, 0)
    duration_s = 0.0
    met: dict[str, Counter[str]] = defaultdict(Counter)
    for name in TABLES:
        for file in files.files(dataset, name):
            n_files[name] += 1
            n_rows[name] += files.n_rows(file)
    for file in files.files(dataset, "sessions"):
        for session in files.read(file).to_pylist():
            duration_s += session["duration_s"]
            for column in ("group_id", "kind", "settings_digest"):
                met[column][session[column]] += 1
            met["language"][session["language"] or "–"] += 1
            met["flags"].update(session["flags"])
            met["models"].update(session["models"])
    for file in files.files(dataset, "turns"):
        turns = files.read(file)
        for column in _MASKED:
            masked[column] += pc.sum(turns[column]).as_py() or 0
    return Summary(
        n_rows=n_rows,
        n_files=n_files,
        n_groups=len(met["group_id"]),
        duration_s=duration_s,
        kinds=dict(sorted(met["kind"].items())),
        languages=dict(sorted(met["language"].items())),
        flags=dict(sorted(met["flags"].items())),
        masked=masked,
        models=tuple(sorted(met["models"])),
        settings_digests=tuple(sorted(met["settings_digest"])),
        own=own_columns(dataset),
    )


def own_columns(dataset: Path) -> tuple[Column, ...]:
    """The study's own columns of people, which every file of people has.

    Raises DatasetError if a file is damaged, TransientError if one cannot be read.
    """
    people = files.files(dataset, "people")
    columns = PEOPLE.as_in(files.read(people[0]).schema).columns if people else PEOPLE.columns
    return columns[len(PEOPLE.columns) :]


def dictionary_csv(own: Sequence[Column] = ()) -> bytes:
    """The data dictionary as CSV, ``own`` columns of the study included.

    The byte-order mark makes Excel read ä and ö right.
    """
    rows = dictionary(own)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def datasheet(summary: Summary) -> str:
    """The data sheet in Markdown, in Finnish and then in English."""
    return "\n".join([*_finnish(summary), *_english(summary)]) + "\n"


def _finnish(summary: Summary) -> list[str]:
    return [
        "# Aineistokuvaus",
        "",
        "*An English version follows below.*",
        "",
        "Ryhmien tapaamisten ja ryhmähaastattelujen tallenteista koneellisesti tehty aineisto, "
        "jossa havaintoyksikkö on puheenvuoro.",
        "",
        "| | |",
        "|---|---|",
        f"| ryhmiä | {summary.n_groups} |",
        f"| istuntoja | {_listed(summary.kinds)} |",
        f"| tallenteita yhteensä | {_hours(summary)} h |",
        f"| kielet (istuntoja) | {_listed(summary.languages)} |",
        "",
        *_flags(summary, "Huomautukset", "huomautus | mitä tehdä | istuntoja", "fi"),
        "## Taulut",
        "",
        "| taulu | rivejä | tiedostoja | rivi |",
        "|---|---:|---:|---|",
        *_table_rows(summary, {t.name: t.description_fi for t in TABLES.values()}),
        "",
        "Sarakkeet yksiköineen: `dictionary.csv`. Tyhjä arvo tarkoittaa puuttuvaa tietoa, ei "
        "nollaa. Ajat ovat sekunteja tallenteen alusta.",
        "",
        *_examples(),
        "",
        "## Miten aineisto on tehty",
        "",
        "Ohjelma erotti puhujat, tunnisti sanat, kokosi ne puheenvuoroiksi, antoi puhujille "
        "peitetunnukset ja peitti nimet. Lyhyt palaute (joo, mm) toisen vuoron aikana on oma "
        "rivinsä (`kind = minimal_response`) eikä katkaise vuoroa. Mitä ihminen korjasi, on "
        "sarakkeessa `edited`.",
        "",
        *_provenance(summary, "ohjelma", "mallit", "asetusten tiiviste"),
        "",
        "## Anonymisointisuunnitelma",
        "",
        *plan(summary.masked, "fi"),
        "",
        "Peite on hakasulkeissa, ja hakasulkeet, jotka olivat puheen tekstissä itsessään, on "
        "kahdennettu.",
        "",
        "Peittäminen on koneellista: nimi, jota ohjelma ei tunnistanut, on jäänyt tekstiin. Myös "
        "se, mitä ihmiset kertovat itsestään ja työstään, voi paljastaa heidät. Lue tekstit ennen "
        "kuin jaat aineistoa.",
        "",
        "## Rajoitukset",
        "",
        "- Teksti on koneen tunnistamaa, ja siinä on virheitä; epävarmat kohdat ovat sarakkeissa "
        "`suspect` ja `asr_confidence`.",
        "- Puhuja voi olla väärin; katso `speaker_confidence`.",
        "- Henkilö voi olla väärin yhdistetty istunnosta toiseen; katso `similarity` ja `margin` "
        "taulussa `attendance`. Henkilöä, jonka `identity` on `unknown`, ei ole tunnistettu: "
        "hänellä on joka istunnossa eri peitetunnus.",
        "- Päällekkäisestä puheesta on tunnistettu yleensä vain toisen puhujan sanat.",
        "- Eri malleilla tai asetuksilla tehtyjä istuntoja ei pidä verrata sellaisinaan "
        "(`models`, `settings_digest`).",
        "",
    ]


def _english(summary: Summary) -> list[str]:
    return [
        "# Data sheet",
        "",
        "A data set made by machine from recordings of group meetings and group interviews. The "
        "unit of observation is one turn.",
        "",
        "| | |",
        "|---|---|",
        f"| groups | {summary.n_groups} |",
        f"| sessions | {_listed(summary.kinds)} |",
        f"| length of the recordings | {_hours(summary)} h |",
        f"| languages (sessions) | {_listed(summary.languages)} |",
        "",
        *_flags(summary, "Flags", "flag | what to do | sessions", "en"),
        "## Tables",
        "",
        "| table | rows | files | a row |",
        "|---|---:|---:|---|",
        *_table_rows(summary, {t.name: t.description_en for t in TABLES.values()}),
        "",
        "Columns and their units: `dictionary.csv`. An empty value means missing, not zero. Times "
        "are seconds from the start of the recording.",
        "",
        *_examples(),
        "",
        "## How it was made",
        "",
        "The software told the speakers apart, recognised the words, put them together into turns, "
        "gave the speakers pseudonyms, and masked names. A short response (joo, mm) within "
        "another's turn is a row of its own (`kind = minimal_response`) and does not cut that "
        "turn. What a human corrected is in the column `edited`.",
        "",
        *_provenance(summary, "software", "models", "settings digest"),
        "",
        "## Anonymisation plan",
        "",
        *plan(summary.masked, "en"),
        "",
        "A mask stands in square brackets; brackets that the transcript itself had are doubled.",
        "",
        "Masking is done by machine: a name that the software did not recognise is still in the "
        "text. What people tell of themselves and their work may give them away, too. Read the "
        "texts before you share the data set.",
        "",
        "## Limits",
        "",
        "- The text is a machine's transcript and has errors; doubtful places are in `suspect` "
        "and `asr_confidence`.",
        "- The speaker may be wrong; see `speaker_confidence`.",
        "- A person may be linked wrongly from one session to another; see `similarity` and "
        "`margin` in `attendance`. A person whose `identity` is `unknown` has not been recognised, "
        "and has another pseudonym in each session.",
        "- Of simultaneous talk mostly one speaker's words are recognised.",
        "- Sessions made with different models or settings are not comparable as they are "
        "(`models`, `settings_digest`).",
    ]


def _table_rows(summary: Summary, descriptions: dict[str, str]) -> list[str]:
    return [
        f"| `{name}` | {summary.n_rows[name]} | {summary.n_files[name]} | {description} |"
        for name, description in descriptions.items()
    ]


def _flags(summary: Summary, title: str, head: str, language: Language) -> list[str]:
    """What is to be known of sessions, and in how many."""
    if not summary.flags:
        return []
    told = ((id, flag_of(id).words(language), n) for id, n in summary.flags.items())
    rows = [
        f"| `{id}`: {words.what} | {words.do.format(session_id='G07-S01') or '–'} | {n} |"
        for id, words, n in told
    ]
    return [f"## {title}", "", f"| {head} |", "|---|---|---:|", *rows, ""]


def _examples() -> list[str]:
    return [
        "```",
        'pandas.read_parquet("turns")                              # Python',
        'arrow::open_dataset("turns") |> dplyr::collect()          # R',
        "SELECT * FROM read_parquet('turns/*.parquet')             -- DuckDB",
        "```",
    ]


def _provenance(summary: Summary, software: str, models: str, settings: str) -> list[str]:
    return [
        f"- {software}: vuoro {version('vuoro')}, schema {SCHEMA_VERSION}",
        f"- {models}: {', '.join(summary.models) or '–'}",
        f"- {settings}: {', '.join(summary.settings_digests) or '–'}",
    ]


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{value}: {n}" for value, n in counts.items()) or "–"


def _hours(summary: Summary) -> str:
    return f"{summary.duration_s / 3600:.2f}"
