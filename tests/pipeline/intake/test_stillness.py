"""A recording is taken when its copy is complete, by the clock of its file system."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from inbox import SETTINGS, contents, drop, drop_tracks, receipt_of

from pipeline import intake
from pipeline.intake import stillness
from pipeline.storage import looks
from pipeline.study import Study, accepted, create
from pipeline.study.listener import Listener
from pipeline.study.outcome import Outcome

S = 10**9


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return create(tmp_path / "study")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """How much later than now the file system's clock is, in seconds; sleeping moves it on."""
    clock = {"s": 0.0}
    plain = looks.now_ns

    def sleep(seconds: float) -> None:
        clock["s"] += seconds

    monkeypatch.setattr(stillness, "now_ns", lambda folder: plain(folder) + int(clock["s"] * S))
    monkeypatch.setattr(stillness.time, "sleep", sleep)
    return clock


def look(study: Study) -> list[str]:
    """The names of what is ready at one look."""
    return [file.name for file in intake.ready(study)]


def test_a_fresh_copy_is_taken_at_the_second_look(study: Study, later: dict[str, float]) -> None:
    file = drop(study, "a/1.wav")
    assert look(study) == []
    assert "Odottaa, että kopiointi valmistuu" in receipt_of(file)
    assert "Waiting for the copy" in receipt_of(file)
    later["s"] += 2
    assert look(study) == ["1.wav"]


def test_one_run_looks_twice_by_itself(study: Study, later: dict[str, float]) -> None:
    file = drop(study, "a/1.wav")
    assert intake.ready(study, Listener()) == [file]
    assert later["s"] == stillness.LOOK_AGAIN_S


def test_the_wait_is_noted_once(study: Study, later: dict[str, float]) -> None:
    drop(study, "a/1.wav").write_bytes(b"RIFF\xff\xff\x00\x00WAVE")  # its end is not there
    notes: list[str] = []

    class Heard(Listener):
        def noted(self, sentence: str) -> None:
            notes.append(sentence)

    assert [file.name for file in intake.ready(study, Heard())] == ["1.wav"]
    assert later["s"] >= stillness.QUIET_S
    assert [note.split(",")[0] for note in notes] == ["Waiting"]


def test_what_has_long_been_there_is_taken_at_once(study: Study, later: dict[str, float]) -> None:
    file = drop(study, "a/1.wav")
    later["s"] = stillness.QUIET_S + 1
    assert intake.ready(study, Listener()) == [file]
    assert later["s"] == stillness.QUIET_S + 1  # nobody waited


def test_looks_at_the_same_moment_prove_nothing(study: Study, later: dict[str, float]) -> None:
    drop(study, "a/1.wav")
    assert look(study) == look(study) == []


@pytest.mark.parametrize("bytes_more", [-100, 100])
def test_a_file_that_grows_or_shrinks_waits(
    bytes_more: int, study: Study, later: dict[str, float]
) -> None:
    file = drop(study, "a/1.wav")
    data = file.read_bytes()
    for _ in range(3):
        assert look(study) == []
        os.truncate(file, file.stat().st_size + bytes_more)
        later["s"] += 2
    file.write_bytes(data)
    assert look(study) == []
    later["s"] += 2
    assert look(study) == ["1.wav"]


def test_a_copy_that_pauses_waits_longer(study: Study, later: dict[str, float]) -> None:
    file = drop(study, "a/1.wav")
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])
    for _ in range(5):
        assert look(study) == []
        later["s"] += 5
    assert "Waiting for the copy" in receipt_of(file)
    later["s"] += 10
    assert look(study) == ["1.wav"]  # nobody goes on with it: it is what it is


def test_one_run_waits_for_what_may_go_on(study: Study, later: dict[str, float]) -> None:
    (study.inbox / "1.mp4").write_bytes(b"")
    drop(study, "2.wav")
    assert [file.name for file in intake.ready(study, Listener())] == ["1.mp4", "2.wav"]
    assert stillness.QUIET_S <= later["s"] <= stillness.QUIET_S + stillness.LOOK_AGAIN_S


