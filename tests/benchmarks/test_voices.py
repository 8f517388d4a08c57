"""Measures of voice prints and of links over sessions, against values worked by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from benchmarks import voices
from benchmarks.material import find
from benchmarks.prints import Piece, Pieces, Stretch, equal_error_rate, separation, stretches
from benchmarks.score import Rate
from benchmarks.voices import absences, groups, links, main, people_of
from pipeline.records import Diarisation, Segment, VoicePrint
from tests.support.media import tone
from tests.support.tracks import write

LISA, OTTO, VIRVE = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


def found(**people: tuple[float, ...]) -> Diarisation:
    """A session in which each label talks for ten seconds, in order."""
    talk = tuple(Segment(10.0 * n, 10.0 * n + 10, label) for n, label in enumerate(people))
    prints = tuple(VoicePrint(label, 10.0, voice) for label, voice in people.items())
    return Diarisation(talk, talk, prints)


def test_equal_error_rate() -> None:
    same, different = np.array([0.9, 0.8, 0.4, 0.7]), np.array([0.1, 0.2, 0.5, 0.3])
    # from 0.5 on: 0.4 of one person is missed, 0.5 of two is taken for one
    assert equal_error_rate(same, different) == 0.25
    assert equal_error_rate(same[same > 0.6], different) == 0


def test_stretches_are_pieces_in_a_row_and_what_is_left_is_none() -> None:
    pieces = [Piece("Lisa", 1.0, LISA), Piece("Otto", 1.0, OTTO)] * 5
    made = stretches("a", Pieces(tuple(pieces)), 2.0)
    assert [each.person for each in made] == ["Lisa", "Lisa", "Otto", "Otto"]
    assert made[0].voice == pytest.approx(LISA)
    # of two voices, 1/8 of each is shared: (7, -1) / 8, of unit length
    assert made[0].centred == pytest.approx((7 / 50**0.5, -1 / 50**0.5, 0))


def test_pairs_are_of_one_folder_and_elsewhere_is_another_recording() -> None:
    def stretch(person: str, recording: str, voice: tuple[float, ...]) -> Stretch:
        return Stretch(person, recording, voice, voice)

    one = [stretch("Lisa", "a", LISA), stretch("Lisa", "b", LISA), stretch("Otto", "b", OTTO)]
    other = [stretch("Otto", "c", LISA), stretch("Otto", "c", OTTO)]
    result = separation([one, other], 5.0)
    assert result is not None
    assert (result.n_same, result.n_different) == (2, 2)
    assert result.centred == 0.25  # the second Otto has Lisa's voice once
    assert result.elsewhere == 0
    assert separation([one[:2]], 5.0) is None
    assert separation([], 5.0) is None


def test_a_label_is_who_it_overlaps_longest() -> None:
    truth = [Segment(0, 4, "Lisa"), Segment(4, 12, "Otto"), Segment(30, 40, "Virve")]
    assert people_of(found(A=LISA, B=OTTO), truth) == {"A": "Otto", "B": "Otto"}


def test_links_without_names_and_with_the_first_session_named() -> None:
    heard = {"session-1": found(A=LISA, B=OTTO), "session-2": found(X=OTTO, Y=VIRVE)}
    truth = {"session-1": {"A": "Lisa", "B": "Otto"}, "session-2": {"X": "Otto", "Y": "Virve"}}
    unnamed = links(heard, truth, named=False)
    assert [(each.person, each.taken_for, each.outcome) for each in unnamed] == [
        ("Lisa", "Lisa", "new"),
        ("Otto", "Otto", "new"),
        ("Otto", "Otto", "right"),
        ("Virve", "Virve", "new"),
    ]
    named = links(heard, truth, named=True)
    assert [(each.person, each.outcome) for each in named] == [("Otto", "right"), ("Virve", "new")]
    assert absences(unnamed) == Rate(0, 2)  # Virve in the first, Lisa in the second


def test_links_that_are_wrong() -> None:
    heard = {"session-1": found(A=LISA, B=OTTO), "session-2": found(X=OTTO, Y=VIRVE)}
    truth = {"session-1": {"A": "Lisa", "B": "Otto"}, "session-2": {"X": "Virve", "Y": "Lisa"}}
    made = links(heard, truth, named=False)
    assert [each.outcome for each in made] == ["new", "new", "wrong", "again"]
    assert absences(made) == Rate(1, 2)  # Otto seems to be in the second


def test_a_label_too_short_to_be_told_is_unknown() -> None:
    short = Diarisation((), (), (VoicePrint("X", 1.0, OTTO),))
    truth = {"session-1": {"A": "Lisa"}, "session-2": {"X": "Otto"}}
    made = links({"session-1": found(A=LISA), "session-2": short}, truth, named=False)
    assert [each.outcome for each in made] == ["new", "unknown"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for number in (10, 9):
        folder = tmp_path / "data" / "group-a" / f"session-{number}"
        folder.mkdir(parents=True)
        write(folder / "audio.wav", tone(1.0, rate_hz=16_000)[0])
        lines = [
            f"SPEAKER x 1 {start} 10 <NA> <NA> {who} <NA> <NA>"
            for start, who in ((0, "Lisa"), (10, "Otto"))
        ]
        (folder / "reference.rttm").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path / "data"


def test_sessions_of_a_group_are_in_order_of_number(data: Path) -> None:
    (sessions,) = groups(find(data)).values()
    assert [m.folder.name for m in sessions] == ["session-9", "session-10"]
    assert groups(find(data)[:1]) == {}


def test_the_figures_are_written(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Finder:
        def __init__(self, cache: Path) -> None:
            pass

        def diarisation(self, _: object) -> Diarisation:
            return found(A=LISA, B=OTTO)

        def pieces(self, _: object) -> Pieces:
            return Pieces((Piece("Lisa", 5.0, LISA), Piece("Otto", 5.0, OTTO)))

    monkeypatch.setattr(voices, "Finder", Finder)
    app = voices.typer.Typer()
    app.command()(main)
    out = tmp_path / "voices.json"
    done = CliRunner().invoke(app, [str(data), "--cache", str(tmp_path), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "nobody named: 2 new, 2 right; 0 of 0 absences not seen" in done.output
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert [each["seconds"] for each in figures["prints"]] == [2, 3, 5]
    assert figures["prints"][0]["centred"] == 0
    assert len(figures["groups"]["group-a"]) == 2 * 2 + 2


def test_a_folder_without_references_is_refused(tmp_path: Path) -> None:
    app = voices.typer.Typer()
    app.command()(main)
    done = CliRunner().invoke(app, [str(tmp_path), "--cache", str(tmp_path)])
    assert done.exit_code == 2
