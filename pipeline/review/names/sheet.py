"""The workbook in which names are reviewed: rows out, answers in. It holds real names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.pseudonymisation.entities import Entity
from pipeline.records.ids import called
from pipeline.review.names.candidates import EXCERPTS, NameRow
from pipeline.review.names.guide import GUIDE
from pipeline.review.titles import CATEGORIES, QUEUES, TYPES, VERDICTS
from pipeline.storage import sheets
from pipeline.storage.sheets import IN_NAMES, Answer, Column, Sheet, Value
from pipeline.texts import Text, both

MAX_VARIANTS = 12
_EXCERPT = Text("Excerpt {n}")

SHEET = Sheet(
    both("Names", IN_NAMES),
    (
        Column("queue", both("Queue"), 20),
        Column("pseudonym", both("Pseudonym"), 17),
        Column("variants", both("Variants"), 30),
        Column("count", both("Count"), 8),
        Column("n_sessions", both("Sessions"), 10),
        *(Column(f"excerpt_{n}", _EXCERPT.filled(n=n).both, 42) for n in range(1, EXCERPTS + 1)),
        Column("decision", both("Decision"), 20, True, tuple(VERDICTS.values())),
        Column("type", both("Type"), 22, True, tuple(TYPES.values())),
        Column("merge", both("Merge into"), 17, True),
        Column("split", both("Split off"), 20, True),
        Column("category", both("Category"), 22, True, CATEGORIES, free=True),
        Column("note", both("Note"), 30, True),
        Column("detectors", both("Found by"), 22),
    ),
    fixed_columns=3,
)


def as_workbook(rows: Sequence[NameRow]) -> bytes:
    """Return the rows as an xlsx file: the sheet to fill in, the guide, and the choices."""
    return sheets.workbook((SHEET, [*map(_cells, rows)]), guide=GUIDE)


def answers(file: Path) -> list[Answer]:
    """Return what was filled in; see ``sheets.answers``."""
    return sheets.answers(file, SHEET)


def decided_cells(entity: Entity) -> dict[str, str]:
    """Return the decisions on an entity as shown in the cells to fill in."""
    return {
        "decision": VERDICTS.get(entity.verdict, ""),
        "type": TYPES[entity.type],
        "category": entity.category,
        "note": entity.note,
    }


def _cells(row: NameRow) -> dict[str, Value]:
    variants = [f"{said} ×{count}" if count > 1 else said for said, count in row.variants]
    more = len(variants) - MAX_VARIANTS
    entity = row.entity
    return {
        "queue": f"{list(QUEUES).index(row.queue) + 1} {QUEUES[row.queue]}",
        "pseudonym": called(*entity.id) if entity else both("new"),
        "variants": "; ".join(variants[:MAX_VARIANTS]) + (f"; … (+{more})" if more > 0 else ""),
        "count": row.count,
        "n_sessions": row.n_sessions,
        **{f"excerpt_{i}": text for i, text in enumerate(row.excerpts, start=1)},
        **(decided_cells(entity) if entity else {"type": TYPES[row.type]}),
        "detectors": ", ".join(row.detectors),
        "id": row.id,
    }
