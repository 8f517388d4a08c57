"""``vuoro up`` and ``vuoro down``: processing in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.durations import USUALLY, Duration, EveryOption
from pipeline.commands.frame import StudyOption, unlock
from pipeline.commands.output import say

if TYPE_CHECKING:
    from flows.address import Address
    from pipeline.study import Study

HourOption = Annotated[
    int,
    typer.Option(
        "--rebuild-at", metavar="HOUR", min=0, max=23, help="Hour of the nightly `vuoro build`."
    ),
]
PortOption = Annotated[
    Optional[int],  # noqa: UP045 (Typer reads it at run time)
    typer.Option(min=1, max=65_535, help="Port of Prefect's page; default: 4200, or a free one."),
]

HandOutOption = Annotated[
    int,
    typer.Option(
        min=0,
        help="Hand sessions out to workers, also on other machines, in batches of this size; "
        "0: process them here.",
    ),
]


def up(
    study: StudyOption,
    every: EveryOption = USUALLY,
    rebuild_at: HourOption = 3,
    port: PortOption = None,
    hand_out: HandOutOption = 0,
    foreground: Annotated[
        bool, typer.Option("--foreground", help="Stay in this terminal, as services do.")
    ] = False,
) -> None:
    """Run in the background: process new recordings, rebuild nightly. Stop with `vuoro down`.

    It continues when you close the terminal. Start it at boot with `vuoro service install`.
    """
    from flows import address, lab
    from flows import login as page
    from pipeline import intake
    from pipeline.errors import UnreadableError

    plan = lab.Plan(every.seconds, rebuild_at, hand_out, port)
    if there := address.read(study.prefect_home):
        say(f"Up since {there.since}: {page.shown(study.prefect_home, there)}")
        return
    unlock(study)
    try:
        intake.survey(study)
    except UnreadableError as error:  # a share is often connected after the start
        say(str(error))
    if foreground:
        lab.keep(study, plan, lambda here: _tell(study, here, every, hand_out))
    else:
        _tell(study, lab.start(study, plan), every, hand_out)


def down(study: StudyOption) -> None:
    """Stop processing in the background. Finished work is kept."""
    from flows import lab

    if lab.stop(study):
        say("Down. The next `vuoro up` or `vuoro run` continues unfinished sessions.")
    else:
        say("It was not up.")


def _tell(study: Study, here: Address, every: Duration, hand_out: int) -> None:
    from flows import login as page

    say(f"Up. See what runs: {page.shown(study.prefect_home, here)}")
    say(f"Looking at the inbox every {every}.")
    if hand_out:
        say(f"Sessions wait for workers. Start one with `vuoro worker --study {study.root}`.")
