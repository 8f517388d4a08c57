"""Transcripts to read, against text written by hand."""

import json

from pipeline.exports.transcript import as_json, as_text, as_vtt, clock

NOTE = "Names not reviewed yet."
TURNS = [
    {
        "turn_id": "G07-S01-T00001500",
        "person_id": "G07-S01-P1",
        "kind": "turn",
        "start_s": 1.5,
        "end_s": 3725.25,
        "text": "Hei & <terve> [Henkilö 7]:lle",
    },
    {
        "turn_id": "G07-S01-T00002000",
        "person_id": "G07-S01-P2",
        "kind": "minimal_response",
        "start_s": 2.0,
        "end_s": 2.4,
        "text": None,
    },
]


def test_clock_shows_hours_minutes_and_seconds() -> None:
    assert [clock(t) for t in (0, 59.9, 60, 3725.4)] == ["0:00:00", "0:00:59", "0:01:00", "1:02:05"]


def test_transcript_has_turn_clock_and_person_on_a_line() -> None:
    assert as_text(TURNS) == (
        "T1500  0:00:01  G07-S01-P1: Hei & <terve> [Henkilö 7]:lle\n"
        "T2000  0:00:02      G07-S01-P2: …"
    )


def test_vtt_escapes_and_leaves_out_rows_without_text() -> None:
    assert as_vtt(TURNS) == (
        "WEBVTT\n\nG07-S01-T00001500\n00:00:01.500 --> 01:02:05.250\n"
        "<v G07-S01-P1>Hei &amp; &lt;terve&gt; [Henkilö 7]:lle"
    )


def test_json_is_the_rows_and_whether_names_are_reviewed() -> None:
    assert json.loads(as_json(TURNS)) == [{**turn, "names_reviewed": True} for turn in TURNS]
    assert {turn["names_reviewed"] for turn in json.loads(as_json(TURNS, NOTE))} == {False}


def test_the_note_comes_first() -> None:
    assert as_text(TURNS, NOTE).startswith(f"{NOTE}\n\n")
    assert as_vtt(TURNS, NOTE).startswith(f"WEBVTT\n\nNOTE\n{NOTE}\n\nG07-S01-T00001500\n")
