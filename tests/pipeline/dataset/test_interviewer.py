"""Who asks in a group interview is in its row of sessions, and nowhere else."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from many_sessions import GROUPS, make_study

from pipeline.dataset.validate import validate
from pipeline.study import Study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return make_study(tmp_path_factory.mktemp("interviews") / "study", GROUPS)


def test_an_interview_has_its_interviewer_and_a_meeting_none(study: Study) -> None:
    sessions = pq.read_table(study.dataset / "sessions").to_pylist()
    people = pq.read_table(study.dataset / "people").to_pylist()
    role = {(p["group_id"], p["person_id"]): p["role"] for p in people}
    asked = [s for s in sessions if s["kind"] == "group_interview"]
    assert asked and all(len(s["interviewer"]) == 1 for s in asked)
    assert all(role[s["group_id"], s["interviewer"][0]] == "interviewer" for s in asked)
    assert all(s["interviewer"] == [] for s in sessions if s["kind"] == "meeting")


def test_an_interviewer_whom_nobody_knows_is_found(study: Study) -> None:
    [file] = sorted((study.dataset / "sessions").glob("*-I01.parquet"))[:1]
    table = pq.read_table(file)
    at = table.schema.get_field_index("interviewer")
    stranger = pa.array([["H99"]], table.schema.field(at).type)
    changed = table.set_column(at, table.schema.field(at), stranger)
    before = file.read_bytes()
    try:
        pq.write_table(changed, file, write_page_checksum=True)
        messages = [problem.message for problem in validate(study.dataset)]
    finally:
        file.write_bytes(before)
    assert any("interviewer refers to nothing in people.person_id" in m for m in messages)
