"""The order of the tests, those that a machine cannot run, and how much property tests try.

What takes long begins first, so that no worker ends with it alone. The tests of scores that
meeteval computes are left out where it could not be built, which `make` says.
"""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from hypothesis import HealthCheck, settings

# the same examples each time; no deadline, because machines are busy
settings.register_profile(
    "fast",
    max_examples=40,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("full", settings.get_profile("fast"), max_examples=200)
settings.load_profile("fast")

LONG = {"models", "faults", "notebooks", "packages"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if find_spec("meeteval") is None:
        left_out = [item for item in items if item.get_closest_marker("meeteval")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    long = {item.path for item in items if LONG & {mark.name for mark in item.iter_markers()}}
    items.sort(key=lambda item: item.path not in long)
