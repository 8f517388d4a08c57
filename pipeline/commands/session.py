"""``vuoro session``: what a session is, corrected, and what a person decides about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.common import (
    DEFAULT_STUDY,
    ByOption,
    StudyOption,
    nobody_at_work,
    now,
    opened,
    say,
    user,
)

if TYPE_CHECKING:
    from pipeline.records import Recording, SessionKind
    from pipeline.study import Study

DETECT = "detect"


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
    language: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help=f"Language of the talk, e.g. fi; '{DETECT}' to have it detected."),
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="It was looked at: use it as it is.")
    ] = False,
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="Do not use it: move the recording to quarantine.")
    ] = False,
    by: ByOption = None,
    study: StudyOption = DEFAULT_STUDY,
) -> None:
    """Show a session; change its number, kind, group or language; settle one that needs a look."""
    from pipeline.study import accepted

    place = opened(study)
    corrected = (number, kind, group) != (None, None, None)
    if corrected + (language is not None) + accept + set_aside > 1:
        raise typer.BadParameter("Correct, --language, --accept and --set-aside: one at a time.")
    if accept:
        _accept(place, session_id, by or user())
    elif set_aside:
        _set_aside(place, session_id)
    elif language is not None:
        _state_language(place, session_id, language)
    elif corrected:
        _correct(place, session_id, number, _kind(kind), group)
    else:
        _describe(place, accepted.recording(place, session_id))


def _kind(kind: str | None) -> SessionKind | None:
    if kind is None:
        return None
    if kind == "meeting":
        return "meeting"
    if kind == "group_interview":
        return "group_interview"
    raise typer.BadParameter("Say meeting or group_interview.", param_hint="--kind")


def _correct(
    study: Study, session_id: str, number: int | None, kind: SessionKind | None, group: str | None
) -> None:
    from pipeline.operations.renumber import correct
    from pipeline.operations.repair import repair
    from pipeline.study.tombstones import refuse_half_done

    with nobody_at_work(study):
        refuse_half_done(study)
        repair(study)
        now = correct(study, session_id, number=number, kind=kind, group=group)
    say(f"{session_id} is {now.session_id} now. Run `vuoro build` to bring the tables up to date.")


def _state_language(study: Study, session_id: str, language: str) -> None:
    from pipeline.records.languages import LANGUAGES, UNKNOWN, name_of
    from pipeline.study import accepted, state

    if language != DETECT and language not in LANGUAGES:
        raise typer.BadParameter(f"{UNKNOWN.format(language)}.", param_hint="--language")
    stated = "" if language == DETECT else language
    with nobody_at_work(study):
        accepted.state_language(study, session_id, stated)
        state.retry(study, session_id)
    called = f"in {name_of(stated)}" if stated else "in the language that is detected"
    say(f"{session_id} is transcribed {called}: run `vuoro run`.")


def _accept(study: Study, session_id: str, by: str) -> None:
    from pipeline import intake
    from pipeline.study import accepted, outcome

    with nobody_at_work(study):
        found = outcome.accept(study, accepted.recording(study, session_id), by=by, at=now())
        intake.tell_finished(study, found)
    say(f"{session_id} is used as it is, and counts as finished.")


def _set_aside(study: Study, session_id: str) -> None:
    from pipeline import intake
    from pipeline.operations.build import document
    from pipeline.operations.repair import repair
    from pipeline.study import state
    from pipeline.study.tombstones import refuse_half_done

    with nobody_at_work(study):
        refuse_half_done(study)
        repair(study)
        file = intake.set_session_aside(study, session_id)
        state.finish(study, session_id)
        document(study)
    say(f"{session_id} is no longer in the study. Its recording: {file}")
    say(f"`vuoro retry {session_id}` puts it back into the inbox.")


def _describe(study: Study, recording: Recording) -> None:
    from pipeline.dataset import files
    from pipeline.records.languages import name_of
    from pipeline.study import state
    from pipeline.study.outcome import SETTLED, outcome

    spoken = f"; its language, as stated: {name_of(recording.language)}"
    say(
        f"{recording.session_id}: {recording.kind} {recording.session_number} of "
        f"{recording.group_id}; its file was {recording.original_name}"
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
