"""What is scarce on the machines of a study, as Prefect's limits of concurrency.

`prefect gcl create gpu --limit 1` lets one stage at a time have the graphics card, on whichever
machine; `cpu-heavy` is for stages that keep all cores of one busy. A limit that nobody has created
holds nobody up. A killed holder's slot is free after a minute.
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
    """Wait for a slot of this resource, and hold it while the block lasts."""
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
