"""``vuoro session``: what a session is, corrected; nothing is heard again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.common import DEFAULT_STUDY, StudyOption, nobody_at_work, opened, say

if TYPE_CHECKING:
    from pipeline.records import Recording


def session(
    session_id: Annotated[str, typer.Argument(metavar="SESSION", help="E.g. G07-S03.")],
    number: Annotated[
        Optional[int],  # noqa: UP045 (Typer reads it at run time)
        typer.Option(min=1, max=99, help="Which meeting, or interview, of the group it is."),
    ] = None,
    kind: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="meeting or group_interview."),
    ] = None,
    group: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="The group that it is of: its id, or its folder in the inbox."),
    ] = None,
    study: StudyOption = DEFAULT_STUDY,
) -> None:
    """Correct which session a recording is, where it was guessed wrong; it is not heard again."""
    from pipeline import intake
    from pipeline.withdrawal.tombstones import refuse_half_done

    asked = None
    if kind is not None:
        asked = next((known for known in ("meeting", "group_interview") if known == kind), None)
        if asked is None:
            raise typer.BadParameter("Say meeting or group_interview.", param_hint="--kind")
    place = opened(study)
    if number is None and asked is None and group is None:
        _describe(intake.recording(place, session_id))
        return
    with nobody_at_work(place):
        refuse_half_done(place)
        intake.repair(place)
        now = intake.correct(place, session_id, number=number, kind=asked, group=group)
    say(f"{session_id} is {now.session_id} now. Run `vuoro build` to bring the tables up to date.")


def _describe(recording: Recording) -> None:
    say(
        f"{recording.session_id}: {recording.kind} {recording.session_number} of "
        f"{recording.group_id}; its file was {recording.original_name}"
    )
