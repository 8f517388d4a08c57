"""The state of a study: what each session waits for and what is in quarantine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline import intake
from pipeline.chain import unfinished
from pipeline.dataset import files
from pipeline.settings import Settings
from pipeline.study import Study


@dataclass(frozen=True, slots=True)
class State:
    """One recording: where it is and what to do next. ``name`` is its file name: private."""

    session_id: str
    name: str
    state: str
    next: str


def overview(study: Study, settings: Settings) -> list[State]:
    """Every session, then what waits in the inbox, then what is in quarantine."""
    waiting = unfinished(study, settings, verify=False)
    states = [
        State(
            recording.session_id,
            recording.original_name,
            f"waits for: {', '.join(waiting[recording.session_id])}"
            if recording.session_id in waiting
            else "in the data set",
            "vuoro run" if recording.session_id in waiting else "",
        )
        for recording in intake.sessions(study)
    ]
    for file in intake.waiting(study):
        told = intake.receipt_of(file).is_file()  # it was tried, and stayed
        state = "waits in the inbox" if told else "in the inbox"
        states.append(State("", file.name, state, "read its receipt" if told else "vuoro run"))
    states += [
        State("", reason.name.removesuffix(intake.REASON), "in quarantine", "read its reason there")
        for reason in sorted(study.quarantine.rglob(f"*{intake.REASON}"))
    ]
    return states


TOTALS = ("duration_s", "language", "n_people", "n_turns", "n_minimal_responses", "n_words")


def totals(study: Study, session_id: str) -> dict[str, Any]:
    """What the data set says of a session as a whole: {column: value} of ``TOTALS`` and flags."""
    row = files.read(files.file_of(study.dataset, "sessions", session_id)).to_pylist()[0]
    return {name: row[name] for name in TOTALS} | {"flags": ", ".join(row["flags"])}
