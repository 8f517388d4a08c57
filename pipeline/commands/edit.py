"""``vuoro edit``: corrections of a session's turns, in a sheet for any spreadsheet program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.frame import ByOption, UnlockedStudyOption, now
from pipeline.commands.output import say
from pipeline.commands.sheets import ApplyOption, refuse

if TYPE_CHECKING:
    from pipeline.review.turns.round_trip import Applied

IDENTIFIES = (
    "The sheet holds what was really said. Protect it like the recordings, and delete it when you "
    "no longer need it."
)


def edit(
    session: Annotated[
        str,
        typer.Argument(
            help="A session, e.g. G07-S01; or a turn to open the sheet at, e.g. G07-S01-T12340.",
            metavar="SESSION|TURN",
        ),
    ],
    study: UnlockedStudyOption,
    by: ByOption,
    out: Annotated[
        Optional[Path],  # noqa: UP045 (Typer reads it at run time)
        typer.Option(
            metavar="FILE", help="Write the sheet to a new .xlsx file; default: in private/edits."
        ),
    ] = None,
    apply: ApplyOption = None,
) -> None:
    """Correct a session's turns: text, speaker and kind; split, merge, delete or add turns."""
    from pipeline.records.turn_ids import session_and_turn
    from pipeline.review.turns.round_trip import apply_turns, write_turns
    from pipeline.study import locks

    session_id, turn = session_and_turn(session)
    settings = study.settings()
    if apply is not None:
        with locks.alone(study):
            applied = apply_turns(study, settings, session_id, apply, by=by, at=now())
        _report(applied, session_id)
    if apply is None or out is not None:
        written = write_turns(study, settings, session_id, out, turn)
        say(f"Wrote {written.n_rows} row(s) to {written.file}")
        _say_lost(written.n_lost)
        say(IDENTIFIES)


def _report(applied: Applied, session: str) -> None:
    refuse(applied.problems, f"vuoro edit {session} --out NEW.xlsx")
    if not applied.n_edits:
        say("The sheet has no new corrections.")
        return
    say(f"Saved {applied.n_edits} correction(s). Update the tables with `vuoro build`.")
    _say_lost(applied.n_lost)


def _say_lost(n_lost: int) -> None:
    if n_lost:
        say(
            f"{n_lost} correction(s) no longer match a turn. A new sheet lists them under "
            "'Hukkuneet - Lost'."
        )
