"""Recordings with a track a person through the whole chain: a folder of files, and channels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from changed import change
from media import Track, write
from runs import vuoro
from tracks import cut_apart, reference

from pipeline.media.audio import samples
from pipeline.records import Interval
from pipeline.study import Study, create

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Session 1: five files in a folder. Session 2: two of the people as channels of one file."""
    study = create(tmp_path_factory.mktemp("study"))
    made = tmp_path_factory.mktemp("made")
    wavs = cut_apart(made, bleed=0.0)
    folder = study.inbox / "ryhmä" / "tapaaminen 1 raidat"
    folder.mkdir(parents=True)
    for wav in wavs:
        wav.rename(folder / wav.name)
    (folder / "chat.txt").write_text("hei", encoding="utf-8")
    stereo = np.stack([samples(folder / name) for name in ("0.wav", "4.wav")])
    file = study.inbox / "ryhmä" / "tapaaminen 2.flac"
    write(file, Track(stereo, "flac"), container="flac", rate_hz=16_000)
    change(study, {"transcription.language": "fi"})
    process = vuoro(study, "run")
    assert process.returncode == 0, process.stdout + process.stderr
    assert "2 sessions finished, 0 failed" in process.stdout
    return study


def turns(study: Study, number: int) -> pd.DataFrame:
    table = pd.read_parquet(study.dataset / "turns")
    return table[table.session_id.str.endswith(f"S{number:02d}")]


def people(number: int) -> list[list[Interval]]:
    """When each person of the session talks, in order of their tracks."""
    everybody = list(reference().values())
    return everybody if number == 1 else [everybody[0], everybody[4]]


@pytest.mark.parametrize("number", [1, 2])
def test_every_turn_is_its_persons(study: Study, number: int) -> None:
    """Each person of the data is one of the talk, in all turns."""
    owner: dict[str, set[int]] = {}
    rows = turns(study, number)
    for row in rows[rows.kind == "turn"].itertuples():
        place = Interval(row.start_s, row.end_s)
        covered = [sum(map(place.overlap_s, parts)) for parts in people(number)]
        owner.setdefault(row.person_id, set()).add(int(np.argmax(covered)))
    assert sorted(map(sorted, owner.values())) == [[n] for n in range(len(people(number)))]


def test_responses_inside_anothers_turn_are_rows(study: Study) -> None:
    """Five were scripted; one is a word that the recogniser may well miss."""
    kinds = turns(study, 1).kind.value_counts()
    assert kinds["minimal_response"] >= 4
    assert kinds["turn"] == 8


def test_the_table_says_that_there_were_tracks(study: Study) -> None:
    sessions = pd.read_parquet(study.dataset / "sessions")
    assert [list(flags) for flags in sessions["flags"]] == [["separate_tracks"]] * 2
    assert list(sessions.n_people) == [5, 2]


def test_what_was_said_is_found(study: Study) -> None:
    """The demo's script has some 130 words; a track has all of its person's."""
    words = turns(study, 1).n_words.sum()
    assert 110 < words < 160


def test_the_tracks_are_kept_with_the_study(study: Study) -> None:
    (folder,) = Path(study.recordings).glob("*/original.tracks")
    assert len(list(folder.iterdir())) == 6
    assert not list(study.inbox.rglob("*.wav"))
