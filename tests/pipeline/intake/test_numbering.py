"""Which session a recording is: by its session.yaml, its name, or the order of dates."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from inbox import SETTINGS, accept, drop, receipt_of

from pipeline import intake
from pipeline.errors import StudyError
from pipeline.intake import stillness
from pipeline.operations.repair import repair
from pipeline.study import Study, accepted, create
from pipeline.study.listener import Listener


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setattr(stillness, "QUIET_S", 0.0)
    return create(tmp_path / "study")


def say(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def taken(study: Study) -> dict[str, str]:
    """Take everything in; each file's session within its group."""
    intake.take_in(study, SETTINGS, Listener())
    return {r.original_name: r.session_id.partition("-")[2] for r in accepted.sessions(study)}


@pytest.mark.parametrize("name", ["nauha.wav.session.yaml", "nauha.session.yaml", "session.yaml"])
def test_what_is_said_beside_a_recording_goes_before_its_name(name: str, study: Study) -> None:
    file = drop(study, "a/nauha.wav")
    beside = say(file.with_name(name), "number: 7\nkind: group_interview\n")
    recording = accept(study, file)
    assert recording.session_id.endswith("-I07")
    assert recording.kind == "group_interview"
    assert beside.exists() == (name == "session.yaml")  # that of one recording goes with it
    kept = study.recordings / recording.session_id / "session.yaml"
    assert kept.exists() != (name == "session.yaml")


@pytest.mark.parametrize(("text", "language"), [("sv", "sv"), ("no", "no"), ("", "")])
def test_the_language_of_one_recording(text: str, language: str, study: Study) -> None:
    file = drop(study, "a/1.wav")
    say(file.with_name("1.wav.session.yaml"), f"language: {text}")  # to YAML, no is false
    assert accept(study, file).language == language


def test_kind_for_a_whole_folder(study: Study) -> None:
    for n in (1, 2):
        drop(study, f"a/haastattelut/{n}.wav")
    say(study.inbox / "a" / "haastattelut" / "session.yaml", "kind: group_interview")
    drop(study, "a/1.wav", 2)
    taken(study)
    ids = [recording.session_id.partition("-")[2] for recording in accepted.sessions(study)]
    assert ids == ["I01", "I02", "S01"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("number: yhdeksän", "`number` from 1 to 99"),
        ("number: 0", "`number` from 1 to 99"),
        ("number: true", "`number` from 1 to 99"),
        ("kind: haastattelu", "meeting or group_interview"),
        ("number: 3\nnimi: Salanimi", "`number`, `kind`, `language` and `part` only"),
        ("language: suomi", "`language` by a code"),
        ("language: [fi]", "`language` by a code"),
        ("part: 2", "`part` from 1 to 99, of one recording"),
        ("- 3", "lines like `number: 3`"),
        ("number: [", "not valid YAML"),
        ("number: 3\ndate: 2015-31-12", "impossible date or number: see line 2"),
        ("number: " + "9" * 5_000, "impossible date or number"),
        ("number: " + "[" * 5_000, "nested too deeply"),
        ("number: 3\nnumber: 4", "says the same thing twice: see line 2"),
    ],
)
def test_a_mistake_is_told_and_the_recording_waits(text: str, what: str, study: Study) -> None:
    file = drop(study, "a/Salanimi.wav")
    beside = say(file.with_name("session.yaml"), text)
    with pytest.raises(StudyError, match=what) as caught:
        intake.accept(study, file, SETTINGS)
    assert "Salanimi" not in str(caught.value)
    assert intake.waiting(study) == [file]
    assert str(caught.value) in receipt_of(file)
    beside.write_text("number: 3")
    assert accept(study, file).session_number == 3


def test_a_number_that_is_taken_is_not_changed_in_silence(study: Study) -> None:
    accept(study, drop(study, "a/3.wav"))
    file = drop(study, "a/toinen.wav", 2)
    say(file.with_name("session.yaml"), "number: 3")
    with pytest.raises(StudyError, match=r"-S03, which the session\.yaml asks for"):
        intake.accept(study, file, SETTINGS)
    assert file.exists()


def test_one_number_for_two_recordings(study: Study) -> None:
    drop(study, "a/yksi.wav")
    file = drop(study, "a/kaksi.wav")
    say(file.with_name("session.yaml"), "number: 3")
    with pytest.raises(StudyError, match="one number to several recordings"):
        intake.accept(study, file, SETTINGS)


