"""The address of a result: a digest of all that it depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic_core import to_jsonable_python

from pipeline.stages.declared import BY_NAME, INPUTS
from pipeline.stages.reading import values_of
from pipeline.stages.stage import Stage
from pipeline.storage.digests import digest

if TYPE_CHECKING:
    from pipeline.stages.chain import SessionChain


def address_of(chain: SessionChain, stage: Stage[Any], *, verify: bool = True) -> str:
    """Return the address of a stage's result: where it is in the store, or what its files say.

    With ``verify`` the results that it reads are hashed. Raises NotYetError while one that it
    reads, or derives from, is not made; StudyError where an input cannot be used.
    """
    read = [name for name in stage.reads if name in BY_NAME or name in INPUTS]
    return digest(
        {
            "stage": [stage.name, stage.version],
            "reads": {name: _mark(chain, name, verify) for name in read},
            "settings": {key: chain.common.setting(key) for key in stage.settings},
            "models": {r: m.sha256 for r, m in chain.common.models.items() if r in stage.models},
        }
    )[:32]


def _mark(chain: SessionChain, name: str, verify: bool) -> object:
    """Return what represents an earlier stage or an input in an address."""
    if name in BY_NAME:
        return chain.result(BY_NAME[name], verify=verify).digest
    one = INPUTS[name]
    if one.mark is None:
        return to_jsonable_python(chain.get(one, verify=verify))
    return to_jsonable_python(one.mark(**values_of(chain, one.mark, verify=verify)))
