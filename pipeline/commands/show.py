"""``vuoro show`` and ``clip``: what was said in a session, to read and to listen to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from pipeline.commands.frame import SessionArgument, StudyOption
from pipeline.commands.output import say
from pipeline.exports.transcript import Format
from pipeline.storage.harmless import harmless


def show(
    session: SessionArgument,
    study: StudyOption,
    format_: Annotated[
        Format, typer.Option("--format", help="Form of the transcript.")
    ] = Format.txt,
) -> None:
    """Show a session's transcript as published, with pseudonyms."""
    from pipeline.exports.transcript import WRITERS, published_turns
    from pipeline.operations.built import require_built
    from pipeline.operations.reviewed import review_of

    require_built(study, session)
    turns = published_turns(study.dataset, session)
    typer.echo(harmless(WRITERS[format_](turns, review_of(study, session).sentence())))


def clip(
    turn_id: Annotated[
        str, typer.Argument(metavar="TURN", help="A turn from `vuoro show`, e.g. G07-S01-T12340.")
    ],
    study: StudyOption,
    out: Annotated[
        Optional[Path],  # noqa: UP045 (Typer reads it at run time)
        typer.Option(metavar="FILE", help="File to write; default: private/clips/."),
    ] = None,
) -> None:
    """Write the sound of a turn as a WAV file. A voice identifies: handle it like the recording."""
    from pipeline.operations.listen import clip_of_turn

    say(str(clip_of_turn(study, turn_id, out)))
