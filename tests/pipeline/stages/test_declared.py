"""The list of stages: what each declares is what its function gets, and nothing else names it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest

from pipeline.settings import Settings
from pipeline.stages.declared import BY_NAME, INPUTS, STAGES, STORED, read_by
from pipeline.stages.stage import Made, Stage, parameters, returned

ROOT = Path(__file__).parents[3]
OWN = {"folder", "progress", "models"}  # what a stage in the store gets besides
OF_OTHERS = {("whisper.py", "transcribe")}  # Whisper's word for what it does


def settings_of(stage: Stage[Any]) -> dict[str, object]:
    """The type of each parameter that stands for a setting."""
    found: dict[str, object] = {}
    for section, name in (key.split(".") for key in stage.settings):
        of_section: Any = Settings.model_fields[section].annotation
        found |= {section: of_section, name: of_section.model_fields[name].annotation}
    return found


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_a_parameter_is_of_the_type_that_it_stands_for(stage: Stage[Any]) -> None:
    settings = settings_of(stage)
    for name, kind in stage.reads.items():
        if name in settings:
            assert kind == settings[name], name
        else:
            assert_fits(name, kind)


@pytest.mark.parametrize("name", INPUTS)
def test_an_input_reads_what_its_parameters_are_called(name: str) -> None:
    one = INPUTS[name]
    for function in (one.read, one.mark):
        for parameter, kind in parameters(function).items() if function else ():
            assert_fits(parameter, kind)


def assert_fits(name: str, kind: Any) -> None:
    if name in BY_NAME:
        record = BY_NAME[name].record
        assert kind == record or (get_origin(kind) is Made and get_args(kind) == (record,)), name
    elif name in INPUTS:
        assert kind == returned(INPUTS[name].read), name


@pytest.mark.parametrize("stage", STORED, ids=lambda stage: stage.name)
def test_a_stage_in_the_store_gets_nothing_but_what_its_address_tells(stage: Stage[Any]) -> None:
    known = {*BY_NAME, *INPUTS, *settings_of(stage), *OWN}
    assert {*stage.reads} <= known


def test_one_name_stands_for_one_thing() -> None:
    settings = {name for stage in STAGES for name in settings_of(stage)}
    names = [*BY_NAME, *INPUTS, *OWN, *settings]
    assert len(names) == len({*names})
    assert len(BY_NAME) == len(STAGES)


def test_stages_read_earlier_ones_alone() -> None:
    order = [stage.name for stage in STAGES]
    for stage in STAGES:
        assert all(order.index(name) < order.index(stage.name) for name in read_by(stage))


def test_phases_follow_one_another() -> None:
    phases = [stage.phase for stage in STAGES]
    assert phases == sorted(phases, key=["hear", "settle", "number", "finish", "whole"].index)


def test_what_models_made_is_cut_where_a_person_withdraws() -> None:
    """Recognised again, the others would get other words: see ``pipeline.stages.leaving``."""
    assert all(stage.redact for stage in STORED if stage.models and not stage.at_once)


def test_no_stage_is_named_elsewhere() -> None:
    found = [
        (str(file.relative_to(ROOT)), node.lineno, node.value)
        for file in modules()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and node.value in BY_NAME
        and (file.name, node.value) not in OF_OTHERS
    ]
    assert found == []


def modules() -> Iterator[Path]:
    """All of ours but the stages, and of the benchmarks those that know of stages."""
    yield from (ROOT / "flows").rglob("*.py")
    for file in (ROOT / "pipeline").rglob("*.py"):
        if not file.is_relative_to(ROOT / "pipeline" / "stages"):
            yield file
    for file in (ROOT / "benchmarks").rglob("*.py"):
        if "pipeline.stages" in file.read_text(encoding="utf-8"):
            yield file
