"""``vuoro edit``: people correct the turns of a session in a sheet that any spreadsheet opens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.common import (
    DEFAULT_STUDY,
    ApplyOption,
    ByOption,
    StudyOption,
    now,
    opened,
    refuse,
    say,
    unlock,
    user,
)

if TYPE_CHECKING:
    from pipeline.review.turns.round_trip import Applied

IDENTIFIES = (
    "The sheet holds what was really said. Keep it as you keep the recordings, and remove it when "
    "it is no longer needed."
)


def edit(
    session: Annotated[
        str,
        typer.Argument(
            help="The session, e.g. G07-S01, or a turn at which the sheet opens, G07-S01-T12340."
        ),
    ],
    out: Annotated[
        Optional[Path],  # noqa: UP045 (Typer reads it at run time)
        typer.Option(
            help="Write the sheet to fill in: a new .xlsx file; left out, it is in private/edits."
        ),
    ] = None,
    apply: ApplyOption = None,
    by: ByOption = None,
    study: StudyOption = DEFAULT_STUDY,
) -> None:
    """Correct a session's turns: text, speaker, kind; split, merge, delete or add turns."""
    from pipeline.records.turn_ids import session_and_turn
    from pipeline.review.turns.round_trip import apply_turns, write_turns
    from pipeline.study import locks

    session_id, turn = session_and_turn(session)
    place = opened(study)
    unlock(place)
    settings = place.settings()
    if apply is not None:
        with locks.alone(place):
            applied = apply_turns(place, settings, session_id, apply, by=by or user(), at=now())
        _report(applied, session_id)
    if apply is None or out is not None:
        written = write_turns(place, settings, session_id, out, turn)
        say(f"{written.n_rows} row(s) to look at are in {written.file}")
        _say_lost(written.n_lost)
        say(IDENTIFIES)


def _report(applied: Applied, session: str) -> None:
    refuse(applied.problems, f"vuoro edit {session} --out NEW.xlsx")
    if not applied.n_edits:
        say("Nothing new was corrected in this sheet.")
        return
    say(f"{applied.n_edits} correction(s) taken; `vuoro build` brings them into the tables.")
    _say_lost(applied.n_lost)


def _say_lost(n_lost: int) -> None:
    if n_lost:
        say(
            f"{n_lost} correction(s) no longer find their place; a new sheet lists them under "
            "'Hukkuneet - Lost'."
        )
