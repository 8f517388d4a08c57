"""One session in several files: joined where that is sure, asked where it is not."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from inbox import SETTINGS, contents, drop, receipt_of

from pipeline import intake
from pipeline.errors import ConsentError, VuoroError
from pipeline.intake import stillness
from pipeline.operations.overview import overview
from pipeline.records import Recording
from pipeline.settings import IntakeSettings
from pipeline.study import Study, accepted, create
from pipeline.study.listener import Listener

REFERENCE = IntakeSettings(originals="reference")


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setattr(stillness, "QUIET_S", 0.0)
    return create(tmp_path / "study")


def dropped(study: Study, names: str) -> list[Path]:
    return [drop(study, f"a/{name}") for name in names.split(" + ")]


def take_in(study: Study, settings: IntakeSettings = SETTINGS) -> list[Recording]:
    intake.take_in(study, settings, Listener())
    return accepted.sessions(study)


def say(file: Path, text: str) -> None:
    file.with_name(f"{file.name}.session.yaml").write_text(text)


def kept(study: Study, recording: Recording) -> list[str]:
    """The names under which the parts of a session are kept, in order."""
    return sorted(file.name for file in accepted.original(study, recording).iterdir())


JOINED = [
    ("meeting 1 part 1.wav + meeting 1 part 2.wav + meeting 2.wav", 1),
    ("tapaaminen 3 osa 1.wav + tapaaminen 3 osa 2.wav + tapaaminen 4.wav", 3),
    ("möte 2 del 1 av 2.wav + möte 2 del 2 av 2.wav + möte 3.wav", 2),
    ("meeting 1 part1of2.wav + meeting 1 part2of2.wav + meeting 2.wav", 1),
    ("meeting 1.wav + meeting 1 part 2.wav + meeting 2.wav", 1),
    ("tapaaminen 3.wav + tapaaminen 3 jatkuu.wav + tapaaminen 4.wav", 3),
    ("2. tapaaminen 15.1.24 osa 1.wav + 2. tapaaminen 15.1.24 osa 2.wav + 3. tapaaminen.wav", 2),
    ("GMT20240115-093014_Recording.wav + GMT20240115-094002_Recording.wav + x.wav", 1),
    ("2024-01-15 kl. 09.30.14.wav + 2024-01-15 kl. 09.40.02.wav + 2024-01-22 kl. 09.30.wav", 1),
    ("Kokous-20240115_093014UTC-R.wav + Kokous-20240115_094002UTC-R.wav + x.wav", 1),
    ("kokous 1 eka osa01.wav + kokous 1 eka osa02.wav + kokous 2.wav", 1),
    ("GX010123.wav + GX020123.wav + GX010124.wav", 1),
    ("GOPR0123.wav + GP010123.wav + GOPR0124.wav", 1),
    ("ZOOM0001.wav + ZOOM0001-0001.wav + ZOOM0002.wav", 1),
]


@pytest.mark.parametrize(("names", "number"), JOINED)
def test_parts_are_one_session_and_later_numbers_stay(
    names: str, number: int, study: Study
) -> None:
    first, second, other = dropped(study, names)
    sessions = take_in(study)
    assert {r.original_name: r.session_number for r in sessions} == {
        first.name: number,
        other.name: number + 1,
    }
    joined = next(r for r in sessions if r.original_name == first.name)
    assert kept(study, joined) == [f"01 {first.name}", f"02 {second.name}"]
    assert joined.session_id in receipt_of(first) and joined.session_id in receipt_of(second)
    assert intake.waiting(study) == []


ASKED = [
    "meeting 3-1.wav + meeting 3-2.wav",
    "meeting 3a.wav + meeting 3b.wav",
    "meeting 3 a.wav + meeting 3 b.wav",
    "kokous 1 ennen taukoa.wav + kokous 1 tauon jälkeen.wav",
    "kokous 1 alku.wav + kokous 1 loppu.wav",
    "meeting 1 part 1.wav",
    "meeting 1 part 2.wav",
    "meeting 1 part 1.wav + meeting 1 part 3.wav",
    "tapaaminen 3 (1 of 3).wav + tapaaminen 3 (2 of 3).wav",
    "GX010123.wav + GX030123.wav",
    "GX020123.wav",
    "MVI_0001.wav + MVI_0002.wav",  # times of copying tell nothing
    "00001.MTS + 00002.MTS",
    "GMT20240115-093014_Recording.wav + GMT20240115-104502_Recording.wav",
    "2024-01-15 0930.wav + 2024-01-15 1200.wav",
]


@pytest.mark.parametrize("names", ASKED)
def test_what_may_be_parts_is_asked(names: str, study: Study) -> None:
    files = dropped(study, names)
    assert take_in(study) == []
    for file in files:
        assert "Odottaa vastausta." in receipt_of(file)
        assert "Waiting for an answer." in receipt_of(file)
    for number, file in enumerate(files, start=5):
        say(file, f"number: {number}")
    assert [r.session_number for r in take_in(study)] == [5, 6][: len(files)]


def test_a_question_keeps_the_numbers_of_earlier_dates_free(study: Study) -> None:
    names = "GMT20240115-093014_R.wav + GMT20240115-104502_R.wav + GMT20240122-093005_R.wav"
    dropped(study, names)
    assert [r.session_number for r in take_in(study)] == [3]


SEPARATE = [
    "meeting 1.wav + meeting 2.wav",
    "GMT20240115-093014_Recording.wav + GMT20240122-094002_Recording.wav",
    "GMT20240115-093014_Recording.wav + GMT20240115-160002_Recording.wav",
    "GX010123.wav + GX010124.wav",
    "meeting 3a.wav + meeting 4a.wav",
    "15.1.24.wav + 16.1.24.wav",
    "kokous 1 15.1.24.wav + kokous 1 22.1.24.wav",
    "kokous 1.wav + haastattelu 1.wav",
]


@pytest.mark.parametrize("names", SEPARATE)
def test_sessions_of_their_own_are_not_joined(names: str, study: Study) -> None:
    dropped(study, names)
    assert [r.gaps_s for r in take_in(study)] == [(), ()]


def test_a_folder_of_parts_answers_the_question(study: Study) -> None:
    first, second = dropped(study, "a.wav + b.wav")
    folder = first.with_name("meeting 4 parts")
    folder.mkdir()
    for file in (first, second):
        file.rename(folder / file.name)
    data = contents(folder)
    [recording] = take_in(study)
    assert (recording.session_number, recording.suffix) == (4, ".parts")
    assert contents(accepted.original(study, recording)) == data


def test_a_session_yaml_beside_each_file_joins_them(study: Study) -> None:
    first, second = dropped(study, "b.wav + a.wav")
    say(first, "number: 7\npart: 1")
    say(second, "number: 7\npart: 2")
    [recording] = take_in(study)
    assert (recording.session_number, recording.original_name) == (7, "b.wav")
    assert kept(study, recording) == ["01 b.wav", "02 a.wav"]


@pytest.mark.parametrize(("later_s", "gap_s"), [(0.0, None), (61.5, 60.0), (90000.0, None)])
def test_the_gap_is_that_of_the_times_of_the_files(
    later_s: float, gap_s: float | None, study: Study
) -> None:
    for n, file in enumerate(dropped(study, "meeting 1 part 1.wav + meeting 1 part 2.wav")):
        os.utime(file, (10**9 + n * later_s, 10**9 + n * later_s))
    [recording] = take_in(study)
    assert recording.gaps_s == (gap_s,)


def test_the_gap_is_that_of_the_times_in_the_names(study: Study) -> None:
    dropped(study, "GMT20240115-093000_Recording.wav + GMT20240115-093101_Recording.wav")
    [recording] = take_in(study)
    assert recording.gaps_s == (59.5,)


def test_chapters_of_a_camera_by_their_times(study: Study) -> None:
    written = {"MVI_0001.wav": 100.0, "MVI_0002.wav": 101.5, "MVI_0003.wav": 10**6}
    for name, time_s in written.items():
        os.utime(drop(study, f"a/{name}"), (time_s, time_s))
    sessions = take_in(study)
    assert [(r.original_name, r.gaps_s) for r in sessions] == [
        ("MVI_0001.wav", (0.0,)),
        ("MVI_0003.wav", ()),
    ]


def test_parts_wait_for_each_other(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = dropped(study, "meeting 1 part 1.wav + meeting 1 part 2.wav")
    other = drop(study, "a/meeting 2.wav")
    monkeypatch.setattr(stillness, "QUIET_S", 30.0)
    monkeypatch.setattr(stillness, "STILL_S", 0.0)
    whole = second.read_bytes()
    second.write_bytes(whole[: len(whole) // 2])
    assert intake.ready(study) == [other]
    second.write_bytes(whole)
    assert intake.ready(study) == [first, second, other]


def test_a_part_that_comes_later_is_asked_and_may_be_laid_behind(study: Study) -> None:
    (first,) = dropped(study, "GMT20240115-093000_Recording.wav")
    data = [first.read_bytes()]
    [before] = take_in(study)
    (second,) = dropped(study, "GMT20240115-093101_Recording.wav")
    data.append(second.read_bytes())
    assert take_in(study) == [before]
    assert before.session_id in receipt_of(second) and "part: 2" in receipt_of(second)
    say(second, "number: 1\npart: 2")
    [recording] = take_in(study)
    assert recording.session_id == before.session_id
    assert recording.sha256 != before.sha256
    assert recording.gaps_s == (59.5,)
    place = accepted.original(study, recording)
    assert [(place / name).read_bytes() for name in kept(study, recording)] == data
    assert not list(study.recordings.glob(".*"))
    for file, each in zip((first, second), data, strict=True):  # dropped again, it is known
        file.write_bytes(each)
        assert intake.accept(study, file, SETTINGS) == intake.Duplicate(before.session_id)


def test_a_part_of_a_session_that_is_not_there_waits(study: Study) -> None:
    (file,) = dropped(study, "x.wav")
    say(file, "number: 4\npart: 2")
    assert take_in(study) == []
    assert "The parts before it are not here" in receipt_of(file)


def test_a_part_that_cannot_be_used_goes_to_quarantine_and_the_others_wait(study: Study) -> None:
    first, second = dropped(study, "meeting 1 part 1.wav + meeting 1 part 2.wav")
    second.write_bytes(b"no recording at all")
    assert take_in(study) == []
    assert intake.waiting(study) == [first]
    assert (study.quarantine / "a" / second.name).is_file()
    assert take_in(study) == []
    assert "not all of them are here" in receipt_of(first)


def test_parts_in_quarantine_are_files_again(study: Study) -> None:
    files = dropped(study, "meeting 1 part 1.wav + meeting 1 part 2.wav")
    data = [file.read_bytes() for file in files]
    [recording] = take_in(study)
    intake.quarantine_session(study, recording.session_id, ConsentError("None."))
    places = intake.in_quarantine(study, recording.session_id)
    assert [place.read_bytes() for place in places] == data
    assert "None." in receipt_of(files[0]) and "None." in receipt_of(files[1])
    for place in places:
        intake.put_back(study, place)
    assert take_in(study) == [recording]


def test_parts_of_what_stays_in_the_inbox_are_asked_into_a_folder(study: Study) -> None:
    files = dropped(study, "meeting 1 part 1.wav + meeting 1 part 2.wav")
    assert take_in(study, REFERENCE) == []
    assert "a folder whose name ends in parts" in receipt_of(files[0])
    folder = study.inbox / "a" / "meeting 1 parts"
    folder.mkdir()
    for file in files:
        file.rename(folder / file.name)
    [recording] = take_in(study, REFERENCE)
    assert (accepted.original(study, recording), len(recording.gaps_s)) == (folder, 1)


COPIES = [
    "meeting 1 (ristiriitainen kopio 2024-01-15).wav",
    "meeting 1.sync-conflict-20240115-093014-ABCDEFG.wav",
    "meeting 1-DESKTOP-A1B2C3D.wav",
    "meeting 1 (1).wav",
    "meeting 1 - kopio.wav",
]


@pytest.mark.parametrize("name", COPIES)
@pytest.mark.parametrize("is_taken", [False, True], ids=["together", "later"])
def test_a_copy_becomes_no_session_unasked(name: str, is_taken: bool, study: Study) -> None:
    original = drop(study, "a/meeting 1.wav")
    same = study.root / "same"
    shutil.copyfile(original, same)
    if is_taken:
        take_in(study)
    copy = drop(study, f"a/{name}")
    [recording] = take_in(study)
    assert recording.original_name == "meeting 1.wav"
    assert "Waiting for an answer. This looks like a copy" in receipt_of(copy)
    shutil.move(same, copy)
    assert take_in(study) == [recording]
    assert f"Duplicate of {recording.session_id}" in receipt_of(copy)


def test_a_copy_with_a_number_is_a_session(study: Study) -> None:
    drop(study, "a/meeting 1.wav")
    copy = drop(study, "a/meeting 1 (1).wav")
    say(copy, "number: 2")
    assert [r.session_number for r in take_in(study)] == [1, 2]


def test_question_is_reported_once(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, str]] = []

    class Told(Listener):
        def refused(self, file: Path, error: VuoroError) -> None:
            told.append((file.name, str(error)))

    dropped(study, "MVI_0001.wav + MVI_0002.wav + meeting 1.wav + meeting 1 (1).wav")
    monkeypatch.setattr(stillness, "QUIET_S", 30.0)  # what was put back looks as if just copied
    monkeypatch.setattr(stillness, "STILL_S", 0.0)
    for _ in range(4):
        intake.ready(study)
        intake.take_in(study, SETTINGS, Told(), wait=False)
    assert [name for name, _ in told] == ["MVI_0001.wav", "meeting 1 (1).wav"]
    assert not any(name in sentence for name, sentence in told)
    assert [entry.situation for entry in overview(study, study.settings()).entries] == [
        "waiting",
        *["held"] * 3,
    ]
