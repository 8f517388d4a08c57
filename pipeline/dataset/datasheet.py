"""The documents that accompany the tables: the data dictionary and the data sheet.

Both derive from the declarations and from the tables themselves, and hold no creation date: the
same data set has the same documents.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from pipeline import __version__
from pipeline.dataset import methods
from pipeline.dataset.plan import markdown_table, plan
from pipeline.dataset.summary import Summary
from pipeline.records.languages import name_of
from pipeline.tables import SCHEMA_VERSION, TABLES, dictionary
from pipeline.tables.columns import Column
from pipeline.tables.flags import flag_of
from pipeline.tables.values import CALLED
from pipeline.texts import LANGUAGES, Language, Text

_WHAT = Text(
    "A data set made by machine from recordings of group meetings and group interviews. The unit "
    "of observation is one turn."
)
_HOURS = Text("{hours:.2f} h")
_TABLE_HEADS = (Text("table"), Text("rows"), Text("files"), Text("a row"))
_FLAG_HEADS = (Text("flag"), Text("what to do"), Text("sessions"))
_COLUMNS = Text(
    "Columns and their units: `dictionary.csv`. An empty value means missing, not zero. Times are "
    "seconds from the start of the recording."
)
_STEPS = Text(
    "The software told the speakers apart, recognised the words, assembled them into turns, gave "
    "the speakers pseudonyms, and masked names. A minimal response (joo, mm) within another's turn "
    "is a row of its own (`kind = minimal_response`) and does not cut that turn. What a human "
    "corrected is in the column `edited`."
)
_BRACKETS = Text(
    "A mask stands in square brackets; brackets that the transcript itself had are doubled."
)
_BY_MACHINE = Text(
    "Masking is done by machine: a name that the software did not recognise is still in the text. "
    "What people say about themselves and their work may identify them, too. Read the texts before "
    "you share the data set."
)
_LIMITS = (
    Text(
        "The text is a machine's transcript and has errors; doubtful places are in `suspect` and "
        "`asr_confidence`."
    ),
    Text("The speaker may be wrong; see `speaker_confidence`."),
    Text(
        "A person may be linked wrongly from one session to another; see `similarity` and `margin` "
        "in `attendance`. A person whose `identity` is `unknown` has not been recognised, and has "
        "another pseudonym in each session."
    ),
    Text("Of overlap, mostly one speaker's words are recognised."),
    Text(
        "Sessions made with different models or settings are not comparable as they are "
        "(`models`, `settings_digest`)."
    ),
)
_EXAMPLES = """\
```
pandas.read_parquet("turns")                              # Python
arrow::open_dataset("turns") |> dplyr::collect()          # R
SELECT * FROM read_parquet('turns/*.parquet')             -- DuckDB
```"""


def dictionary_csv(own: Sequence[Column] = ()) -> bytes:
    """The data dictionary as CSV, ``own`` columns of the study included.

    The byte-order mark makes Excel read ä and ö correctly.
    """
    rows = dictionary(own)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def datasheet(summary: Summary, settings: methods.SettingsByDigest = methods.NO_SETTINGS) -> str:
    """The data sheet in Markdown, in Finnish and then in English.

    ``settings`` are the values behind the digests in the tables, as far as they are known.
    """
    blocks = (block for language in LANGUAGES for block in _in(language, summary, settings))
    return "\n\n".join(blocks) + "\n"


def _in(language: Language, summary: Summary, settings: methods.SettingsByDigest) -> list[str]:
    """The blocks of the data sheet in one language."""
    tables = [
        (f"`{name}`", n_rows, summary.n_files[name], TABLES[name].description(language))
        for name, n_rows in summary.n_rows.items()
    ]
    return [
        "# " + Text("Data sheet").to(language),
        *(["*An English version follows below.*"] if language == "fi" else []),
        _WHAT.to(language),
        markdown_table(("", ""), _facts(summary, language)),
        *_flags(summary, language),
        "## " + Text("Tables").to(language),
        markdown_table([head.to(language) for head in _TABLE_HEADS], tables, numbers=(1, 2)),
        _COLUMNS.to(language),
        _EXAMPLES,
        "## " + Text("How it was made").to(language),
        _STEPS.to(language),
        "\n".join(f"- {what}: {value}" for what, value in _made_by(summary, language)),
        methods.section(summary, language, settings, level=2),
        "## " + Text("Anonymisation plan").to(language),
        plan(summary.masked, language),
        _BRACKETS.to(language),
        _BY_MACHINE.to(language),
        "## " + Text("Limits").to(language),
        "\n".join(f"- {limit.to(language)}" for limit in _LIMITS),
    ]


def _facts(summary: Summary, language: Language) -> list[tuple[str, str]]:
    return [
        (Text("groups").to(language), str(summary.n_groups)),
        (Text("sessions").to(language), _listed(summary.kinds, language)),
        (
            Text("length of the recordings").to(language),
            _HOURS.filled(hours=summary.duration_s / 3600).to(language),
        ),
        (Text("languages (sessions)").to(language), _listed(summary.languages, language)),
    ]


def _flags(summary: Summary, language: Language) -> list[str]:
    """What to know about sessions, and in how many."""
    if not summary.flags:
        return []
    rows = []
    for id, n in summary.flags.items():
        flag = flag_of(id)
        to_do = flag.do.filled(session_id="G07-S01").to(language)
        rows.append((f"`{id}`: {flag.what.to(language)}", to_do or "–", n))
    heads = [head.to(language) for head in _FLAG_HEADS]
    return ["## " + Text("Flags").to(language), markdown_table(heads, rows, numbers=(2,))]


def _made_by(summary: Summary, language: Language) -> list[tuple[str, str]]:
    return [
        (Text("software").to(language), f"vuoro {__version__}, schema {SCHEMA_VERSION}"),
        (Text("models").to(language), ", ".join(summary.models) or "–"),
        (Text("settings digest").to(language), ", ".join(summary.settings) or "–"),
    ]


def _listed(counts: dict[str, int], language: Language) -> str:
    """How many there are of each kind of session, or in each language."""
    named = [(CALLED.get(value) or name_of(value), n) for value, n in counts.items()]
    return ", ".join(f"{name.to(language)}: {n}" for name, n in named) or "–"
