"""Run a stage: gather its inputs, call its function, store its record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.stages.address import address_of
from pipeline.stages.reading import values_of
from pipeline.stages.stage import Progress, Stage
from pipeline.study import Study
from pipeline.study.store import Result, write_record

if TYPE_CHECKING:
    from pipeline.stages.chain import SessionChain

R = TypeVar("R")


def make(chain: SessionChain, stage: Stage[Any], progress: Progress) -> None:
    """Make the result of a stage; the results that it reads must exist.

    Raises NotYetError if one does not, and what the stage raises.
    """
    if not stage.is_stored:
        carry_out(chain, stage, _read(chain, stage, progress))
        return
    address = address_of(chain, stage)
    if chain.store.find(stage.name, address) is None:
        read = _read(chain, stage, progress)
        with chain.store.writing(stage.name, address) as folder:
            write_record(folder, carry_out(chain, stage, read | {"folder": folder}))


def restore(chain: SessionChain, stage: Stage[Any], result: Result) -> None:
    """Recreate what was dropped of a result.

    Raises StudyError if it cannot be recreated as it was, or what the stage raises.
    """
    read = _read(chain, stage, no_progress)
    with chain.store.restoring(result) as folder:
        carry_out(chain, stage, read | {"folder": folder})


def carry_out(chain: SessionChain, stage: Stage[R], read: Mapping[str, object]) -> R:
    """Call the function of a stage of this session with what it reads, by name."""
    return stage.run(**{name: read[name] for name in stage.reads})


def _read(chain: SessionChain, stage: Stage[Any], progress: Progress) -> dict[str, object]:
    """Return what a stage reads, except the folder for its files."""
    models = {r: m.path for r, m in chain.common.models.items() if r in stage.models}
    own = {"folder": None, "progress": progress, "models": models}
    return values_of(chain, stage.run, given=own | _settings(chain, stage))


def _settings(chain: SessionChain, stage: Stage[Any]) -> dict[str, object]:
    """Return the settings that a stage reads, by key and by section, like its parameters.

    In a section all but the declared keys have their defaults: nothing else is read by mistake.
    """
    found: dict[str, object] = {}
    sections: defaultdict[str, dict[str, object]] = defaultdict(dict)
    for section, name in (key.split(".") for key in stage.settings):
        found[name] = sections[section][name] = getattr(getattr(chain.settings, section), name)
    for section, values in sections.items():
        found[section] = type(getattr(chain.settings, section)).model_construct(**values)
    return found


def stands(stage: Stage[Any], study: Study) -> bool:
    """Whether the result of a stage of the whole study exists and is up to date."""
    return stage.standing is not None and stage.standing(study=study) is not None


def no_progress(share: float) -> None:
    """Show no progress: for short work, or work within something else."""
