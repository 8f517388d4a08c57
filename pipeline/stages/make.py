"""What runs a stage: its inputs are gathered, its function is called, its record is stored."""

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
    """Make the result of a stage; what it reads must be made.

    Raises NotYetError if it is not, and what the stage raises.
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
    """Make once more what was dropped of a result.

    Raises StudyError if it cannot be made as it was, or what the stage raises.
    """
    read = _read(chain, stage, no_progress)
    with chain.store.restoring(result) as folder:
        carry_out(chain, stage, read | {"folder": folder})


def carry_out(chain: SessionChain, stage: Stage[R], read: Mapping[str, object]) -> R:
    """Call the function of a stage of this session with what it reads, by name."""
    return stage.run(**{name: read[name] for name in stage.reads})


def _read(chain: SessionChain, stage: Stage[Any], progress: Progress) -> dict[str, object]:
    """What a stage reads, but for the folder that its files go into."""
    models = {r: m.path for r, m in chain.common.models.items() if r in stage.models}
    own = {"folder": None, "progress": progress, "models": models}
    return values_of(chain, stage.run, given=own | _settings(chain, stage))


def _settings(chain: SessionChain, stage: Stage[Any]) -> dict[str, object]:
    """The settings that a stage reads, by key and by section, as its parameters are called.

    In a section all but the declared keys are as they come: nothing else is read by mistake.
    """
    found: dict[str, object] = {}
    sections: defaultdict[str, dict[str, object]] = defaultdict(dict)
    for section, name in (key.split(".") for key in stage.settings):
        found[name] = sections[section][name] = getattr(getattr(chain.settings, section), name)
    for section, values in sections.items():
        found[section] = type(getattr(chain.settings, section)).model_construct(**values)
    return found


def stands(stage: Stage[Any], study: Study) -> bool:
    """Whether the result of a stage of the whole study is there and up to date."""
    return stage.standing is not None and stage.standing(study=study) is not None


def no_progress(share: float) -> None:
    """What is done in a moment, or in the midst of something else, shows no progress."""
