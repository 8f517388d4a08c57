"""What is scarce on the machines of a study, as Prefect's limits of concurrency.

`prefect gcl create gpu --limit 1` lets one stage at a time have the graphics card, on whichever
machine; `cpu-heavy` is for stages that keep all cores of one busy. A limit that nobody has created
holds nobody up. A killed holder's slot is free after a minute.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prefect.concurrency.sync import concurrency

from pipeline.device import choose_device
from pipeline.settings import Settings

LEASE_S = 60.0
RESOURCES = {"diarise": "gpu", "transcribe": "gpu"}
INSTEAD = "cpu-heavy"  # where the card is not used


@contextmanager
def slot(resource: str | None, settings: Settings) -> Iterator[None]:
    """Wait for a slot of this resource, and hold it while the block lasts."""
    if resource is None:
        yield
        return
    name = resource if choose_device(settings.machine) == "cuda" else INSTEAD
    with concurrency(name, lease_duration=LEASE_S, raise_on_lease_renewal_failure=False):
        yield
