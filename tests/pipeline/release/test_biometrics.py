from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.release.biometrics import voice_prints

MANY = [0.125] * 64


@pytest.fixture
def found(tmp_path: Path):  # type: ignore[no-untyped-def]
    def look(name: str, data: str | pa.Table) -> list[str]:
        file = tmp_path / name
        if isinstance(data, str):
            file.write_text(data, encoding="utf-8")
        else:
            pq.write_table(data, file)
        return [str(place) for place in voice_prints(file, name, str)]

    return look


def test_voice_prints_in_tables_are_found(found) -> None:  # type: ignore[no-untyped-def]
    plain = {"a": [1.0], "text": ["ääni"], "few": [MANY[:63]]}
    assert found("a.parquet", pa.table(plain)) == []
    assert found("a.parquet", pa.table({**plain, "b": [MANY]})) == ["a.parquet: column b"]
    fixed = pa.array([MANY], pa.list_(pa.float32(), 64))
    assert found("a.parquet", pa.table({"b": fixed})) == ["a.parquet: column b"]
    assert found("a.parquet", pa.table({"b": [{"c": MANY}]})) == ["a.parquet: column b"]
    assert found("a.parquet", pa.table({"b": [b"x" * 256]})) == ["a.parquet: column b"]
    assert found("a.parquet", pa.table({"x": [1], "Embedding": [1]})) == ["a.parquet: column 2"]


def test_spread_over_columns(found) -> None:  # type: ignore[no-untyped-def]
    wide = {f"e{i}": [0.5] for i in range(64)}
    assert found("a.parquet", pa.table(wide)) == ["a.parquet: a series of columns"]
    assert found("a.csv", ",".join(wide) + "\n") == ["a.csv: a series of columns"]
    assert found("a.csv", "turn_id;voice_print\n") == ["a.csv: column 2"]


def test_voice_prints_in_json_are_found_by_their_name(found) -> None:  # type: ignore[no-untyped-def]
    assert found("a.json", json.dumps({"y": MANY})) == []  # a drawing
    assert found("a.json", json.dumps([{"voice_print": MANY}])) == ["a.json: 1, entry 1"]
