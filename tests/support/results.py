"""Results of stages written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.stages.address import address_of
from pipeline.stages.chain import SessionChain
from pipeline.stages.stage import Stage
from pipeline.study.store import write_record


@contextmanager
def writing(chain: SessionChain, stage: Stage[Any]) -> Iterator[Path]:
    """A folder for the result of a stage, at the address that it has."""
    with chain.store.writing(stage.name, address_of(chain, stage)) as folder:
        yield folder


def put(chain: SessionChain, stage: Stage[Any], record: object) -> None:
    """Give a session the result of a stage."""
    with writing(chain, stage) as folder:
        write_record(folder, record)
