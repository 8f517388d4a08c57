"""The dictionary and the data sheet that go with the tables."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from example_dataset import make_dataset

from pipeline.stages import publish
from pipeline.tables import TABLES


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return make_dataset(tmp_path / "dataset")


def test_dictionary_opens_in_excel_and_has_every_column(dataset: Path) -> None:
    data = (dataset / "dictionary.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert list(rows[0]) == [
        "table", "column", "type", "unit", "nullable", "values", "description_fi", "description_en",
    ]  # fmt: skip
    published = {
        (name, column) for name in TABLES for column in pd.read_parquet(dataset / name).columns
    }
    assert {(row["table"], row["column"]) for row in rows} == published
    assert any("ä" in row["description_fi"] for row in rows)


def test_datasheet_counts_and_names_what_made_the_data(dataset: Path) -> None:
    text = (dataset / "DATASHEET.md").read_text(encoding="utf-8")
    for line in (
        "| groups | 1 |",
        "| sessions | group interview: 1, meeting: 1 |",
        "| languages (sessions) | Finnish: 2 |",
        "| `truncated`: the recording breaks off | Copy the file again if there is a whole copy. "
        "| 1 |",
        "| `truncated`: tallenne katkeaa kesken | Kopioi tiedosto uudelleen, jos ehjä kopio on "
        "olemassa. | 1 |",
        "| `words_outside_speech`: words that were recognised outside the speech were left out | – "
        "| 1 |",
        "| length of the recordings | 0.01 h |",
        "- models: pyannote-segmentation-3.0, whisper-base",
        "- settings digest: 5e771265",
    ):
        assert line in text
    assert "| `turns` | 6 | 2 |" in text
    assert "| `people` | 4 | 1 |" in text
    assert (
        "| direct | names of speakers and others in the talk | replaced by a pseudonym, the same"
        in text
    )
    for line in ("person by the same (1 mention) |", "replaced by a pseudonym (1 mention) |"):
        assert line in text
    assert "| vahva epäsuora | paikannimet | korvattu peitetunnuksella (0 mainintaa) |" in text


def test_documentation_of_an_empty_data_set(tmp_path: Path) -> None:
    assert publish.write_documentation(tmp_path)
    assert "| `turns` | 0 | 0 |" in (tmp_path / "DATASHEET.md").read_text(encoding="utf-8")
