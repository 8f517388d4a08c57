"""``vuoro service``: `vuoro up` comes with the computer, without root rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from pipeline.commands.common import DEFAULT_STUDY, StudyOption, opened, say
from pipeline.commands.up import EveryOption, HourOption, PortOption, seconds

if TYPE_CHECKING:
    from pipeline.service.definitions import Service
    from pipeline.study import Study

app = typer.Typer(help="Bring `vuoro up` up with the computer.", no_args_is_help=True)


@app.command()
def install(
    study: StudyOption = DEFAULT_STUDY,
    every: EveryOption = "5m",
    rebuild_at: HourOption = 3,
    port: PortOption = None,
) -> None:
    """Write a service of yours (systemd, launchd or Task Scheduler) that runs `vuoro up`."""
    from pipeline.key.file import header_of
    from pipeline.service.install import install as put
    from pipeline.service.install import service_of

    at = opened(study)
    seconds(every)
    header = header_of(at.key_file)
    if header and header.lock == "passphrase":
        say(
            "Nobody types the passphrase of the study's key for a service: "
            "`vuoro key` tells how to lock it with a key file instead."
        )
        raise typer.Exit(1)
    installed = put(at, service_of(at, every, rebuild_at, port))
    say(f"The service is in {installed.file}")
    for note in installed.notes:
        say(note)


@app.command()
def remove(study: StudyOption = DEFAULT_STUDY) -> None:
    """Stop the service and take it away. The study stays as it is."""
    from pipeline.service.install import remove as take_away

    at = opened(study)
    removed = take_away(at, _service(at))
    if removed is None:
        say("There is no service of this study.")
        return
    say(f"Removed {removed.file}")
    for note in removed.notes:
        say(note)


@app.command()
def status(study: StudyOption = DEFAULT_STUDY) -> None:
    """Whether there is a service of this study, and whether it is up."""
    from flows import address
    from pipeline.service.install import file_of

    at = opened(study)
    file = file_of(at, _service(at))
    say(f"The service is in {file}" if file.exists() else "There is no service of this study.")
    here = address.read(at.prefect_home)
    say(f"It is up since {here.since}: {here.page}" if here else "It is not up.")


def _service(study: Study) -> Service:
    """The study's service; where it lies depends on the study alone."""
    from pipeline.service.install import service_of

    return service_of(study, "5m", 3, None)
