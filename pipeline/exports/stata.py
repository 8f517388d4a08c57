"""DTA: Stata 14 or newer, with the labels of variables and values in one language per file.

Written by pandas, because pyreadstat cannot write long texts if some are missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from pipeline.exports.coded import coded
from pipeline.exports.coded import targets as coded_targets
from pipeline.exports.source import Source, Target
from pipeline.texts import Language

LONGEST_NAME = 32
LONGEST_LABEL = 80  # characters
LONGEST_FIXED = 2045  # bytes of a text that is not stored separately (a strL)
_TIME = datetime(1980, 1, 1)


def targets(sources: Sequence[Source]) -> Iterator[Target]:
    """One file per table and language."""
    return coded_targets(sources, ".dta", _write)


def _write(source: Source, language: Language, file: Path) -> list[str]:
    table = coded(source, language, LONGEST_NAME, LONGEST_LABEL)
    frame = table.frame
    for name in frame.select_dtypes("object"):
        frame[name] = frame[name].fillna("")  # Stata's missing text
    long = [n for n in frame.select_dtypes("object") if _longest(frame[n]) > LONGEST_FIXED]
    frame.to_stata(
        file,
        write_index=False,
        version=118,  # Stata 14, the first with UTF-8
        convert_strl=long,
        time_stamp=_TIME,
        data_label=source.table.name,
        variable_labels=table.variable_labels,
        value_labels=table.value_labels,
    )
    return []


def _longest(texts: Iterable[str]) -> int:
    return max((len(text.encode()) for text in texts), default=0)
