"""A real recording through the whole chain, with the real models, as a user would run it."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import jiwer
import pandas as pd
import pytest
from changed import settings_if
from finished import copied
from pyannote.core import Annotation
from pyannote.core import Segment as PyannoteSegment
from pyannote.database.util import load_rttm
from pyannote.metrics.diarization import DiarizationErrorRate
from runs import COMMAND, TELEPHONE, Ran, environment, vuoro
from traced import run_traced

from pipeline.stages.chain import SessionChain
from pipeline.stages.declared import STAGES
from pipeline.stages.hearing import DIARISE, TRANSCRIBE
from pipeline.stages.to_do import unfinished
from pipeline.study import Study

pytestmark = pytest.mark.models

SESSION = "G07-S01"
# Said in the recording (its STM reference has them); some recogniser spellings besides.
NAMES = ("Diane", "Sheila", "Jersey", "Texas", "Chicago")


@pytest.fixture(scope="module")
def study(ran: Ran) -> Study:
    return ran.study


@pytest.fixture(scope="module")
def chain(study: Study) -> SessionChain:
    from pipeline.study import accepted

    return SessionChain(study, accepted.recording(study, SESSION), study.settings())


def table(study: Study, name: str) -> pd.DataFrame:
    return pd.read_parquet(study.dataset / name)


def test_the_run_ends_well_and_says_what_it_did(ran: Ran) -> None:
    process = ran.process
    assert process.returncode == 0, process.stdout + process.stderr
    assert "1 session finished, 0 failed" in process.stdout
    assert "Traceback" not in process.stdout + process.stderr


def test_the_data_set_is_in_order(study: Study) -> None:
    process = vuoro(study, "validate")
    assert process.returncode == 0, process.stderr
    assert "in order" in process.stdout


def test_who_spoke_when_is_near_the_reference(chain: SessionChain) -> None:
    """DER without a collar, overlap scored, against the RTTM that comes with the recording."""
    found = Annotation()
    for i, segment in enumerate(chain.get(DIARISE).regular):
        found[PyannoteSegment(segment.start_s, segment.end_s), i] = segment.label
    reference = load_rttm(TELEPHONE / "sample.rttm")["sample"]
    assert len(found.labels()) == 2
    assert DiarizationErrorRate()(reference, found) < 0.25


def test_what_was_said_is_near_the_reference(chain: SessionChain) -> None:

    said = " ".join(word.text for word in chain.get(TRANSCRIBE).words)
    reference = " ".join(
        line.split(maxsplit=5)[5] for line in (TELEPHONE / "sample.stm").read_text().splitlines()
    )
    plain = [re.sub(r"[^\w' ]", "", text.lower()) for text in (reference, said)]
    assert jiwer.wer(*plain) < 0.35


def test_diarisation_keeps_overlap_apart(chain: SessionChain) -> None:
    """Regular segments overlap (they do talk at once); exclusive ones never do."""
    diarisation = chain.get(DIARISE)
    exclusive = sorted(diarisation.exclusive)
    assert all(a.end_s <= b.start_s + 0.001 for a, b in pairwise(exclusive))
    assert table(study=chain.study, name="sessions")["overlap_s"].item() > 0.5
    assert {v.label for v in diarisation.voice_prints} == {s.label for s in diarisation.regular}
    assert all(len(v.embedding) == 192 for v in diarisation.voice_prints)


def test_the_tables_tell_one_story(study: Study) -> None:
    session = table(study, "sessions").iloc[0]
    turns, words = table(study, "turns"), table(study, "words")
    assert session["language"] == "en"
    assert session["n_people"] == turns["person_id"].nunique() == 2
    assert session["n_turns"] == (turns["kind"] == "turn").sum()
    assert session["n_words"] == len(words) == turns["n_words"].sum()
    assert turns["start_s"].is_monotonic_increasing
    assert session["duration_s"] == pytest.approx(30.0, abs=0.05)


def test_names_are_masked_and_counted(study: Study) -> None:
    turns = table(study, "turns")
    text = " ".join(turns["text"].dropna())
    assert not [name for name in NAMES if name.lower() in text.lower()]
    assert re.search(r"\[Place \d+\]", text)
    assert turns["n_masked_place"].sum() == len(re.findall(r"\[Place \d+\]", text))
    places = re.findall(r"originally from (\[Place \d+\])", text)
    assert len(places) == 2 and len(set(places)) == 1  # both come from the same town


def test_no_name_outside_the_private_records(study: Study) -> None:
    """Neither one that was said nor one of a file or folder: not in the tables, not in Prefect's
    database, though that is private too, not in temporary files; receipts aside."""
    searched = [f for f in study.root.parent.rglob("*") if f.is_file() and _must_be_clean(study, f)]
    assert any("prefect.db" in f.name for f in searched)
    assert any(f.suffix == ".parquet" for f in searched)
    assert any(f.parent == study.audit for f in searched)
    for file in searched:
        content = file.read_bytes().lower()
        for name in (*NAMES, "puhelu", "kanaria"):
            assert name.lower().encode() not in content, file


def _must_be_clean(study: Study, file: Path) -> bool:
    if file.is_relative_to(study.prefect_home) or file.is_relative_to(study.audit):
        return True
    return not file.is_relative_to(study.private) and not file.is_relative_to(study.inbox)


def test_private_things_are_for_the_owner_alone(study: Study) -> None:
    assert study.private.stat().st_mode & 0o077 == 0
    assert study.key_file.stat().st_mode & 0o077 == 0


def test_new_glossary_redoes_the_transcription(study: Study, chain: SessionChain) -> None:
    study.glossary_file.write_text("Mallilan Omaiset ry\n", encoding="utf-8")
    try:
        pending = SessionChain(study, chain.recording, chain.settings).pending()
    finally:
        study.glossary_file.unlink()
    assert pending[0] == "transcribe"
    assert SessionChain(study, chain.recording, chain.settings).pending() == ()


def test_a_second_run_does_nothing_and_says_so(study: Study) -> None:
    before = {f: f.stat().st_mtime_ns for f in study.dataset.rglob("*")}
    process = vuoro(study, "run")
    assert process.returncode == 0
    assert process.stdout.startswith("Nothing to do: 1 session is up to date.")
    assert {f: f.stat().st_mtime_ns for f in study.dataset.rglob("*")} == before


@pytest.mark.parametrize(
    ("setting", "value", "first"),
    [
        ("machine.threads", "1", None),
        ("anonymisation.labels", "fi", "pseudonymise"),
        ("turns.lapse_s", "5", "assemble"),
        ("transcription.beam_size", "2", "transcribe"),
        ("diarisation.step", "0.5", "diarise"),
        ("intake.min_duration_s", "2", "measure_turns"),
    ],
)
def test_a_changed_setting_redoes_from_the_stage_that_reads_it(
    study: Study, setting: str, value: str, first: str | None
) -> None:
    waiting = unfinished(study, settings_if(study, {setting: value}))
    if first is None:
        assert waiting == {}
        return
    names = [stage.name for stage in STAGES if stage.phase != "whole"]
    assert waiting[SESSION][0] == first
    # who the voices are depends on the diarisation alone, so later settings leave it be; names have
    # their numbers unless the words may be others
    skipped = {"who_is_who", "identify"} if names.index(first) > names.index("diarise") else set()
    skipped |= {"number_names"} if names.index(first) > names.index("find_names") else set()
    assert waiting[SESSION] == [n for n in names[names.index(first) :] if n not in skipped]


def test_a_changed_setting_is_carried_out(study: Study, tmp_path: Path) -> None:
    changed = copied(study, tmp_path / "study")
    vuoro(changed, "settings", "anonymisation.labels=fi")
    process = vuoro(changed, "run")
    assert process.returncode == 0, process.stdout + process.stderr
    assert "what was said" not in process.stdout
    assert re.search(r"\[Paikka \d+\]", " ".join(table(changed, "turns")["text"].dropna()))


def test_show_and_clip(study: Study, tmp_path: Path) -> None:
    shown = vuoro(study, "show", SESSION, "--format", "json")
    turns = json.loads(shown.stdout)
    assert len(turns) == len(table(study, "turns"))
    out = tmp_path / "turn.wav"
    clipped = vuoro(study, "clip", turns[0]["turn_id"], "--out", str(out))
    assert clipped.returncode == 0, clipped.stderr
    assert out.stat().st_size > 32_000 * turns[0]["duration_s"]
    assert vuoro(study, "clip", f"{SESSION}-T99999999").returncode == 1


def test_status_names_the_recording_for_its_owner(study: Study) -> None:
    said = vuoro(study, "status").stdout
    assert "1 finished" in said and "Dianen puhelu.wav" in said
    assert "Dianen" not in vuoro(study, "status", "--json").stdout


def test_nothing_is_asked_of_the_network(ran: Ran) -> None:
    """Of all processes of the run, native code included; Prefect's server is on this machine."""
    assert ran.process.returncode == 0
    assert ran.trace.asked == []
    assert ran.trace.n_local > 0


@pytest.mark.parametrize("command", [("build",), ("report", SESSION, "--html"), ("status",)])
def test_other_commands_ask_nothing_of_the_network(
    study: Study, tmp_path: Path, command: tuple[str, ...]
) -> None:
    changed = copied(study, tmp_path / "study")
    words = [*COMMAND, *command, "--study", str(changed.root)]
    trace, process = run_traced(words, environment())
    assert process.returncode == 0, process.stderr
    assert trace.asked == []
