"""A run leaves alone what waits for consent, and does not begin upon half a withdrawal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from finished import sound
from tracks import write

from flows.batch import Work
from flows.begin import using_settings
from flows.inbox import take_in
from flows.run import run_study
from pipeline.errors import StudyError
from pipeline.people.roster.members import parsed
from pipeline.people.roster.on_disk import save
from pipeline.study import Study, accepted, create, locks
from pipeline.study.listener import Listener
from pipeline.study.tombstones import Tombstone, put


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    """A study with a recording in the inbox of each of two groups, as a run finds it."""
    study = create(tmp_path / "study")
    study.groups_file.write_text('{"ryhmä": "G07", "muu": "G31"}', encoding="utf-8")
    for number, group in enumerate(("ryhmä", "muu"), start=1):
        (study.inbox / group).mkdir()
        write(study.inbox / group / "1.wav", sound() / number)
    with using_settings(study):
        yield study


def without_consent(study: Study) -> None:
    save(study, parsed({"group": "G07", "members": [{"name": "Salanimi", "consent": "no"}]}))


def test_a_held_group_stays_in_the_inbox_and_the_other_goes_on(study: Study) -> None:
    without_consent(study)
    assert take_in.fn(str(study.root)) == 1
    assert [r.session_id for r in accepted.sessions(study)] == ["G31-S01"]
    assert (study.inbox / "ryhmä" / "1.wav").is_file()
    assert not list(study.quarantine.iterdir())


def test_a_session_taken_in_before_is_held_and_says_why(study: Study) -> None:
    take_in.fn(str(study.root))
    without_consent(study)
    with locks.working(study) as held:
        work = Work(study, held)
        work.hear(["G07-S01"], wait=True)
    row = work.rows["G07-S01"]
    assert (row["session"], row["outcome"]) == ("G07-S01", "held")
    assert "waits for the consent of member 1" in row["what to know"]
    assert "Salanimi" not in row["what to know"]
    assert len(accepted.sessions(study)) == 2 and not list(study.quarantine.iterdir())


def test_no_run_upon_half_a_withdrawal(study: Study) -> None:
    put(study, Tombstone("G07-S01-P1", "2026-01-02", "under way", {}))
    with pytest.raises(StudyError, match="The withdrawal of G07-S01-P1 was interrupted") as raised:
        run_study(study, Listener())
    assert "vuoro withdraw G07-S01-P1" in raised.value.remedy
    assert (study.inbox / "muu" / "1.wav").is_file()
