"""``vuoro service``: `vuoro up` comes with the computer, without root rights."""

from __future__ import annotations

import typer

from pipeline.commands.common import DEFAULT_STUDY, StudyOption, opened, say
from pipeline.commands.up import EveryOption, HandOutOption, HourOption, PortOption, seconds

app = typer.Typer(help="Bring `vuoro up` up with the computer.", no_args_is_help=True)


@app.command()
def install(
    study: StudyOption = DEFAULT_STUDY,
    every: EveryOption = "5m",
    rebuild_at: HourOption = 3,
    port: PortOption = None,
    hand_out: HandOutOption = 0,
) -> None:
    """Write a service of yours (systemd, launchd or Task Scheduler) that runs `vuoro up`."""
    from pipeline.operations.service.install import install as put
    from pipeline.operations.service.install import service_of
    from pipeline.pseudonymisation.key.file import header_of

    at = opened(study)
    seconds(every)
    options = ["--every", every, "--rebuild-at", str(rebuild_at), "--hand-out", str(hand_out)]
    options += ["--port", str(port)] if port else []
    header = header_of(at.key_file)
    if header and header.lock == "passphrase":
        say(
            "Nobody types the passphrase of the study's key for a service: "
            "`vuoro key` tells how to lock it with a key file instead."
        )
        raise typer.Exit(1)
    installed = put(at, service_of(at, options))
    say(f"The service is in {installed.file}")
    for note in installed.notes:
        say(note)


@app.command()
def remove(study: StudyOption = DEFAULT_STUDY) -> None:
    """Stop the service and take it away. The study stays as it is."""
    from pipeline.operations.service.install import remove as take_away
    from pipeline.operations.service.install import service_of

    at = opened(study)
    removed = take_away(at, service_of(at))
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
    from flows import login as page
    from pipeline.operations.service.install import file_of, service_of

    at = opened(study)
    file = file_of(at, service_of(at))
    say(f"The service is in {file}" if file.exists() else "There is no service of this study.")
    here = address.read(at.prefect_home)
    shown = here and page.shown(at.prefect_home, here)
    say(f"It is up since {here.since}: {shown}" if here else "It is not up.")
