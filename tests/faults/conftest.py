"""Studies on pretended stages and runs of them without Prefect; one Prefect server for the rest."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from finished import copied
from halting import noted
from pretended import edit_turn, inbox_study, name_person, pretend
from runs_in_process import Runs

from pipeline.people.roster.members import parsed
from pipeline.people.roster.on_disk import save
from pipeline.study import Study
from pipeline.study.tombstones import Tombstone
from pipeline.study.tombstones import put as put_withdrawal

MEMBER = {"name": "Oona Esimerkki", "consent": "yes"}


@pytest.fixture(scope="session")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A Prefect server that processes which these tests start share: what they find it by."""
    from flows.server import serving
    from flows.server_environment import prepare
    from flows.server_secret import CLIENT_VARIABLE, secret_of

    home = Study(tmp_path_factory.mktemp("prefect"))
    before = {**os.environ}
    try:
        for name in [name for name in os.environ if name.startswith("PREFECT_")]:
            del os.environ[name]
        prepare(home)
        with serving(home.prefect_home) as api:
            yield {
                "PREFECT_API_URL": api,  # for processes that use Prefect alone
                "VUORO_MACHINE__PREFECT_API_URL": api,
                CLIENT_VARIABLE: secret_of(home.prefect_home),
            }
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Runs in this process, in which no stage uses a model."""
    made = Runs()
    pretend(monkeypatch)
    noted(monkeypatch, made.note)
    return made


@pytest.fixture(scope="session")
def done(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study with three sessions in its data set; not to be changed."""
    study = inbox_study(tmp_path_factory.mktemp("done"))
    with pytest.MonkeyPatch.context() as patch:
        pretend(patch)
        assert Runs().run(study) == []
    return study


@pytest.fixture
def study(done: Study, tmp_path: Path) -> Study:
    """The same study in another place, to do with as one likes."""
    return copied(done, tmp_path / "study")


@pytest.fixture(scope="session")
def all_files(done: Study, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The same study with what people decide, a roster and a withdrawal; not to be changed."""
    study = copied(done, tmp_path_factory.mktemp("all") / "study")
    with pytest.MonkeyPatch.context() as patch:
        pretend(patch)
        edit_turn(study)
        name_person(study)
        save(study, parsed({"group": "G31", "members": [MEMBER]}))
        put_withdrawal(study, Tombstone("G90-P1", "2026-01-02", "done", {}))
        assert Runs().run(study) == []
    return study


@pytest.fixture
def decided(all_files: Study, tmp_path: Path) -> Study:
    """The same in another place, to do with as one likes."""
    return copied(all_files, tmp_path / "study")
