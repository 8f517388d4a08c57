"""A person leaves a study that was made from a real recording, with the real models and Prefect."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from finished import copied
from runs import Ran, vuoro

from pipeline.stages.chain import SessionChain
from pipeline.stages.hearing import TRANSCRIBE
from pipeline.stages.settling import ASSEMBLE
from pipeline.study import Study, accepted

pytestmark = pytest.mark.models

PERSON, OTHER = "G07-P1", "G07-P2"
MIN_LETTERS = 6  # shorter words may stand anywhere by chance


def chain_of(study: Study) -> SessionChain:
    return SessionChain(study, accepted.recording(study, "G07-S01"), study.settings())


def said_alone(study: Study) -> set[str]:
    """The longer words that the person says and the other does not, as in no other word."""
    said: dict[str, set[str]] = {}
    for turn in chain_of(study).get(ASSEMBLE).turns:
        words = re.findall(r"[^\W\d_]+", " ".join(word.text for word in turn.words).casefold())
        said.setdefault(turn.label, set()).update(words)
    first, second = (said[label] for label in sorted(said))
    others = " ".join(second)
    return {word for word in first if len(word) >= MIN_LETTERS and word not in others}


def everything(study: Study) -> Iterator[tuple[str, str]]:
    """What every file of the study holds, Prefect's database and the compressed ones included."""
    for file in sorted(study.root.rglob("*")):
        if file.is_file():
            yield str(file.relative_to(study.root)), file.read_bytes().decode(errors="replace")
            if file.suffix == ".parquet":
                yield f"cells of {file.name}", json.dumps(pq.read_table(file).to_pylist())


def places(study: Study, words: set[str]) -> set[str]:
    pattern = re.compile("|".join(rf"\b{word}\b" for word in sorted(words)), re.IGNORECASE)
    own = {study.settings_file.name, "dictionary.csv", "DATASHEET.md"}  # words of vuoro's own
    return {
        place
        for place, text in everything(study)
        if Path(place).name not in own and pattern.search(text)
    }


def test_a_person_leaves_and_the_run_has_nothing_to_do(ran: Ran, tmp_path: Path) -> None:
    study = copied(ran.study, tmp_path / "study")
    canaries = said_alone(study)
    assert len(canaries) >= 3
    assert len(places(study, canaries)) >= 4
    turns = pd.read_parquet(study.dataset / "turns")
    before = turns[turns["person_id"] == OTHER].set_index("turn_id")

    process = vuoro(study, "withdraw", PERSON, "--yes")
    assert process.returncode == 0, process.stdout + process.stderr
    assert places(study, canaries) == set()
    after = pd.read_parquet(study.dataset / "turns").set_index("turn_id")
    assert list(after.index) == list(before.index)
    assert list(after["text"]) == list(before["text"])
    assert set(after["person_id"]) == {OTHER}
    assert {w.text for w in chain_of(study).get(TRANSCRIBE).words}
    assert vuoro(study, "validate").returncode == 0
    assert vuoro(study, "run").stdout.startswith("Nothing to do")
