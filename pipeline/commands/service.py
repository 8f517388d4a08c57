"""``vuoro service``: `vuoro up` at boot, without root rights."""

from __future__ import annotations

import typer

from pipeline.commands.durations import USUALLY, EveryOption
from pipeline.commands.frame import Commands, StudyOption
from pipeline.commands.output import say
from pipeline.commands.up import HandOutOption, HourOption, PortOption

app = Commands("service", "Start `vuoro up` at boot.")


@app.command()
def install(
    study: StudyOption,
    every: EveryOption = USUALLY,
    rebuild_at: HourOption = 3,
    port: PortOption = None,
    hand_out: HandOutOption = 0,
) -> None:
    """Install a service for your user (systemd, launchd or Task Scheduler) that runs `vuoro up`."""
    from pipeline.operations.service.install import install as put
    from pipeline.operations.service.install import service_of
    from pipeline.pseudonymisation.key.file import header_of

    options = ["--every", every, "--rebuild-at", str(rebuild_at), "--hand-out", str(hand_out)]
    options += ["--port", str(port)] if port else []
    header = header_of(study.key_file)
    if header and header.lock == "passphrase":
        say(
            "A service cannot ask for the passphrase of the study's key. "
            "Lock it with a key file: `vuoro key change --key-file FILE`."
        )
        raise typer.Exit(1)
    installed = put(study, service_of(study, options))
    say(f"Wrote the service to {installed.file}")
    for note in installed.notes:
        say(note)


@app.command()
def remove(study: StudyOption) -> None:
    """Stop and remove the service. The study is unchanged."""
    from pipeline.operations.service.install import remove as take_away
    from pipeline.operations.service.install import service_of

    removed = take_away(study, service_of(study))
    if removed is None:
        say("This study has no service.")
        return
    say(f"Removed {removed.file}")
    for note in removed.notes:
        say(note)


@app.command()
def status(study: StudyOption) -> None:
    """Show whether this study has a service, and whether it is up."""
    from flows import address
    from flows import login as page
    from pipeline.operations.service.install import file_of, service_of

    file = file_of(study, service_of(study))
    say(f"Service: {file}" if file.exists() else "This study has no service.")
    here = address.read(study.prefect_home)
    shown = here and page.shown(study.prefect_home, here)
    say(f"Up since {here.since}: {shown}" if here else "Not up.")
