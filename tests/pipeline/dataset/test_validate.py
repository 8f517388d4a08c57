"""A sound data set passes; one planted error of each kind is found and named."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from example_dataset import make_dataset

from pipeline.dataset import files
from pipeline.dataset.validate import Problem, examine, validate
from pipeline.errors import DatasetError, UnreadableError

Row = dict[str, Any]

FIRST, JOO, MM, LAST = (f"G01-S01-T0000{ms}" for ms in (1000, 4000, 4001, 6250))


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return make_dataset(tmp_path / "dataset")


def rewrite(file: Path, change: Callable[[list[Row]], list[Row] | None]) -> None:
    """Change the rows of a file in place or as a whole; its footer stays."""
    table = pq.read_table(file)
    rows = table.to_pylist()
    changed = change(rows)
    loose = pa.schema([pa.field(f.name, f.type) for f in table.schema], table.schema.metadata)
    pq.write_table(pa.Table.from_pylist(rows if changed is None else changed, schema=loose), file)


def put(key: str | None = None, number: int = 1, **values: Any) -> Callable[[list[Row]], None]:
    """Put values into the row with this id (and word number), or into the first one."""

    def change(rows: list[Row]) -> None:
        for row in rows:
            if (row.get("word_number") or number) == number and (key in (None, *_ids(row))):
                row.update(values)
                return
        raise AssertionError("no such row")

    return change


def _ids(row: Row) -> tuple[Any, ...]:
    return row.get("turn_id"), row.get("person_id")


def swap_numbers(rows: list[Row]) -> list[Row]:
    """Number two turns against their order in time."""
    rows[0]["turn_number"], rows[1]["turn_number"] = 2, 1
    return sorted(rows, key=lambda row: row["turn_number"])


def test_a_published_data_set_is_sound(dataset: Path) -> None:
    assert validate(dataset) == []


def test_report_counts_files_and_rows(dataset: Path) -> None:
    report = examine(dataset)
    assert report.n_files == {
        **{"sessions": 2, "people": 1, "attendance": 1, "turns": 2, "words": 2},
        **{"dynamics_session": 2, "dynamics_person": 2, "transitions": 2},
    }
    assert report.n_rows == {
        **{"sessions": 2, "people": 4, "attendance": 8, "turns": 6, "words": 12},
        **{"dynamics_session": 2, "dynamics_person": 5, "transitions": 8},
    }


S01 = "G01-S01.parquet"
PLANTED: list[tuple[str, str, str, Callable[[list[Row]], list[Row] | None], str]] = [
    # nulls, ranges, allowed values, keys
    ("null", "turns", S01, put(JOO, person_id=None), "person_id is empty in " + JOO),
    ("null in a list", "turns", S01, put(JOO, suspect=[None]), "suspect is empty in " + JOO),
    ("negative time", "turns", S01, put(JOO, pause_s=-1.0), "pause_s is below 0 in " + JOO),
    ("over 1", "words", S01, put(JOO, confidence=1.5), f"confidence is above 1 in {JOO} 1"),
    ("unknown role", "people", "G01.parquet", put("H03", role="boss"),
     "role is none of leader, facilitator, participant, interviewer, unknown in G01 H03"),
    ("unknown kind", "turns", S01, put(JOO, kind="talk"),
     "kind is none of turn, minimal_response in " + JOO),
    ("same turn_id", "turns", S01, put(MM, turn_id=JOO), "turn_id is not unique in " + JOO),
    ("same word", "words", S01, put(FIRST, number=2, word_number=1),
     f"turn_id + word_number is not unique in {FIRST} 1"),
    ("same person", "people", "G01.parquet", put("H11", person_id="H07"),
     "group_id + person_id is not unique in G01 H07"),
    # foreign keys
    ("turn to person", "turns", S01, put(JOO, person_id="H98"),
     f"person_id refers to nothing in people.person_id: {JOO}"),
    ("turn to session", "turns", S01, put(JOO, session_id="G09-S09"),
     f"session_id refers to nothing in sessions.session_id: {JOO}"),
    ("previous person", "turns", S01, put(JOO, previous_person_id="H98"),
     f"previous_person_id refers to nothing in people.person_id: {JOO}"),
    ("overlapping person", "turns", S01, put(JOO, overlapped_by=["H07", "H98"]),
     f"overlapped_by refers to nothing in people.person_id: {JOO}"),
    ("person to group", "people", "G01.parquet", put("H03", group_id="G09"),
     "group_id refers to nothing in sessions.group_id: G09 H03"),
    ("person of another group", "people", "G01.parquet", put("H03", group_id="G09"),
     "group_id is not what the file is named after: G09 H03"),
    ("word to turn", "words", S01, put(JOO, turn_id="G01-S01-T00009999"),
     "turn_id refers to nothing in turns.turn_id: G01-S01-T00009999 1"),
    ("word to another session's turn", "words", S01, put(JOO, turn_id="G01-S02-T00000500"),
     "turn_id refers to nothing in turns.turn_id: G01-S02-T00000500 1"),
    # order and times of turns
    ("turn order", "turns", S01, swap_numbers,
     "start_s is before that of the row before in " + FIRST),
    ("hole in turn numbers", "turns", S01, put(LAST, turn_number=5),
     "turn_number does not run 1, 2, 3 …: 5 stands where 4 should"),
    ("foreign turn_id", "turns", S01, put(JOO, turn_id="G02-S01-T00004000"),
     "turn_id does not begin with the session in G02-S01-T00004000"),
    ("end before start", "turns", S01, put(JOO, end_s=3.5),
     "the end is before the start in " + JOO),
    ("end after session", "turns", S01, put(LAST, end_s=20.5, duration_s=14.25),
     "the end is after the end of the session in " + LAST),
    ("duration", "turns", S01, put(JOO, duration_s=0.51),
     "duration_s is not end_s minus start_s in " + JOO),
    ("long overlap", "turns", S01, put(JOO, overlap_s=0.6),
     "overlap_s is longer than the turn in " + JOO),
    ("long pause", "turns", S01, put(JOO, pause_s=0.6),
     "pause_s is longer than the turn in " + JOO),
    # words
    ("word count", "turns", S01, put(JOO, n_words=2),
     "n_words is not the number of rows in words in " + JOO),
    ("text is not the words", "turns", S01, put(JOO, text="Salanimi"),
     "text is not the words of the turn in " + JOO),
    ("word before its turn", "words", S01, put(JOO, start_s=3.999),
     f"the word is not within its turn in {JOO} 1"),
    ("word after its turn", "words", S01, put(JOO, end_s=4.501),
     f"the word is not within its turn in {JOO} 1"),
    ("word ends before it starts", "words", S01, put(JOO, end_s=4.05),
     f"the word is not within its turn in {JOO} 1"),
    ("words out of order", "words", S01, put(FIRST, number=3, start_s=1.2),
     f"start_s is before that of the word before in {FIRST} 3"),
    ("hole in word numbers", "words", S01, put(FIRST, number=4, word_number=5),
     f"word_number does not run 1, 2, 3 …: 5 stands where 4 should in {FIRST}"),
    # totals
    ("n_turns of a session", "sessions", S01, put(n_turns=3),
     "n_turns is 3, but the rows of turns make 2"),
    ("n_minimal_responses", "sessions", S01, put(n_minimal_responses=1),
     "n_minimal_responses is 1, but the rows of turns make 2"),
    ("n_words of a session", "sessions", S01, put(n_words=9),
     "n_words is 9, but the rows of turns make 8"),
    ("n_people", "sessions", S01, put(n_people=4), "n_people is 4, but the rows of turns make 3"),
    ("long speech", "sessions", S01, put(speech_s=21.0), "speech_s is longer than the session"),
    ("n_sessions of a person", "people", "G01.parquet", put("H03", n_sessions=2),
     "n_sessions is not that of turns: G01 H03"),
    ("n_turns of a person", "people", "G01.parquet", put("H03", n_turns=2),
     "n_turns is not that of turns: G01 H03"),
    ("speech_s of a person", "people", "G01.parquet", put("H03", speech_s=5.01),
     "speech_s is not that of turns: G01 H03"),
    # attendance
    ("absent but talking", "attendance", "G01.parquet", put("H03", present=False),
     "present is not as in turns: G01-S01 H03"),
    ("present but silent", "attendance", "G01.parquet", put("H20", present=True),
     "present is not as in turns: G01-S01 H20"),
    ("turns of somebody absent", "attendance", "G01.parquet", put("H20", n_turns=0),
     "a person who was absent has values of one who was present: G01-S01 H20"),
    ("no turns of somebody present", "attendance", "G01.parquet", put("H03", n_turns=None),
     "a person who was present has no values: G01-S01 H03"),
    ("n_turns of attendance", "attendance", "G01.parquet", put("H03", n_turns=2),
     "n_turns is not that of turns: G01-S01 H03"),
    ("speech_s of attendance", "attendance", "G01.parquet", put("H03", speech_s=5.01),
     "speech_s is not that of turns: G01-S01 H03"),
    ("missing row of attendance", "attendance", "G01.parquet", lambda rows: rows[1:],
     "a row is missing: G01-S01 H03"),
    ("another's attendance", "attendance", "G01.parquet", put("H03", person_id="H98"),
     "person_id refers to nothing in people.person_id: G01-S01 H98"),
    ("attendance of another kind", "attendance", "G01.parquet", put("H03", kind="group_interview"),
     "it is not as in sessions: G01-S01 H03"),
    ("attendance of another group", "attendance", "G01.parquet", put("H03", group_id="G09"),
     "group_id is not what the file is named after: G01-S01 H03"),
    ("too alike", "attendance", "G01.parquet", put("H03", similarity=1.5),
     "similarity is above 1 in G01-S01 H03"),
    # what goes with every session
    ("session of another group", "sessions", S01, put(group_id="G09"),
     "group_id is not that of the session: G01-S01"),
    ("turn-taking of another number", "dynamics_person", S01, put("H03", session_number=2),
     "it is not as in sessions: G01-S01 H03"),
    ("unheard-of correction", "turns", S01, put(JOO, edited=["voice"]),
     "edited is none of text, speaker, split, merged, kind, added in " + JOO),
    # turn-taking
    ("transfers", "dynamics_session", S01, put(n_floor_transfers=2),
     "n_floor_transfers is 2, but the rows of turns make 1"),
    ("overlaps between", "dynamics_session", "G01-S02.parquet", put(n_overlaps_between=0),
     "n_overlaps_between is 0, but the rows of turns make 1"),
    ("N", "dynamics_session", S01, put(n_people=4),
     "n_people is 4, but the rows of turns make 3"),
    ("no row of turn-taking", "dynamics_session", S01, lambda rows: [],
     "the file does not hold one row"),
    ("turns of a person", "dynamics_person", S01, put("H11", n_turns=1),
     "n_turns is not that of turns in G01-S01 H11"),
    ("floor taken", "dynamics_person", S01, put("H07", n_floor_taken=1),
     "n_floor_taken is not that of turns in G01-S01 H07"),
    ("floor yielded", "dynamics_person", S01, put("H07", n_floor_yielded=0),
     "n_floor_yielded is not that of turns in G01-S01 H07"),
    ("responses given", "dynamics_person", S01, put("H11", n_minimal_responses_given=0),
     "n_minimal_responses_given is not that of turns in G01-S01 H11"),
    ("responses received", "dynamics_person", S01, put("H07", n_minimal_responses_received=1),
     "n_minimal_responses_received is not that of turns in G01-S01 H07"),
    ("talk of a person", "dynamics_person", S01, put("H03", speech_s=5.01),
     "speech_s is not that of turns in G01-S01 H03"),
    ("nobody's turn-taking", "dynamics_person", S01, lambda rows: rows[:2],
     "the people are not those of turns"),
    ("turn-taking of a stranger", "dynamics_person", S01, put("H11", person_id="H99"),
     "person_id refers to nothing in people.person_id: G01-S01 H99"),
    ("transition count", "transitions", S01, put(n=1),
     "n is not that of turns in G01-S01 H03 H07"),
    ("missing pair", "transitions", S01, lambda rows: rows[1:],
     "the pairs are not those of the people in turns"),
    ("transition to nobody", "transitions", S01, put(to_person_id="H99"),
     "to_person_id refers to nothing in people.person_id: G01-S01 H03 H99"),
    ("transition of another session", "transitions", S01, put(session_id="G01-S02"),
     "session_id is not what the file is named after: G01-S02 H03 H07"),
    # rows in the wrong file
    ("no session row", "sessions", S01, lambda rows: [],
     "the file does not hold the one session that it is named after"),
    ("turn in another session's file", "turns", S01, put(JOO, session_id="G01-S02"),
     f"session_id is not what the file is named after: {JOO}"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "file", "change", "expected"),
    [planted[1:] for planted in PLANTED],
    ids=[planted[0] for planted in PLANTED],
)
def test_planted_error_is_found(
    dataset: Path,
    table: str,
    file: str,
    change: Callable[[list[Row]], list[Row] | None],
    expected: str,
) -> None:
    rewrite(dataset / table / file, change)
    found = validate(dataset)
    assert expected in [problem.message for problem in found]
    assert not any("Salanimi" in str(problem) for problem in found)


def test_a_problem_reads_as_a_line() -> None:
    problem = Problem("turns", S01, "turn_id is not unique in " + JOO)
    assert str(problem) == f"turns/{S01}: turn_id is not unique in {JOO}."


@pytest.mark.parametrize("there", [True, False])
def test_no_data_set_is_an_error(tmp_path: Path, there: bool) -> None:
    folder = tmp_path / "dataset"
    if there:
        folder.mkdir()
    with pytest.raises(DatasetError, match="vuoro run"):
        validate(folder)


def test_what_may_not_be_read_is_not_called_damaged(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(UnreadableError):
        validate(dataset)


def test_pandas_nulls_and_order_do_not_confuse_the_check(dataset: Path) -> None:
    """A file that another program wrote with the same rows is named for its footer only."""
    file = dataset / "words" / S01
    rows = pd.read_parquet(file, dtype_backend="pyarrow")
    schema = pq.read_schema(file).remove_metadata()
    pq.write_table(pa.Table.from_pandas(rows, schema=schema, preserve_index=False), file)
    assert {problem.message for problem in validate(dataset)} == {
        "the footer gives no schema version",
        "the files of the session do not come from the same run",
    }


def test_only_one_session_is_held_at_a_time(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words of a session are let go before the next session's are read."""
    read: list[str] = []
    load = files.read

    def noting(file: Path) -> pa.Table:
        read.append(f"{file.parent.name}/{file.stem}")
        return load(file)

    monkeypatch.setattr(files, "read", noting)
    validate(dataset)
    talk = [name for name in read if name.startswith(("turns", "words"))]
    assert sorted(talk[:2]) == ["turns/G01-S01", "words/G01-S01"]
    assert sorted(talk[2:]) == ["turns/G01-S02", "words/G01-S02"]
