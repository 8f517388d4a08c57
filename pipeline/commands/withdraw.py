"""``vuoro withdraw``: removes a person who has withdrawn their consent."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.commands.frame import (
    UnlockedStudyOption,
    YesOption,
    confirm_by_typing,
    interruptible,
    now,
)
from pipeline.commands.output import say, warn

NOT_DONE = "The id does not match. Nothing was removed."


def withdraw(
    person: Annotated[
        str,
        typer.Argument(
            metavar="PERSON", help="A person_id, from the people table or `vuoro group show`."
        ),
    ],
    study: UnlockedStudyOption,
    yes: YesOption = False,
) -> None:
    """Remove a person's turns, words, voice and speech for good. Others keep their ids."""
    from pipeline.people.roster.unconsented import consents
    from pipeline.withdrawal.withdraw import CANNOT, plan
    from pipeline.withdrawal.withdraw import withdraw as carry_out

    settings = study.settings()
    planned = plan(study, person, settings)
    say(f"{person} is in {_listed(planned.sessions, 'no session')}.")
    if planned.groups:
        say(f"The roster of {_listed(planned.groups, 'no group')} will keep only the pseudonym.")
    if not planned.sessions:
        warn(each.sentence for each in consents(study).people if each.person_id == person)
    say(CANNOT)
    confirm_by_typing(person, f"Type {person} to remove this person for good", NOT_DONE, yes)
    with interruptible(
        f"Stopped. Finish with `vuoro withdraw {person}`; until then nothing else runs."
    ):
        done = carry_out(study, person, settings, now)
    say(f"Removed {person} from {_listed(tuple(done.sessions), 'the study, not in any session')}.")
    say("Check the data set with `vuoro validate`, and replace every shared copy of it.")


def _listed(ids: tuple[str, ...], nothing: str) -> str:
    return ", ".join(ids) or nothing
