"""The bench of a data set's size, and that nothing on the way looks at all sessions for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import drawn, scale
from pipeline.dataset import files
from pipeline.dataset.validate import validate
from pipeline.people import register
from pipeline.stages.declared import STORED
from pipeline.stages.to_do import unfinished
from pipeline.study import Study
from pipeline.study.store import Store


def test_every_part_of_the_way_is_measured_and_the_data_set_is_in_order(tmp_path: Path) -> None:
    costs = list(scale.measured(tmp_path, 10, 0.5, ["csv"], check=True))
    assert [cost.what for cost in costs[:2]] == ["sessions 1–1", "sessions 2–2"]
    assert [cost.what for cost in costs[10:]] == [
        "people and documents",
        "again, nothing changed",
        "one session changed",
        "export csv",
        "validate",
    ]
    assert sum(cost.n for cost in costs[:10]) == 10
    assert all(cost.cpu_s >= 0 and cost.peak_mb > 10 for cost in costs)
    assert validate(tmp_path / "dataset") == []


def test_a_session_is_drawn_as_asked_and_the_same_again() -> None:
    hour = scale.session(3, 60)
    assert hour["turns"].num_rows == 240
    assert 8500 < hour["words"].num_rows < 9500  # as in an hour of talk
    assert scale.session(3, 1)["turns"].equals(scale.session(3, 1)["turns"])
    assert scale.session(4, 1)["turns"].num_rows == scale.FEWEST_TURNS


def reads(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> int:
    """How many files and folders of the data set are looked into meanwhile."""
    n = 0
    read, n_rows, listing = files.read, files.n_rows, files._listing

    def counted(what: Callable[[Path], object]) -> Callable[[Path], object]:
        def count(path: Path) -> object:
            nonlocal n
            n += 1
            return what(path)

        return count

    with monkeypatch.context() as patch:
        for name, original in (("read", read), ("n_rows", n_rows), ("_listing", listing)):
            patch.setattr(files, name, counted(original))
        work()
    return n


@pytest.fixture(scope="module")
def datasets(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """By number of sessions: one group, and two."""
    found = {n: tmp_path_factory.mktemp(f"of-{n}") for n in (8, 16)}
    for n, folder in found.items():
        scale._publish(folder, range(n), 0.2, "drawn")
        scale._document(folder, scale._background(n))
    return found


@pytest.mark.parametrize("what", ["document", "validate"])
def test_work_grows_with_the_number_of_sessions_and_no_faster(
    datasets: dict[int, Path], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def work(n: int) -> Callable[[], object]:
        if what == "validate":
            return lambda: validate(datasets[n])
        return lambda: scale._document(datasets[n], scale._background(n))

    few, many = (reads(monkeypatch, work(n)) for n in (8, 16))
    assert many <= 2 * few


def test_every_look_at_a_study_is_measured(tmp_path: Path) -> None:
    costs = list(scale.looked(tmp_path, 2, 1))
    assert [cost.what for cost in costs] == [
        "a finished study",
        "status, first",
        "status",
        "run with nothing to do",
        "scheduled look",
        "clean, looking",
        "document, nothing new",
        "one new recording",
    ]


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Study]]:
    """By number of sessions, all of one group."""
    keys = tmp_path_factory.mktemp("keys")
    with drawn.pretending(1, keys):
        yield {
            n: drawn.finished_study(tmp_path_factory.mktemp(f"study-{n}"), n, 10) for n in (3, 6)
        }


def test_to_look_at_a_group_costs_what_its_sessions_cost(
    studies: dict[int, Study], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is who in a group is found out once, and each result is looked for once."""

    def looks(study: Study) -> tuple[int, int]:
        found = {"store": 0, "register": 0}
        find, load = Store.find, register.load

        def counted_find(store: Store, stage: str, key: str, *, verify: bool = True) -> Any:
            found["store"] += 1
            return find(store, stage, key, verify=verify)

        def counted_load(study: Study, group_id: str) -> Any:
            found["register"] += 1
            return load(study, group_id)

        with monkeypatch.context() as patch:
            patch.setattr(Store, "find", counted_find)
            patch.setattr(register, "load", counted_load)
            assert unfinished(study, study.settings(), verify=False) == {}
        return found["store"], found["register"]

    each = len(STORED)
    assert {n: looks(study) for n, study in studies.items()} == {3: (3 * each, 1), 6: (6 * each, 1)}


def test_publishing_a_session_looks_at_no_other(
    datasets: dict[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    few, many = (
        reads(monkeypatch, lambda folder=folder: scale._publish(folder, range(1), 0.2, "drawn"))  # type: ignore[misc]
        for folder in datasets.values()
    )
    assert few == many == 1  # the sessions file tells it of the others
