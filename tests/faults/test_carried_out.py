"""What a run carries out after each change of a study: exactly these stages, of these sessions."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from changed import change as change_settings
from heard import enrol
from pretended import FIRST, NAME, OTHER, SECOND, edit_turn, inbox_study, name_person, put, tables
from runs_in_process import Runs

from pipeline import intake
from pipeline.errors import StageCrashError
from pipeline.intake import stillness
from pipeline.stages import make
from pipeline.stages.chain import SessionChain
from pipeline.stages.declared import STAGES
from pipeline.stages.hearing import TRANSCRIBE
from pipeline.stages.stage import Stage
from pipeline.study import Study, accepted

pytestmark = pytest.mark.faults

SESSIONS = (FIRST, SECOND, OTHER)
ALL = tuple(stage.name for stage in STAGES if stage.scope == "session" and not stage.at_once)
ROWS = ("measure_turns", "publish")
FROM_TURNS = ("correct", "find_names", "pseudonymise", *ROWS)
FROM_WORDS = ("transcribe", "assemble", *FROM_TURNS)
PEOPLE = ("identify", *ROWS)
WHO, REPLACED = frozenset({"who_is_who"}), frozenset({"replace_names"})

CarriedOut = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Change:
    """What is done to a finished study, and what the next run carries out.

    ``besides`` are stages that a group or the study has, or that are made as they are looked for.
    """

    name: str
    expected: CarriedOut
    does: Callable[[Study], object] = lambda study: None
    besides: frozenset[str] = frozenset()


def everywhere(*stages: str) -> CarriedOut:
    return dict.fromkeys(SESSIONS, stages)


def setting(key: str, value: str) -> Callable[[Study], None]:
    return lambda study: change_settings(study, {key: value})


def glossary(study: Study) -> None:
    study.glossary_file.write_text("Mallilan Omaiset ry\n", encoding="utf-8")


def roster(study: Study) -> None:
    (study.voices).mkdir()
    (study.voices / "anna.wav").write_bytes(b"her voice")
    enrol(study, {"name": "Anna Esimerkki", "role": "leader", "voice_sample": "anna.wav"})


def session_removed(study: Study) -> None:
    shutil.rmtree(study.recordings / OTHER)


def new_content(study: Study) -> None:
    put(study, "ryhmä/1.wav", take=8)


def new_name(study: Study) -> None:
    put(study, "ryhmä/kopio.wav", take=0)


CHANGES = (
    Change("nothing", {}),
    Change("threads", {}, setting("machine.threads", "1")),
    Change("glossary", everywhere(*FROM_WORDS), glossary, besides=REPLACED),
    Change(
        "Whisper model",
        everywhere("detect_language", *FROM_WORDS),
        setting("transcription.model", "another"),
        besides=REPLACED,
    ),
    # what was long enough is not decoded again; the rows say by which settings they were made
    Change("least duration", everywhere(*ROWS), setting("intake.min_duration_s", "2")),
    Change(
        "step of diarisation",
        everywhere(*ALL[1:]),
        setting("diarisation.step", "0.5"),
        besides=WHO | REPLACED,
    ),
    # no silence here is so long: turns are cut anew, and are the same
    Change("lapse", everywhere("assemble", "correct", *ROWS), setting("turns.lapse_s", "5")),
    Change(
        "language of pseudonyms",
        everywhere("pseudonymise", *ROWS),
        setting("anonymisation.labels", "en"),
    ),
    Change(
        "roster of a group", dict.fromkeys((FIRST, SECOND), PEOPLE), roster, besides=WHO | REPLACED
    ),
    Change("person named", dict.fromkeys((FIRST, SECOND), PEOPLE), name_person, besides=WHO),
    Change("turn edited", {FIRST: FROM_TURNS}, edit_turn, besides=REPLACED),
    Change("same place, new content", {"G07-S03": ALL}, new_content, besides=WHO | REPLACED),
    Change("same content, new name", {}, new_name),
    Change("session removed", {}, session_removed),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_exactly_what_a_change_asks_for(runs: Runs, study: Study, change: Change) -> None:
    change.does(study)
    assert runs.run(study) == []
    assert runs.carried_out == {s: [*stages] for s, stages in change.expected.items()}
    assert runs.besides == change.besides
    assert runs.run(study) == []
    assert runs.carried_out == {} and runs.besides == set()
    have = {recording.session_id for recording in accepted.sessions(study)}
    assert {file.stem for file in (study.dataset / "turns").iterdir()} == have


def test_a_first_run_carries_out_everything_once(runs: Runs, tmp_path: Path) -> None:
    assert runs.run(inbox_study(tmp_path)) == []
    assert runs.carried_out == {session: [*ALL] for session in SESSIONS}
    assert runs.besides == {"who_is_who", "number_names", "replace_names"}


def test_after_a_crash_what_was_done_is_kept(
    runs: Runs, study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stage that falls over, in one session alone; the other sessions are finished."""
    crashed = inbox_study(tmp_path / "crashed")
    crashed.key_file.write_bytes(study.key_file.read_bytes())  # the same random draw
    carry_out = make.carry_out

    def falls_over(chain: SessionChain, stage: Stage[Any], *rest: Any) -> object:
        if stage is TRANSCRIBE and chain.recording.session_id == FIRST:
            raise RuntimeError(NAME)
        return carry_out(chain, stage, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(make, "carry_out", falls_over)
        [error] = runs.run(crashed)
    assert isinstance(error, StageCrashError) and NAME not in str(error)
    assert runs.carried_out[FIRST] == ["decode", "diarise", "detect_language"]
    assert runs.carried_out[OTHER] == [*ALL]

    assert runs.run(crashed) == []
    assert runs.carried_out[FIRST] == [*ALL[3:]]
    assert OTHER not in runs.carried_out
    assert tables(crashed) == tables(study)


def test_what_is_dropped_while_a_run_is_at_work_is_taken_in_by_it(
    runs: Runs, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stillness, "QUIET_S", 0.0)
    put(study, "ryhmä/3.wav", take=8)
    runs.at["diarise"] = lambda: put(study, "ryhmä/4.wav", take=9)
    assert runs.run(study) == []
    assert runs.carried_out == {"G07-S03": [*ALL], "G07-S04": [*ALL]}
    receipt = intake.receipt_of(study.inbox / "ryhmä" / "4.wav")
    assert "In the data set, as session G07-S04" in receipt.read_text(encoding="utf-8")