def test_without_numbers_the_order_is_that_of_dates(study: Study) -> None:
    written = {"aloitus.wav": 3, "lopetus.wav": 1, "väli.wav": 2}
    for name, day in written.items():
        os.utime(drop(study, f"a/{name}"), (day * 86400, day * 86400))
    assert taken(study) == {"lopetus.wav": "S01", "väli.wav": "S02", "aloitus.wav": "S03"}


def test_a_number_that_is_asked_for_beside_another_file_is_kept_free(study: Study) -> None:
    drop(study, "a/aloitus.wav")
    say(drop(study, "a/nauha.wav", 2).with_name("nauha.session.yaml"), "number: 1")
    assert taken(study) == {"nauha.wav": "S01", "aloitus.wav": "S02"}


def test_a_date_in_the_name_goes_before_that_of_the_file(study: Study) -> None:
    for name in ("12.3.2015.wav", "2.4.2015.wav", "2015-02-28.wav"):
        drop(study, f"a/{name}")
    assert taken(study) == {"2015-02-28.wav": "S01", "12.3.2015.wav": "S02", "2.4.2015.wav": "S03"}


def test_two_digit_years_and_times_of_day_order_sessions(study: Study) -> None:
    for name in ("15.1.24", "8.1.24", "2024-01-15 kl. 09.30.14", "2.2.24"):
        drop(study, f"a/{name}.wav")
    assert taken(study) == {
        "8.1.24.wav": "S01",
        "15.1.24.wav": "S02",
        "2024-01-15 kl. 09.30.14.wav": "S03",
        "2.2.24.wav": "S04",
    }


def test_records_of_other_sessions_are_not_read_for_each_file(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = 0
    plain = Path.read_bytes

    def counted(file: Path) -> bytes:
        nonlocal read
        read += file.name == "recording.json"
        return plain(file)

    accept(study, drop(study, "a/0.wav"))
    monkeypatch.setattr(Path, "read_bytes", counted)
    for n in range(1, 12):
        accept(study, drop(study, f"a/nauha {chr(96 + n)}.wav", 1 + n / 10))
    assert read == 0
    copy = study.inbox / "b" / "kopio.wav"
    copy.parent.mkdir()
    copy.write_bytes(
        plain(study.recordings / accepted.sessions(study)[3].session_id / "original.wav")
    )
    read = 0
    assert isinstance(intake.accept(study, copy, SETTINGS), intake.Duplicate)
    assert read == 2  # that of the one session that it is a copy of


def test_lost_digests_are_made_again(study: Study) -> None:
    file = drop(study, "a/1.wav")
    data = file.read_bytes()
    recording = accept(study, file)
    for digest in study.digests.iterdir():
        digest.unlink()
    repair(study)  # as a run does first
    file.write_bytes(data)
    assert intake.accept(study, file, SETTINGS) == intake.Duplicate(recording.session_id)


def test_digests_of_sessions_that_are_gone_are_not_believed(study: Study) -> None:
    file = drop(study, "a/1.wav")
    data = file.read_bytes()
    recording = accept(study, file)
    (study.recordings / recording.session_id).rename(study.root / "elsewhere")
    file.write_bytes(data)
    assert accept(study, file) == recording


def test_days_without_a_year_are_of_the_year_before_the_file_was_written(study: Study) -> None:
    for name in ("15.1. kokous", "8.1. kokous", "20.12. kokous", "2.2. kokous"):
        os.utime(drop(study, f"a/{name}.wav"), (1_710_000_000, 1_710_000_000))  # 2024-03-09
    order = ["20.12. kokous", "8.1. kokous", "15.1. kokous", "2.2. kokous"]
    assert taken(study) == {f"{name}.wav": f"S0{n}" for n, name in enumerate(order, start=1)}


def test_the_first_of_a_series_has_no_number(study: Study) -> None:
    for name in ("Uusi tallenne 2", "Uusi tallenne", "Uusi tallenne 3"):
        drop(study, f"a/{name}.wav")
    assert taken(study) == {
        "Uusi tallenne.wav": "S01",
        "Uusi tallenne 2.wav": "S02",
        "Uusi tallenne 3.wav": "S03",
    }


def test_short_dates_with_the_year_first_order_sessions(study: Study) -> None:
    for name in ("240115", "240108", "240202"):
        drop(study, f"a/{name}.wav")
        drop(study, f"b/{name[:2]}-{name[2:4]}-{name[4:]}.wav")
    found = taken(study)
    assert [found[f"{day}.wav"] for day in ("240108", "240115", "240202")] == ["S01", "S02", "S03"]
    assert found["24-02-02.wav"] == "S03"
