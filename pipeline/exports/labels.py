"""Names of values and columns in labelled formats."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from pipeline.tables.columns import Column
from pipeline.tables.values import CALLED
from pipeline.texts import Language

_NO_YES = (CALLED["no"], CALLED["yes"])


def value_labels(column: Column, language: Language) -> dict[int | float, str]:
    """The code of each value that a column may hold, 1, 2, … in declared order; {} if unlimited."""
    if column.type == "bool":
        return {code: label.to(language) for code, label in enumerate(_NO_YES)}
    if column.type != "string":
        return {}
    return {code: CALLED[value].to(language) for code, value in enumerate(column.values, start=1)}


def variable_label(column: Column, language: Language, longest: int) -> str:
    """The description of a column with its unit, cut at a word to so many bytes."""
    text = column.description(language)
    text += f" [{column.unit}]" if column.unit else ""
    if len(text.encode()) <= longest:
        return text
    words = text.split()
    while len(" ".join(words).encode()) + len("…".encode()) > longest:
        words.pop()
    return " ".join(words) + "…"


def names(columns: Iterable[Column], longest: int) -> dict[str, str]:
    """A unique name for each column, of at most so many plain letters."""
    taken: dict[str, str] = {}
    for column in columns:
        letters = unicodedata.normalize("NFKD", column.name).encode("ascii", "ignore").decode()
        plain = re.sub(r"\W", "_", letters)[:longest]
        name, number = plain, 2
        while name.casefold() in (other.casefold() for other in taken.values()):
            name = f"{plain[: longest - len(str(number)) - 1]}_{number}"
            number += 1
        taken[column.name] = name
    return taken
