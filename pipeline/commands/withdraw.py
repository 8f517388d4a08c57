"""``vuoro withdraw``: a person who has withdrawn their consent leaves the study."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.common import (
    DEFAULT_STUDY,
    StudyOption,
    now,
    opened,
    problems,
    say,
    unlock,
    warn,
)

NOT_DONE = "That is not the person's id: nothing was removed."


def withdraw(
    person: Annotated[
        str, typer.Argument(help="Who: a person_id of the people table, or of `vuoro group show`.")
    ],
    study: StudyOption = DEFAULT_STUDY,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a person's turns, words, voice and speech. The others' ids stay. For good."""
    from pipeline.people.roster.unconsented import consents
    from pipeline.withdrawal.withdraw import CANNOT, plan
    from pipeline.withdrawal.withdraw import withdraw as carry_out

    place = opened(study)
    settings = place.settings()
    unlock(place)
    planned = plan(place, person, settings)
    say(f"{person} is in {_listed(planned.sessions, 'no session')}.")
    if planned.groups:
        say(f"Of the roster of {_listed(planned.groups, 'no group')}, the pseudonym will be left.")
    if not planned.sessions:
        warn(each.sentence for each in consents(place).people if each.person_id == person)
    say(CANNOT)
    if not yes and typer.prompt(f"Type {person} to remove it for good").strip() != person:
        problems.print(NOT_DONE)
        raise typer.Exit(1)
    try:
        done = carry_out(place, person, settings, now)
    except KeyboardInterrupt:
        say(f"Stopped. `vuoro withdraw {person}` goes on from there; until then nothing else runs.")
        raise typer.Exit(130) from None
    say(f"{person} has left {_listed(tuple(done.sessions), 'the study; no session had them')}.")
    say("Check with `vuoro validate`, and share the data set anew where it was shared.")


def _listed(ids: tuple[str, ...], nothing: str) -> str:
    return ", ".join(ids) or nothing
