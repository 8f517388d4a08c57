"""The declarations, and what follows from them for one table taken alone."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from example_dataset import EXPECTED

from pipeline.errors import DatasetError
from pipeline.tables import ROLES, TABLES, dictionary

# The columns that the public tables must have at least, in the words of the requirement.
REQUIRED = {
    "sessions": "session_id group_id session_number kind interviewer duration_s language "
    "language_probability "
    "n_people n_turns n_minimal_responses n_words speech_s overlap_s silence_s missing_s "
    "track_shift_s flags models settings_digest",
    "people": "person_id group_id role identity consent n_sessions n_turns speech_s",
    "attendance": "group_id person_id session_id session_number kind role present identified_by "
    "similarity margin n_turns speech_s",
    "turns": "turn_id session_id turn_number person_id kind start_s end_s duration_s text n_words "
    "language offset_from_previous_s previous_person_id overlap_s overlapped_by pause_s "
    "asr_confidence speaker_confidence suspect edited question n_masked_person "
    "n_masked_organisation n_masked_place n_masked_other",
    "words": "turn_id word_number start_s end_s word confidence",
    "dynamics_session": "session_id group_id session_number kind n_people "
    "n_floor_transfers fto_mean_s fto_q25_s fto_median_s "
    "fto_q75_s n_gaps gap_s n_lapses lapse_s pause_s n_overlaps_between overlap_between_s "
    "n_overlaps_within overlap_within_s n_interruptions_successful n_interruptions_unsuccessful "
    "n_overlaps_cooperative gini_speech entropy_speech gini_turns entropy_turns reciprocity "
    "n_ab_ba n_ab_xa turn_mean_s turn_q25_s turn_median_s turn_q75_s turn_max_s "
    "leader_speaking_share leader_turn_share facilitator_speaking_share facilitator_turn_share "
    "interviewer_speaking_share interviewer_turn_share silence_share overlap_share speech_rate",
    "dynamics_person": "session_id group_id session_number kind person_id role "
    "n_turns turn_share speech_s speaking_share "
    "n_floor_taken n_floor_yielded fto_mean_s fto_median_s pause_s n_interruptions_successful "
    "n_interruptions_unsuccessful n_interrupted_successfully n_interrupted_unsuccessfully "
    "n_overlaps_cooperative n_minimal_responses_given n_minimal_responses_received n_ab_ba "
    "n_ab_xa turn_mean_s turn_median_s turn_max_s speech_rate",
    "transitions": "session_id group_id session_number kind from_person_id from_role to_person_id "
    "to_role n expected residual",
}


def a_table(name: str, **changes: Any) -> pa.Table:
    """The expected rows of a table, the last one changed."""
    rows = [dict(row) for row in EXPECTED[name]]
    rows[-1] |= changes
    own = {c: pa.string() if c == "x_ala" else pa.float64() for c in rows[0] if c[:2] == "x_"}
    fields = {f.name: f.type for f in TABLES[name].schema()} | own
    nullable = pa.schema(list(fields.items()))
    return pa.Table.from_pylist(rows, schema=nullable)


def problems(name: str, table: pa.Table) -> list[str]:
    """What is wrong with a table taken alone; values are looked at only in a sound structure."""
    return TABLES[name].structure_problems(table) or TABLES[name].value_problems(table)


INTERVAL = ("_low", "_high")  # the ends of the interval of the measure before


@pytest.mark.parametrize("name", REQUIRED)
def test_has_the_required_columns_in_order(name: str) -> None:
    assert [n for n in TABLES[name].schema().names if not n.endswith(INTERVAL)] == REQUIRED[
        name
    ].split()


def test_roles_are_the_studys() -> None:
    assert set(ROLES) == {"leader", "facilitator", "participant", "interviewer", "unknown"}


def test_types_and_nulls_of_the_schema() -> None:
    turns = TABLES["turns"].schema()
    assert turns.field("start_s").type == pa.float64()
    assert turns.field("n_words").type == pa.int32()
    assert turns.field("suspect").type == pa.list_(pa.string())
    assert turns.field("text").nullable
    assert not turns.field("person_id").nullable


def test_fields_carry_unit_and_description() -> None:
    metadata = TABLES["turns"].schema().field("pause_s").metadata
    assert metadata == {b"unit": b"s", b"description": b"Silence within the turn."}


@pytest.mark.parametrize("name", TABLES)
def test_seconds_are_declared_in_seconds(name: str) -> None:
    for column in TABLES[name].columns:
        measure = column.name.removesuffix("_low").removesuffix("_high")
        assert measure.endswith("_s") == (column.unit == "s"), column.name


@pytest.mark.parametrize("name", TABLES)
def test_what_a_table_names_exists(name: str) -> None:
    table = TABLES[name]
    own = {column.name for column in table.columns}
    assert own.issuperset(table.key) and own.issuperset(table.sort_by)
    for column in table.columns:
        if column.references:
            other, target = column.references.split(".")
            assert target in TABLES[other].schema().names


@pytest.mark.parametrize("name", TABLES)
def test_sound_rows_have_no_problems(name: str) -> None:
    assert problems(name, a_table(name)) == []
    assert problems(name, TABLES[name].schema().empty_table()) == []


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("turns", {"person_id": None}, "person_id is empty in G01-S02-T00002750"),
        ("turns", {"turn_id": None}, "turn_id is empty in row 6"),
        ("turns", {"suspect": None}, "suspect is empty in G01-S02-T00002750"),
        ("turns", {"suspect": [None]}, "suspect is empty in G01-S02-T00002750"),
        ("turns", {"text": " "}, "text is blank text in G01-S02-T00002750"),
        ("turns", {"pause_s": -0.001}, "pause_s is below 0 in G01-S02-T00002750"),
        ("turns", {"asr_confidence": 1.2}, "asr_confidence is above 1 in G01-S02-T00002750"),
        ("turns", {"end_s": float("nan")}, "end_s is no finite number in G01-S02-T00002750"),
        (
            "turns",
            {"kind": "speech"},
            "kind is none of turn, minimal_response in G01-S02-T00002750",
        ),
        (
            "turns",
            {"turn_id": "G01-S01-T00001000"},
            "turn_id is not unique in G01-S01-T00001000",
        ),
        (
            "words",
            {"word_number": 1},
            "turn_id + word_number is not unique in G01-S02-T00002750 1",
        ),
        ("words", {"word_number": 0}, "word_number is below 1 in G01-S02-T00002750 0"),
    ],
)
def test_finds_a_wrong_value(name: str, changes: dict[str, Any], expected: str) -> None:
    assert problems(name, a_table(name, **changes)) == [expected]


def test_negative_floor_transfer_offset_is_no_problem() -> None:
    assert problems("turns", a_table("turns", offset_from_previous_s=-3.5)) == []


def test_one_sentence_for_many_rows() -> None:
    turns = a_table("turns")
    negative = pa.array([-1.0] * turns.num_rows)
    turns = turns.set_column(turns.column_names.index("overlap_s"), "overlap_s", negative)
    assert problems("turns", turns) == ["overlap_s is below 0 in G01-S01-T00001000 and 5 more"]


def test_finds_missing_unexpected_and_mistyped_columns() -> None:
    people = a_table("people")
    people = people.drop_columns(["role"]).append_column("name", pa.array(["x"] * 4))
    as_text = people["n_turns"].cast(pa.string())
    people = people.set_column(people.column_names.index("n_turns"), "n_turns", as_text)
    assert problems("people", people) == [
        "there is an unexpected column 'name'",
        "the column role is missing",
        "the column n_turns is of type string, not int32",
    ]


@pytest.mark.parametrize("name", ["people", "attendance"])
def test_only_people_may_have_columns_of_the_study(name: str) -> None:
    table = a_table(name).append_column("x_more", pa.array(["a"] * len(EXPECTED[name])))
    problem = [] if name == "people" else ["there is an unexpected column 'x_more'"]
    assert problems(name, table) == problem


def test_own_columns_are_of_text_or_numbers() -> None:
    table = a_table("people").append_column("x_n", pa.array([1] * 4, pa.int32()))
    assert problems("people", table) == ["there is an unexpected column 'x_n'"]


def test_no_message_quotes_what_stands_where_an_identifier_should() -> None:
    found = problems("turns", a_table("turns", turn_id="Salainen lause tässä", pause_s=-1.0))
    assert found == ["pause_s is below 0 in row 6"]


def test_dictionary_has_every_column_once_in_both_languages() -> None:
    rows = dictionary()
    assert [(row["table"], row["column"]) for row in rows] == [
        (name, column) for name in REQUIRED for column in TABLES[name].schema().names
    ]
    assert all(row["description_fi"] and row["description_en"] for row in rows)
    assert all(row["description_fi"] != row["description_en"] for row in rows)


def test_dictionary_has_the_studys_own_columns_with_those_of_people() -> None:
    own = TABLES["people"].as_in(pa.schema({"x_age": pa.float64(), "x_bad": pa.int64()})).columns
    rows = dictionary(own[len(TABLES["people"].columns) :])
    place = [(row["table"], row["column"]) for row in rows].index(("people", "x_age"))
    assert rows[place]["type"] == "float64" and rows[place - 1]["column"] == "speech_s"
    assert not any(row["column"] == "x_bad" for row in rows)


def test_dictionary_row() -> None:
    (row,) = [r for r in dictionary() if (r["table"], r["column"]) == ("turns", "kind")]
    assert row["type"] == "string"
    assert row["nullable"] == "no"
    assert row["values"] == "turn | minimal_response"


def test_rows_that_are_as_declared_become_a_table() -> None:
    rows = [dict(row) for row in EXPECTED["turns"]]
    table = TABLES["turns"].of_rows(rows)
    assert table.schema.equals(TABLES["turns"].schema(), check_metadata=True)
    assert table.to_pylist() == rows


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"speach_s": 1.0}, "speach_s is not declared"),
        ({"n_words": ...}, "n_words is missing"),
        ({"n_words": 2.0}, "n_words is float, not int32"),
        ({"n_words": True}, "n_words is bool, not int32"),
        ({"n_words": 2**40}, "n_words cannot be int32"),
        ({"start_s": "1.5"}, "start_s is str, not float64"),
        ({"text": 7}, "text is int, not string"),
        ({"text": "Virtanen \ud800"}, "text cannot be string"),
        ({"kind": None}, "kind is empty"),
        ({"suspect": None}, "suspect is empty"),
        ({"suspect": "repetition"}, "suspect is str, not list<string>"),
        ({"suspect": ["repetition", None]}, "suspect has an item that is no string"),
    ],
)
def test_a_row_that_is_not_as_declared_is_an_error_without_its_value(
    changes: dict[str, Any], wrong: str
) -> None:
    *rows, last = (dict(row) for row in EXPECTED["turns"])
    changed = {name: value for name, value in (last | changes).items() if value is not ...}
    with pytest.raises(DatasetError) as error:
        TABLES["turns"].of_rows([*rows, changed])
    assert error.value.what == f"A row of turns is not as declared: {wrong}."
    assert "Virtanen" not in str(error.value)
    assert error.value.__cause__ is None and error.value.__suppress_context__ == ("cannot" in wrong)


def test_an_absent_value_and_a_whole_number_of_seconds_are_as_declared() -> None:
    row = dict(EXPECTED["turns"][0]) | {"text": None, "start_s": 0, "end_s": 2}
    assert TABLES["turns"].of_rows([row])["end_s"].to_pylist() == [2.0]
