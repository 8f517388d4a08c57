"""The order of the tests: what takes long begins first, so that no worker ends with it alone."""

from __future__ import annotations

import pytest

LONG = {"models", "faults", "notebooks"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    long = {item.path for item in items if LONG & {mark.name for mark in item.iter_markers()}}
    items.sort(key=lambda item: item.path not in long)
