"""``vuoro session``: shows a session, corrects what it is, and settles it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.frame import ByOption, SessionArgument, StudyOption, exclusive, now
from pipeline.commands.output import say

if TYPE_CHECKING:
    from pipeline.records import Recording, SessionKind
    from pipeline.study import Study

DETECT = "detect"


def session(
    session_id: SessionArgument,
    study: StudyOption,
    by: ByOption,
    number: Annotated[
        Optional[int],  # noqa: UP045 (Typer reads it at run time)
        typer.Option(min=1, max=99, help="Number of the meeting, or interview, in its group."),
    ] = None,
    kind: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Kind: meeting or group_interview."),
    ] = None,
    group: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Its group: an id, or a folder in the inbox."),
    ] = None,
    language: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="CODE", help=f"Language of the talk, e.g. fi, or '{DETECT}'."),
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Use the session as it is, after a look.")
    ] = False,
    set_aside: Annotated[
        bool,
        typer.Option(
            "--set-aside", help="Leave the session out: move its recording to quarantine."
        ),
    ] = False,
) -> None:
    """Show a session, or change its number, kind, group or language.

    Nothing is transcribed again, unless the language changes.
    """
    from pipeline.study import accepted

    corrected = (number, kind, group) != (None, None, None)
    if corrected + (language is not None) + accept + set_aside > 1:
        raise typer.BadParameter("Use --language, --accept and --set-aside alone.")
    if accept:
        _accept(study, session_id, by)
    elif set_aside:
        _set_aside(study, session_id)
    elif language is not None:
        _state_language(study, session_id, language)
    elif corrected:
        _correct(study, session_id, number, _kind(kind), group)
    else:
        _describe(study, accepted.recording(study, session_id))


def _kind(kind: str | None) -> SessionKind | None:
    if kind is None:
        return None
    if kind == "meeting":
        return "meeting"
    if kind == "group_interview":
        return "group_interview"
    raise typer.BadParameter("Give meeting or group_interview.", param_hint="--kind")


@contextmanager
def _changing(study: Study) -> Iterator[None]:
    """Hold the study for a change of its sessions, after completing interrupted changes."""
    from pipeline.operations.repair import repair
    from pipeline.study.tombstones import refuse_half_done

    with exclusive(study):
        refuse_half_done(study)
        repair(study)
        yield


def _correct(
    study: Study, session_id: str, number: int | None, kind: SessionKind | None, group: str | None
) -> None:
    from pipeline.operations.renumber import correct

    with _changing(study):
        now = correct(study, session_id, number=number, kind=kind, group=group)
    say(f"{session_id} is now {now.session_id}. Update the tables with `vuoro build`.")


def _state_language(study: Study, session_id: str, language: str) -> None:
    from pipeline.records.languages import LANGUAGES, UNKNOWN, name_of
    from pipeline.study import accepted, state

    if language != DETECT and language not in LANGUAGES:
        raise typer.BadParameter(f"{UNKNOWN.format(language)}.", param_hint="--language")
    stated = "" if language == DETECT else language
    with exclusive(study):
        accepted.state_language(study, session_id, stated)
        state.retry(study, session_id)
    called = f"in {name_of(stated)}" if stated else "in the detected language"
    say(f"{session_id} will be transcribed {called}. Run `vuoro run`.")


def _accept(study: Study, session_id: str, by: str) -> None:
    from pipeline import intake
    from pipeline.study import accepted, outcome

    with exclusive(study):
        found = outcome.accept(study, accepted.recording(study, session_id), by=by, at=now())
        intake.tell_finished(study, found)
    say(f"{session_id} is accepted as it is, and finished.")


def _set_aside(study: Study, session_id: str) -> None:
    from pipeline import intake
    from pipeline.operations.build import document
    from pipeline.study import state

    with _changing(study):
        file = intake.set_session_aside(study, session_id)
        state.finish(study, session_id)
        document(study)
    say(f"{session_id} is no longer in the study. Its recording is now {file}")
    say(f"Return it to the inbox with `vuoro retry {session_id}`.")


def _describe(study: Study, recording: Recording) -> None:
    from pipeline.dataset import files
    from pipeline.records.languages import name_of
    from pipeline.study import state
    from pipeline.study.outcome import SETTLED, outcome

    spoken = f"; language, as stated: {name_of(recording.language)}"
    say(
        f"{recording.session_id}: {recording.kind} {recording.session_number} of "
        f"{recording.group_id}; file {recording.original_name}"
        f"{spoken if recording.language else ''}"
    )
    if failure := state.load(study, recording.session_id).failure:
        say(f"{failure.what} {failure.remedy}".strip())
    if files.file_of(study.dataset, "sessions", recording.session_id).is_file():
        found = outcome(study, recording)
        for remark in found.remarks:
            say(remark.sentence("en"))
        if found.needs_a_look:
            say(str(SETTLED.filled(session_id=recording.session_id)))
