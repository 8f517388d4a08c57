"""A run of a study in a process of its own, on stages that pretend.

`python -m worker STUDY LOG KEYS [N]` starts it. In each session another place is named, so that it
would show in the tables who named them in what order. Each stage is noted in the log as it begins.
In the middle of its Nth session it halts, for others to kill it.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from halting import noted
from pretended import NAME, drawn_by, inbox_study, instead, mentions_of, pretend, put

from pipeline.pseudonymisation.entities import EntityTable
from pipeline.records import Transcript
from pipeline.stages.hearing import TRANSCRIBE
from pipeline.stages.settling import FIND_NAMES
from pipeline.study import Study
from pipeline.study.listener import Listener

PLACES = ("Ahola", "Kuusela", "Peltola", "Rantala", "Mäkelä", "Saarela")
TAKES_S = 0.2


def study_of(root: Path, n_sessions: int) -> Study:
    """A study with so many recordings of two groups in its inbox, and a key of its own."""
    study = inbox_study(root)
    for number in range(3, n_sessions):
        put(study, f"{'ryhmä' if number % 2 else 'muu'}/{number}.wav", number)
    EntityTable(audit_key="07" * 32).save(study)
    return study


def main(root: Path, log: Path, keys: str, halts_in: int = 0) -> None:
    from flows.run import run_study

    os.environ["VUORO_KEYS"] = keys  # and not those of this process
    patch = pytest.MonkeyPatch()
    pretend(patch)
    instead(patch, TRANSCRIBE, partial(_transcribe, TRANSCRIBE.run))
    instead(patch, FIND_NAMES, lambda correct, **_: mentions_of(correct.conversation, PLACES))

    heard = count(1)

    def note(session_id: str, stage: str) -> None:
        with log.open("a") as stream:
            stream.write(f"{session_id} {stage}\n")
        if stage == TRANSCRIBE.name and next(heard) == halts_in:
            threading.Event().wait()

    noted(patch, note)
    run_study(Study(root), Listener())


def _transcribe(pretended: Callable[..., Transcript], **read: Any) -> Transcript:
    time.sleep(TAKES_S)
    said = pretended(**read)
    place = PLACES[drawn_by(read["decode"]) % len(PLACES)]
    words = [replace(w, text=place) if w.text == NAME else w for w in said.words]
    return replace(said, words=tuple(words))


if __name__ == "__main__":
    root, log_file, where_keys, *halts_in = sys.argv[1:]
    main(Path(root), Path(log_file), where_keys, *map(int, halts_in))
