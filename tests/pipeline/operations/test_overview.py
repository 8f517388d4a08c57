"""What the status of a study says, each situation brought about as it comes about."""

from __future__ import annotations

from pathlib import Path

import pytest
from changed import settings_if
from finished import SETTINGS, fake_models, finished_study, sound
from results import put
from tracks import write

from pipeline import intake
from pipeline.errors import ConsentError, DiskFullError, NoAudioError, UnreadableError
from pipeline.operations.overview import PROCESS, SessionStatus, overview
from pipeline.people.roster.members import parsed
from pipeline.people.roster.on_disk import save
from pipeline.records import HeardLanguages
from pipeline.stages.chain import SessionChain
from pipeline.stages.hearing import DETECT_LANGUAGE
from pipeline.study import Study, accepted, state
from pipeline.study.leases import lease
from pipeline.study.outcome import accept
from pipeline.study.state import Reporter

ID = "G07-S01"
LOUDER = {"turns.lapse_s": "5"}  # another setting: what is made by it is to be made anew


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    fake_models(monkeypatch)
    return finished_study(tmp_path, ("1.wav",))


def entry(study: Study, values: dict[str, str] | None = None) -> SessionStatus:
    """The one session of the study."""
    [first, *_] = overview(study, settings_if(study, values or {})).entries
    return first


def test_a_finished_session_wants_nothing(study: Study) -> None:
    found = entry(study)
    assert (found.session_id, found.name, found.situation) == (ID, "1.wav", "finished")
    assert found.to_come == () and found.next == "" and found.since is not None


def test_a_state_does_not_decide_what_is_done(study: Study) -> None:
    state.fail(study, ID, DiskFullError("Full."))
    state.cancel(study, ID)
    assert entry(study).situation == "finished"


def test_a_changed_setting_makes_it_wait_for_what_reads_it(study: Study) -> None:
    found = entry(study, LOUDER)
    assert found.situation == "waiting" and found.next == PROCESS
    assert found.to_come[0] == "assemble" and found.to_come[-1] == "publish"


def test_overview_tells_a_live_worker_from_a_dead_one(study: Study) -> None:
    with lease(study, ID):
        Reporter(study, ID, "assemble")
        found = entry(study, LOUDER)
        assert (found.situation, found.stage, found.share) == ("at work", "assemble", 0.0)
        assert found.by == state.whoami() and found.since is not None and found.next == ""
    found = entry(study, LOUDER)
    assert found.situation == "waiting" and "'assemble' ended unexpectedly" in found.why
    assert found.stage is None and found.next == PROCESS


def test_a_failure_says_why_and_what_to_do(study: Study) -> None:
    state.fail(study, ID, UnreadableError("The disk does not answer.", "Connect it."))
    found = entry(study, LOUDER)
    assert (found.situation, found.why) == ("failed", "The disk does not answer.")
    assert found.next == "Connect it." and found.next_try is not None and found.attempts == 1


def test_cancelled_and_still_at_it(study: Study) -> None:
    with lease(study, ID):
        Reporter(study, ID, "assemble")
        state.cancel(study, ID)
        found = entry(study, LOUDER)
        assert found.situation == "cancelled" and "stops within a minute" in found.why
    found = entry(study, LOUDER)
    assert (found.situation, found.why, found.next) == (
        "cancelled",
        "",
        f"Resume it with `vuoro retry {ID}`.",
    )


def without_consent(study: Study) -> None:
    save(study, parsed({"group": "G07", "members": [{"name": "Salanimi", "consent": "no"}]}))


def test_what_waits_for_consent_is_held_in_the_study_and_in_the_inbox(study: Study) -> None:
    (study.dataset / "sessions" / f"{ID}.parquet").unlink()
    without_consent(study)
    found = entry(study)
    assert found.situation == "held" and "consent of member 1" in found.why
    assert "Salanimi" not in found.why + found.next

    another = study.inbox / "ryhmä" / "2.wav"
    write(another, sound()[:32_000])
    assert overview(study, study.settings()).counts["in the inbox"] == 1
    with pytest.raises(ConsentError):
        intake.accept(study, another, settings_if(study, SETTINGS).intake)
    refused = overview(study, study.settings()).entries[-1]
    assert (refused.situation, refused.name) == ("held", "2.wav")
    assert "waits for the consent of member 1" in refused.why
    assert "2.wav" not in refused.why


def test_without_usable_talk_it_needs_a_look_until_that_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_models(monkeypatch)
    study = finished_study(tmp_path / "silent", ("1.wav",), flags=("no_speech",))
    found = entry(study)
    assert (found.situation, found.why) == ("needs a look", "No speech can be heard.")
    assert f"vuoro session {ID} --accept" in found.next and found.to_come == ()
    accept(study, accepted.recording(study, ID), by="M.K.", at="2026-05-04T10:00:00+00:00")
    found = entry(study)
    assert found.situation == "finished" and [each.id for each in found.remarks] == ["no_speech"]


def test_a_finished_session_says_what_is_to_be_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_models(monkeypatch)
    found = entry(finished_study(tmp_path / "cut", ("1.wav",), flags=("truncated",)))
    assert found.situation == "finished" and found.why == "The recording breaks off."
    assert found.next == "Copy the file again if there is a whole copy."


def test_a_language_that_is_not_expected_is_asked_about(study: Study) -> None:
    study.settings_file.write_text('[transcription]\nlanguages = ["sv"]\n', encoding="utf-8")
    chain = SessionChain(study, accepted.recording(study, ID), study.settings())
    put(chain, DETECT_LANGUAGE, HeardLanguages((("fi", 0.9),)))
    found = entry(study)
    assert found.situation == "held" and "sounds like Finnish (fi); expected: Swedish" in found.why
    assert f"vuoro session {ID} --language fi" in found.next
    assert [(each.id, each.level) for each in found.remarks] == [("language_question", "look")]
    accepted.state_language(study, ID, "fi")
    assert entry(study).situation == "waiting"


def test_what_is_in_quarantine_says_why(study: Study) -> None:
    silent = study.inbox / "ryhmä" / "3.mp4"
    silent.write_bytes(b"no sound")
    intake.quarantine(study, silent, NoAudioError("The video has no sound."))
    found = overview(study, study.settings())
    assert found.counts == {"finished": 1, "in quarantine": 1}
    assert found.entries[-1].name == "3.mp4"
    assert "The video has no sound." in found.entries[-1].why
    assert "3.mp4" not in found.entries[-1].why


def test_there_is_nothing_to_do_about_a_duplicate(study: Study) -> None:
    again = study.inbox / "ryhmä" / "4.wav"
    again.write_bytes(accepted.original(study, accepted.recording(study, ID)).read_bytes())
    outcome = intake.accept(study, again, settings_if(study, SETTINGS).intake)
    assert isinstance(outcome, intake.Duplicate)
    found = overview(study, study.settings()).entries[-1]
    assert (found.situation, found.name, found.next) == ("duplicate", "4.wav", "")
    assert f"Duplicate of {ID}" in found.why


def test_what_is_being_copied_was_not_refused(study: Study) -> None:
    file = study.inbox / "ryhmä" / "5.wav"
    write(file, sound()[:32_000])
    assert intake.ready(study) == []
    found = overview(study, study.settings()).entries[-1]
    assert (found.situation, found.name) == ("in the inbox", "5.wav")
    assert "Waiting for the copy" in found.why


def test_voices_and_names_that_nobody_has_judged(study: Study) -> None:
    found = overview(study, study.settings())
    assert found.n_names == 2  # a place that B names, and one that A and B name
    assert found.n_voices == 3  # each talks for too short a time
