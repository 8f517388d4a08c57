"""``vuoro edit``: corrections of a session's turns, in a sheet for any spreadsheet program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from pipeline.commands.frame import ByOption, UnlockedStudyOption, now
from pipeline.commands.sheets import ApplyOption, say_applied, say_lost, say_written
from pipeline.texts import counted


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
        corrections = counted("{n} correction", "{n} corrections")
        say_applied(applied, corrections, f"vuoro edit {session_id} --out NEW.xlsx")
    if apply is None or out is not None:
        written = write_turns(study, settings, session_id, out, turn)
        say_written(written.n_rows, written.file, "what was really said")
        say_lost(written.n_lost)
