"""The words of the review sheets: Finnish first, then English; either is understood."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from pipeline.pseudonymisation.entities import Id, Verdict
from pipeline.records import EntityType
from pipeline.records.ids import LABELS, entity_called
from pipeline.review.names.queues import Queue
from pipeline.texts import LANGUAGES, Text, both, counted

T = TypeVar("T", bound=str)

TYPES: Mapping[EntityType, str] = {
    type: f"{LABELS['fi'][type].lower()} / {LABELS['en'][type].lower()}" for type in LABELS["fi"]
}
VERDICTS: Mapping[Verdict, str] = {
    "name": both("mask"),
    "keep": both("keep"),
    "no_name": both("not a name"),
}
QUEUES: Mapping[Queue, str] = {
    "capital": both("capital left"),
    "homograph": both("also an ordinary word"),
    "organisation": both("like an organisation"),
    "digits": both("digits"),
    "title": both("job title"),
    "only": both("the only one"),
    "doubtful": both("doubtful"),
    "other": both("others"),
    "judged": both("decided"),
}
_CATEGORIES = (
    Text("colleague"),
    Text("supervisor"),
    Text("client"),
    Text("family member"),
    Text("group member"),
    Text("group leader"),
    Text("national association"),
    Text("local association"),
    Text("public authority"),
    Text("school"),
    Text("large town"),
    Text("medium-sized town"),
    Text("small municipality"),
    Text("region"),
    Text("abroad"),
)
CATEGORIES = tuple(each.to(language) for language in LANGUAGES for each in _CATEGORIES)
N_ROWS = counted("This workbook has {n} row.", "This workbook has {n} rows.")
LISTEN = "▶ " + both("listen")

_MORE_VERDICTS: Mapping[str, Verdict] = {
    "peita": "name",
    "nimi": "name",
    "name": "name",
    "jata": "keep",
    "säilytä": "keep",
    "ei ole nimi": "no_name",
    "no name": "no_name",
    "no_name": "no_name",
    "not name": "no_name",
}
_TIMES = re.compile(r" ?×\d+$")


def verdict(cell: str) -> Verdict | None:
    """Return the verdict that a cell means; None if it means none."""
    return _MORE_VERDICTS.get(plain(cell)) or _understood(cell, VERDICTS)


def entity_type(cell: str) -> EntityType | None:
    """Return the type that a cell means; None if it means none."""
    return _understood(cell, TYPES)


def entity_id(cell: str) -> Id | None:
    """Return the entity that 'Henkilö 7', '[Henkilö 7]', 'Person 7' or 'person 7' means."""
    return entity_called(plain(cell))


def plain(cell: str) -> str:
    """Return a cell's text without irrelevant differences: capitals and extra spaces."""
    return " ".join(cell.casefold().split())


def form(cell: str) -> str:
    """Return the form of a name in a cell, without how often it was said ('Pekan ×5')."""
    return _TIMES.sub("", plain(cell))


def _understood(cell: str, vocabulary: Mapping[T, str]) -> T | None:
    """Return the word of the vocabulary that a cell is, in one language or in both."""
    parts = {plain(part) for part in cell.split("/")}
    return next((w for w, shown in vocabulary.items() if parts <= {*shown.split(" / ")}), None)