def test_one_run_does_not_wait_for_what_goes_on(
    study: Study, later: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, grows = drop(study, "1.wav"), drop(study, "2.wav")
    plain = stillness.time.sleep

    def sleep(seconds: float) -> None:
        plain(seconds)
        os.truncate(grows, grows.stat().st_size + 1)

    monkeypatch.setattr(stillness.time, "sleep", sleep)
    assert intake.ready(study, Listener()) == [whole]
    assert later["s"] == stillness.LOOK_AGAIN_S


def test_a_file_of_tomorrow_does_not_wait_for_it(study: Study, later: dict[str, float]) -> None:
    file = drop_tracks(study)
    for each in (file, *file.iterdir()):
        os.utime(each, (4e9, 4e9))
    assert look(study) == []
    later["s"] += stillness.QUIET_S
    assert look(study) == [file.name]


def test_a_time_set_by_the_copying_program_is_not_believed(
    study: Study, later: dict[str, float]
) -> None:
    file = drop(study, "a/1.wav")
    for _ in range(3):
        os.utime(file, (0, 0))  # 1970, and of the same size all the while
        assert look(study) == []
        later["s"] += 2


def test_a_machine_whose_clock_is_wrong(
    study: Study, later: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", lambda: 0.0)
    drop(study, "a/1.wav")
    assert look(study) == []
    later["s"] += 2
    assert look(study) == ["1.wav"]


def test_renamed_or_gone_between_looks(study: Study, later: dict[str, float]) -> None:
    file = drop(study, "a/1.wav")
    look(study)
    file.rename(file.with_name("2.wav"))
    drop(study, "a/3.wav")
    later["s"] += 2
    assert look(study) == []  # under its new name, it is looked at for the first time
    (study.inbox / "a" / "3.wav").rename(study.root / "3.wav")
    later["s"] += 2
    assert look(study) == ["2.wav"]


def test_scan_survives_a_file_that_disappears(
    study: Study, later: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = drop(study, "a/1.wav"), drop(study, "a/2.wav")
    later["s"] = stillness.QUIET_S + 1

    def vanishing(path: Path) -> looks.Look:
        first.unlink(missing_ok=True)
        return looks.look(path)

    monkeypatch.setattr(stillness, "look", vanishing)
    assert look(study) == ["2.wav"]


def test_a_folder_of_tracks_that_is_being_filled(study: Study, later: dict[str, float]) -> None:
    folder = drop_tracks(study)
    assert look(study) == []
    later["s"] += 2
    drop(study, f"a/{folder.name}/Kaisa.m4a")
    for _ in range(2):  # yet another may come
        assert look(study) == []
        later["s"] += 2
    later["s"] += stillness.QUIET_S
    assert look(study) == [folder.name]
    data = contents(folder)
    assert intake.take_in(study, SETTINGS, Listener()) == 1
    [recording] = accepted.sessions(study)
    assert contents(accepted.original(study, recording)) == data


def test_lost_or_damaged_looks_are_made_again(study: Study, later: dict[str, float]) -> None:
    drop(study, "a/1.wav")
    look(study)
    study.inbox_file.write_text("{")
    later["s"] += 2
    assert look(study) == []
    later["s"] += 2
    assert look(study) == ["1.wav"]


def fine(session_id: str) -> Outcome:
    return Outcome(session_id, {"language": "fi", "flags": []}, (), needs_a_look=False)


def test_the_receipt_says_what_came_of_it(study: Study, later: dict[str, float]) -> None:
    file = drop(study, "a/1.wav")
    look(study)
    intake.take_in(study, SETTINGS, Listener())
    [recording] = accepted.sessions(study)
    assert f"Accepted as session {recording.session_id}" in receipt_of(file)
    assert f"Otettu istunnoksi {recording.session_id}" in receipt_of(file)
    assert "Waiting" not in receipt_of(file)
    intake.tell_finished(study, fine(recording.session_id))
    assert f"Aineistossa istuntona {recording.session_id}" in receipt_of(file)
    assert f"In the data set, as session {recording.session_id}" in receipt_of(file)


def test_a_receipt_that_was_tidied_away_does_not_come_back(
    study: Study, later: dict[str, float]
) -> None:
    file = drop(study, "a/1.wav")
    later["s"] = stillness.QUIET_S + 1
    intake.take_in(study, SETTINGS, Listener())
    intake.receipt_of(file).unlink()
    intake.tell_finished(study, fine(accepted.sessions(study)[0].session_id))
    assert not intake.receipt_of(file).exists()
