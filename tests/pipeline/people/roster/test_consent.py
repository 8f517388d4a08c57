"""A recording waits for everybody's consent; other groups go on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from finished import sound
from tracks import write

from pipeline import intake
from pipeline.errors import ConsentError
from pipeline.people.roster.consent import held, require
from pipeline.people.roster.members import parsed
from pipeline.people.roster.on_disk import save
from pipeline.study import Study, accepted, create


def study_with(root: Path, *members: dict[str, Any]) -> Study:
    study = create(root)
    study.groups_file.write_text('{"ryhmä": "G07", "muu": "G31"}', encoding="utf-8")
    named = [{"name": f"Salanimi {n}", **m} for n, m in enumerate(members, start=1)]
    save(study, parsed({"group": "G07", "members": named}))
    return study


def test_a_group_without_a_roster_is_not_held(tmp_path: Path) -> None:
    assert held(create(tmp_path), "G07", 1) is None


@pytest.mark.parametrize("consent", ["no", "withdrawn", None])
def test_without_consent_all_sessions_wait(tmp_path: Path, consent: str | None) -> None:
    """A consent that nobody has recorded is none."""
    study = study_with(tmp_path, {"consent": "yes"}, {"consent": consent})
    assert (
        str(held(study, "G07", 2))
        == "G07-S02 waits for the consent of member 2 of the roster of G07."
    )
    assert held(study, "G31", 2) is None


def test_a_session_that_they_are_not_in_goes_on(tmp_path: Path) -> None:
    study = study_with(tmp_path, {"consent": "no", "absent": [3, "I2"]}, {"consent": "yes"})
    assert held(study, "G07", 3) is None
    assert held(study, "G07", 2, "group_interview") is None
    assert "member 1 " in str(held(study, "G07", 3, "group_interview"))


def test_all_have_consented(tmp_path: Path) -> None:
    assert held(study_with(tmp_path, {"consent": "yes"}, {"consent": "yes"}), "G07", 1) is None


def test_the_file_stays_in_the_inbox_and_the_receipt_says_why(tmp_path: Path) -> None:
    study = study_with(tmp_path, {"consent": "yes"}, {"consent": "no"}, {})
    for group in ("ryhmä", "muu"):
        (study.inbox / group).mkdir()
        write(study.inbox / group / "tapaaminen 4.wav", sound() / (1 if group == "muu" else 2))
    file = study.inbox / "ryhmä" / "tapaaminen 4.wav"
    settings = study.settings().intake
    with pytest.raises(ConsentError):
        intake.accept(study, file, settings)
    assert file.is_file() and accepted.sessions(study) == []
    receipt = file.with_name(f"{file.name}.vuoro.txt").read_text(encoding="utf-8")
    assert "jäsenten 2, 3 suostumusta" in receipt
    assert "G07-S04 waits for the consent of members 2, 3" in receipt
    assert "Salanimi" not in receipt
    intake.accept(study, study.inbox / "muu" / "tapaaminen 4.wav", settings)

    save(study, parsed({"group": "G07", "members": [{"name": "Salanimi", "consent": "yes"}]}))
    taken = intake.accept(study, file, settings)
    assert isinstance(taken, intake.Accepted)
    assert taken.recording.session_id == "G07-S04"


def test_a_session_taken_in_before_waits_until_it_is_published(tmp_path: Path) -> None:
    study = study_with(tmp_path, {"consent": "yes"})
    (study.inbox / "ryhmä").mkdir()
    file = write(study.inbox / "ryhmä" / "1.wav", sound())
    taken = intake.accept(study, file, study.settings().intake)
    assert isinstance(taken, intake.Accepted)
    require(study, taken.recording)
    save(study, parsed({"group": "G07", "members": [{"name": "Salanimi", "consent": "no"}]}))
    with pytest.raises(ConsentError, match="G07-S01 waits"):
        require(study, taken.recording)
    published = study.dataset / "sessions" / "G07-S01.parquet"
    published.parent.mkdir()
    published.touch()
    require(study, taken.recording)
