"""``vuoro retry``, ``cancel`` and ``reprocess``: process a recording again, or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.frame import SessionArgument, StudyOption, UnlockedStudyOption
from pipeline.commands.output import say
from pipeline.texts import counted

if TYPE_CHECKING:
    from pipeline.study import Study


def retry(
    study: StudyOption,
    what: Annotated[
        Optional[list[str]],  # noqa: UP045 (Typer reads it at run time)
        typer.Argument(
            metavar="SESSION|FILE",
            help="Sessions, e.g. G07-S01, or names of recordings in quarantine.",
        ),
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Retry all failed and cancelled sessions.")
    ] = False,
) -> None:
    """Retry failed or cancelled sessions and quarantined recordings in the next run."""
    from pipeline.study import accepted, state

    if bool(what) == all_:
        raise typer.BadParameter("Give sessions, names of recordings in quarantine, or --all.")
    sessions = {*accepted.ids(study)}
    if all_:
        brought = [each for each in sorted(sessions) if state.retry(study, each)]
        retried = counted("{n} session will be retried next.", "{n} sessions will be retried next.")
        say(f"{retried.filled(n=len(brought))} {', '.join(brought)}".strip())
        return
    for each in what or []:
        if each not in sessions:
            _bring_back(study, each)
            continue
        failure = state.load(study, each).failure
        if state.retry(study, each):
            say(f"{each} will be retried in the next run.")
            if failure is not None and failure.is_hold:
                say(f"It will wait until this is done: {failure.remedy}")
        else:
            say(f"{each} has neither failed nor been cancelled.")


def cancel(session: SessionArgument, study: StudyOption) -> None:
    """Stop processing a session, within a minute, until `vuoro retry`. Nothing is lost."""
    from pipeline.study import accepted, state

    accepted.recording(study, session)
    state.cancel(study, session)
    say(f"{session} will not be processed. Resume it with `vuoro retry {session}`.")


def reprocess(
    session: SessionArgument,
    study: UnlockedStudyOption,
    from_: Annotated[str, typer.Option("--from", metavar="STAGE", help="The first stage to redo.")],
) -> None:
    """Redo a stage of a session and every later stage. Decisions are kept."""
    from pipeline.operations.clean import reprocess as carry_out

    settings = study.settings()
    stages = carry_out(study, session, from_, settings)
    say(f"The next run will redo these stages of {session}: {', '.join(stages)}.")


def _bring_back(study: Study, what: str) -> None:
    """Move a recording from quarantine back to its group's folder in the inbox."""
    from pipeline import intake
    from pipeline.errors import StudyError, did_you_mean
    from pipeline.records.ids import is_session_id
    from pipeline.study import accepted

    found = intake.in_quarantine(study, what)
    if not found:
        meant = did_you_mean(what, accepted.ids(study))
        raise StudyError(
            f"The study has no session and no quarantined recording '{what}'.",
            f"{meant} List them with `vuoro status`.".strip(),
        )
    if len(found) > 1 and not is_session_id(what):  # a session may have been in several parts
        names = ", ".join(str(file.relative_to(study.quarantine)) for file in found)
        raise StudyError("Several recordings have that name.", f"Rename one of {names}.")
    for file in found:
        intake.put_back(study, file)
    say("The recording is back in the inbox. The next run will try it again.")
