"""The coarser release: a category of person or thing in place of a numbered pseudonym."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from pipeline.dataset import files
from pipeline.pseudonymisation.entities import Entity, EntityTable
from pipeline.records import EntityType
from pipeline.records.ids import LABELS, NUMBERED, replace_numbered
from pipeline.tables import TABLES

WORDS: dict[str, dict[EntityType, str]] = {
    language: {type: label.lower() for type, label in labels.items() if type in NUMBERED}
    for language, labels in LABELS.items()
}
_TABLES = ("turns", "words")
_MARK = {"vuoro.release": "coarse"}


def coarsen(dataset: Path, table: EntityTable) -> int:
    """Replace pseudonyms by categories in the turns and words of a data set; returns the number.

    ``[Henkilö 7]:lle`` becomes ``[kollega]:lle``, by the entity's category, or ``[henkilö]:lle``
    if it has none. Counts what is replaced in turns.

    Raises DatasetError if a file is damaged, TransientError if one cannot be read or written.
    """
    replaced = 0
    for sessions_file in files.files(dataset, "sessions"):
        language = files.read(sessions_file)["language"][0].as_py()
        for name in _TABLES:
            replaced += _rewrite(
                files.file_of(dataset, name, sessions_file.stem), name, language, table
            )
    return replaced


def masks(table: EntityTable) -> set[str]:
    """Return all that may stand in brackets in a coarser release of this study."""
    categories = {_category(entity) for entity in table.judged if entity.type in NUMBERED}
    return {mask for mask in categories if mask} | {w for ws in WORDS.values() for w in ws.values()}


def coarse_text(text: str, language: str | None, table: EntityTable) -> tuple[str, int]:
    """Return a masked text with categories for numbered pseudonyms, and their number."""
    words = WORDS.get(language or "", WORDS["en"])

    def mask(type: EntityType, number: int) -> str:
        entity = table.entity((type, number))
        return f"[{(_category(entity) if entity else '') or words[type]}]"

    return replace_numbered(text, mask)


def _rewrite(file: Path, table_name: str, language: str | None, table: EntityTable) -> int:
    import pyarrow as pa

    rows = files.read(file)
    column = "text" if table_name == "turns" else "word"
    changed = [
        (None, 0) if text is None else coarse_text(text, language, table)
        for text in rows[column].to_pylist()
    ]
    field = TABLES[table_name].schema().field(column)
    texts = pa.array([text for text, _ in changed], field.type)
    coarse = rows.set_column(rows.schema.get_field_index(column), field, texts)
    entries = {k.decode(): v.decode() for k, v in (rows.schema.metadata or {}).items()}
    files.write(file, files.encode(table_name, coarse, entries | _MARK))
    return sum(n for _, n in changed) if table_name == "turns" else 0


def _category(entity: Entity) -> str:
    return re.sub(r"[\[\]]", "", entity.category).strip()


def categories(entities: Iterable[Entity]) -> dict[str, Entity]:
    """Return the categories in use, with an entity of each: people wrote them, so check them."""
    return {_category(entity): entity for entity in entities if _category(entity)}
