"""The values of the parameters of a stage, or of an input, in a session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, get_origin

from pipeline.stages.declared import BY_NAME, INPUTS
from pipeline.stages.stage import Made, parameters

if TYPE_CHECKING:
    from pipeline.stages.chain import SessionChain


def values_of(
    chain: SessionChain,
    function: Callable[..., object],
    *,
    verify: bool = True,
    given: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Return the values of a function's parameters, by name.

    A parameter that is neither ``given``, nor a stage, nor an input is an attribute of the chain.
    With ``verify`` the results that are read are hashed. Raises NotYetError while one is not made,
    and what reading an input raises.
    """
    given = given or {}
    return {
        name: given[name] if name in given else _value(chain, name, kind, verify)
        for name, kind in parameters(function).items()
    }


def _value(chain: SessionChain, name: str, kind: Any, verify: bool) -> object:
    if name in INPUTS:
        return chain.get(INPUTS[name], verify=verify)
    if name not in BY_NAME:
        return getattr(chain, name)
    stage = BY_NAME[name]
    if get_origin(kind) is Made:
        return chain.made(stage, verify=verify)
    return chain.get(stage, verify=verify)
