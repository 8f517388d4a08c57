"""``vuoro show``, ``clip`` and ``session`` take a session or a turn as people write them."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest
from pretended import FIRST, OTHER, SECOND, inbox_study, pretend
from runs_in_process import Runs
from typer.testing import CliRunner

from pipeline.commands.cli import app
from pipeline.errors import StudyError
from pipeline.records.turn_ids import short
from pipeline.study import Study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Three sessions in the data set."""
    made = inbox_study(tmp_path_factory.mktemp("done"))
    with pytest.MonkeyPatch.context() as patch:
        pretend(patch)
        assert Runs().run(made) == []
    return made


def vuoro(study: Study, *words: str) -> str:
    """What a command says."""
    result = CliRunner().invoke(app, [*words, "--study", str(study.root)])
    if result.exception is not None:
        raise result.exception
    return result.output


def turns(study: Study, session_id: str) -> list[str]:
    """What its turns are called within the session."""
    table = pq.read_table(study.dataset / "turns" / f"{session_id}.parquet")
    return [short(turn_id) for turn_id in table["turn_id"].to_pylist()]


def test_a_turn_without_its_session_is_asked_for_with_it(study: Study) -> None:
    turn = turns(study, FIRST)[0]
    for given in (turn, turn.lower()):
        with pytest.raises(StudyError, match=rf"Give the session, too: `vuoro clip {FIRST}-{turn}"):
            vuoro(study, "clip", given)


def test_a_session_is_shown_however_its_id_is_written(study: Study) -> None:
    for session_id in (FIRST, SECOND, OTHER):
        shown = vuoro(study, "show", session_id)
        assert vuoro(study, "show", session_id.lower().replace("0", "")) == shown
        assert session_id in vuoro(study, "session", session_id.lower())


def test_what_is_in_order_is_counted_by_table(study: Study) -> None:
    said = " ".join(vuoro(study, "validate").split())
    assert said.startswith("The data set is in order (rows: ") and "sessions 3" in said
