"""``vuoro retry``, ``cancel`` and ``reprocess``: what a user does about a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.common import (
    DEFAULT_STUDY,
    StudyOption,
    opened,
    say,
    unlock,
)

if TYPE_CHECKING:
    from pipeline.study import Study


def retry(
    what: Annotated[
        Optional[list[str]],  # noqa: UP045 (Typer reads it at run time)
        typer.Argument(help="Sessions, e.g. G07-S01, or names of recordings in quarantine."),
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="All sessions that failed or were cancelled.")
    ] = False,
    study: StudyOption = DEFAULT_STUDY,
) -> None:
    """Have the next run try what failed, was cancelled or is in quarantine, without waiting."""
    from pipeline.study import accepted, state

    if bool(what) == all_:
        raise typer.BadParameter("give sessions, names of recordings in quarantine, or --all")
    place = opened(study)
    sessions = {*accepted.ids(place)}
    if all_:
        brought = [each for each in sorted(sessions) if state.retry(place, each)]
        say(f"{len(brought)} session(s) are tried by the next run. {', '.join(brought)}".strip())
        return
    for each in what or []:
        if each not in sessions:
            _bring_back(place, each)
            continue
        failure = state.load(place, each).failure
        if state.retry(place, each):
            say(f"{each} is tried by the next run.")
            if failure is not None and failure.is_hold:
                say(f"It waits again until this is done: {failure.remedy}")
        else:
            say(f"{each} has not failed, and is not cancelled.")


def cancel(
    session: Annotated[str, typer.Argument(help="A session, e.g. G07-S01.")],
    study: StudyOption = DEFAULT_STUDY,
) -> None:
    """Leave a session alone: it is not begun, or stops within a minute. Nothing of it is lost."""
    from pipeline.study import accepted, state

    place = opened(study)
    accepted.recording(place, session)
    state.cancel(place, session)
    say(f"{session} is left alone from now on. `vuoro retry {session}` brings it back.")


def reprocess(
    session: Annotated[str, typer.Argument(help="A session, e.g. G07-S01.")],
    from_: Annotated[
        str, typer.Option("--from", metavar="STAGE", help="The first stage to be made anew.")
    ],
    study: StudyOption = DEFAULT_STUDY,
) -> None:
    """Have a stage of a session, and all that follow from it, made anew. Decisions stay."""
    from pipeline.operations.clean import reprocess as carry_out

    place = opened(study)
    settings = place.settings()
    unlock(place)
    stages = carry_out(place, session, from_, settings)
    say(f"The next run makes anew of {session}: {', '.join(stages)}.")


def _bring_back(study: Study, what: str) -> None:
    """Move a recording from quarantine back to where in the inbox its group's recordings lie."""
    from pipeline import intake
    from pipeline.errors import StudyError
    from pipeline.study.accepted import is_id

    found = intake.in_quarantine(study, what)
    if not found:
        raise StudyError(f"There is no '{what}' in this study.", "`vuoro status` lists what is.")
    if len(found) > 1 and not is_id(what):  # a session may have been in several parts
        names = ", ".join(str(file.relative_to(study.quarantine)) for file in found)
        raise StudyError("There are several of that name.", f"Say which: rename one of {names}.")
    for file in found:
        intake.put_back(study, file)
    say("It is back in the inbox: the next run takes it in, or says again why not.")
