"""``vuoro up`` and ``vuoro down``: the inbox is looked after by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.common import DEFAULT_STUDY, StudyOption, opened, say, unlock

if TYPE_CHECKING:
    from flows.address import Address
    from flows.lab import Plan
    from pipeline.study import Study

UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

EveryOption = Annotated[
    str, typer.Option(help="How often to look at the inbox: 30s, 5m, 1h or 1d.")
]
HourOption = Annotated[
    int,
    typer.Option(
        "--rebuild-at", min=0, max=23, help="Hour of the night at which `vuoro build` runs."
    ),
]
PortOption = Annotated[
    Optional[int],  # noqa: UP045 (Typer reads it at run time)
    typer.Option(
        min=1, max=65_535, help="Port of Prefect's pages; 4200, or any that is free, if left out."
    ),
]

HandOutOption = Annotated[
    int,
    typer.Option(
        min=0,
        help="Hand sessions out to workers, here and on other machines, in batches of so many; "
        "0: process them here.",
    ),
]


def up(
    study: StudyOption = DEFAULT_STUDY,
    every: EveryOption = "5m",
    rebuild_at: HourOption = 3,
    port: PortOption = None,
    hand_out: HandOutOption = 0,
    foreground: Annotated[
        bool, typer.Option("--foreground", help="Stay in this terminal; services use it.")
    ] = False,
) -> None:
    """Look after the inbox from now on: take in, process, rebuild at night; `vuoro down` ends it.

    It goes on when the terminal is closed, until the computer is shut down; `vuoro service
    install` brings it up again with the computer.
    """
    from flows import address, lab
    from flows import login as page
    from pipeline import intake
    from pipeline.errors import UnreadableError

    at = opened(study)
    asked = plan(every, rebuild_at, port, hand_out)
    if there := address.read(at.prefect_home):
        say(f"It is up since {there.since}: {page.shown(at.prefect_home, there)}")
        return
    unlock(at)
    try:
        intake.survey(at)
    except UnreadableError as error:  # it may come: a share is often connected after the start
        say(str(error))
    if foreground:
        lab.keep(at, asked, lambda here: _tell(at, here, every, hand_out))
    else:
        _tell(at, lab.start(at, asked), every, hand_out)


def down(study: StudyOption = DEFAULT_STUDY) -> None:
    """Stop looking after the inbox. What is done of a session at work is kept."""
    from flows import lab

    if lab.stop(opened(study)):
        say("It is down. A session that was at work goes on at the next `vuoro up` or `vuoro run`.")
    else:
        say("It was not up.")


def plan(every: str, rebuild_at: int, port: int | None, hand_out: int) -> Plan:
    """What was asked for. Raises typer.BadParameter if ``every`` is no length of time."""
    from flows.lab import Plan

    return Plan(seconds(every), rebuild_at, hand_out, port)


def seconds(every: str) -> float:
    """``5m`` in seconds. Raises typer.BadParameter if it is no length of time above 5 s."""
    match = re.fullmatch(r"(\d+)\s*([smhd])", every.strip())
    if match is None or (found := int(match[1]) * UNITS_S[match[2]]) < 5:
        raise typer.BadParameter("Write it as 30s, 5m, 1h or 1d.", param_hint="--every")
    return float(found)


def _tell(at: Study, here: Address, every: str, hand_out: int) -> None:
    from flows import login as page

    say(f"It is up. What runs: {page.shown(at.prefect_home, here)}")
    say(f"The inbox is looked at every {every}.")
    if hand_out:
        say(f"Sessions wait for workers: vuoro worker --study {at.root}")
