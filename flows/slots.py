"""Scarce resources of a study's machines, as Prefect concurrency limits.

`prefect gcl create gpu --limit 1` gives the graphics card to one stage at a time, on any machine;
`cpu-heavy` is for stages that keep all cores of a machine busy. A limit that has not been created
blocks nothing. The slot of a killed process is free after a minute.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prefect import get_client
from prefect.concurrency.sync import concurrency
from prefect.exceptions import ObjectNotFound

from pipeline.media.device import choose_device
from pipeline.settings import Settings

LEASE_S = 60.0
INSTEAD = "cpu-heavy"  # where the card is not used


@contextmanager
def slot(resource: str | None, settings: Settings) -> Iterator[None]:
    """Wait for a slot of this resource and hold it during the block."""
    if resource is None:
        yield
        return
    name = resource if choose_device(settings.machine) == "cuda" else INSTEAD
    if not _is_limited(name):  # Prefect would warn of it at every stage
        yield
        return
    with concurrency(name, lease_duration=LEASE_S, raise_on_lease_renewal_failure=False):
        yield


def _is_limited(name: str) -> bool:
    with get_client(sync_client=True) as client:
        try:
            client.read_global_concurrency_limit_by_name(name)
        except ObjectNotFound:
            return False
    return True
