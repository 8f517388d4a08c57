"""Which entity a new name surely belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.records import EntityType


def linked(
    key: tuple[EntityType, str], known: Mapping[tuple[EntityType, str], tuple[EntityType, int]]
) -> tuple[EntityType, int] | None:
    """The entity, of those that have the ``known`` names, whose name this surely is; else None."""
    return None
