"""``vuoro key …``: how the pseudonyms' key is locked, its export and its end."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.common import (
    DEFAULT_STUDY,
    StudyOption,
    nobody_at_work,
    opened,
    problems,
    say,
)

if TYPE_CHECKING:
    from pipeline.pseudonymisation.key import Header, Secret

app = typer.Typer(
    name="key",
    help="The key of the pseudonyms, private/names.key: who hides behind which.",
    no_args_is_help=True,
)

NEW_PASSPHRASE_VARIABLE = "VUORO_NEW_PASSPHRASE"
SHORT_PASSPHRASE = 12

IDENTIFIES = (
    "Whoever has this file can tell who everybody in the data set is. Keep it as you keep the "
    "recordings, and remove it when it is no longer needed."
)
DESTROYING = """\
When the key is destroyed:
- no pseudonym can be traced to a name by the key again, by anybody, you included;
- the recordings and raw transcripts in private/ still identify people: they are not touched, and
  beside the data set they show whose pseudonym is whose;
- in sessions processed from then on, the same people get new numbers;
- copies of the key elsewhere (backups, exports, copies of the study) still exist.
If the key was ever locked with this machine's own secret, that secret goes too: nothing locked with
it opens here again, this study's copies included, unless the secret itself is in a backup.
This cannot be undone."""
DESTROYED = (
    "The key is destroyed. Recordings and raw transcripts in private/ still identify people."
)


@app.command()
def show(study: StudyOption = DEFAULT_STUDY) -> None:
    """How the key is locked, where it is and since when; nothing of what it holds."""
    from pipeline.pseudonymisation.key.file import header_of
    from pipeline.pseudonymisation.key.own import without_key

    place = opened(study)
    path = place.key_file
    header = header_of(path)
    if header is None:
        raise without_key(place)
    say(f"key      {path.resolve()}")
    say(f"locked   with {_lock(header)}, since {header.since}")
    if header.lock == "machine":
        say(_whereabouts(header))


@app.command()
def change(
    passphrase: Annotated[
        bool,
        typer.Option(
            "--passphrase",
            help=f"Lock it with a passphrase, asked for or in {NEW_PASSPHRASE_VARIABLE}: what "
            "happens if nothing else is said.",
        ),
    ] = False,
    key_file: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Lock it with what this file holds; later, VUORO_KEY_FILE names it."),
    ] = None,
    machine: Annotated[
        bool,
        typer.Option("--machine", help="Lock it with a secret that vuoro keeps on this machine."),
    ] = False,
    study: StudyOption = DEFAULT_STUDY,
) -> None:
    """Lock the key with another secret. What it holds stays; older copies open with the old one."""
    from pipeline.pseudonymisation.key import KeyFile, Secret
    from pipeline.pseudonymisation.key.file import secret_in_use
    from pipeline.pseudonymisation.key.own import without_key

    if passphrase + machine + (key_file is not None) > 1:
        raise typer.BadParameter("give one of --passphrase, --key-file and --machine")
    place = opened(study)
    path = place.key_file
    with nobody_at_work(place):
        key = KeyFile(path, secret_in_use(path, _prompt()))
        if key.read() is None:  # before a new passphrase is asked for
            raise without_key(place)
        if key_file is not None:
            new = Secret.key_file(key_file)
        else:
            new = Secret.machine() if machine else _new_passphrase()
        _warn(new)
        key.change(new)
    say("The key is locked anew. Copies made before, e.g. in backups, open with the old secret.")
    say(_from_now_on(new))


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="Where to write it: a .json or .csv file.")],
    study: StudyOption = DEFAULT_STUDY,
) -> None:
    """Write the names and their numbers in clear. It identifies everybody: keep it safe."""
    from pipeline.pseudonymisation.key import KeyFile, find_secret
    from pipeline.pseudonymisation.key.export import export as export_key

    place = opened(study)
    path = place.key_file
    secret = find_secret(path, _prompt())
    _warn(secret)
    export_key(place, KeyFile(path, secret), out)
    say(f"The names are in {out}")
    say(IDENTIFIES)


@app.command()
def restore(
    file: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Argument(help="A copy of the key; the newest that vuoro keeps if left out."),
    ] = None,
    older: Annotated[
        bool, typer.Option("--older", help="Take a copy that is older than the data set, too.")
    ] = False,
    study: StudyOption = DEFAULT_STUDY,
) -> None:
    """Put the key back from a copy. A key that is in its place is set aside."""
    from pipeline.pseudonymisation.key.own import restore as put_back

    place = opened(study)
    with nobody_at_work(place):
        copy = put_back(place, file, _prompt(), older=older)
    say(f"The key is back, from {copy}.")


@app.command()
def destroy(
    study: StudyOption = DEFAULT_STUDY,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove the key for good. Recordings and raw transcripts still identify."""
    from pipeline.pseudonymisation.key import KeyFile, Secret, own
    from pipeline.pseudonymisation.key.file import no_key
    from pipeline.pseudonymisation.key.secret import forget_machine_secret
    from pipeline.storage.disk import clear_pending, os_errors
    from pipeline.study import marks

    place = opened(study)
    path = place.key_file
    lost = marks.load(place).key_id
    if not (os.path.lexists(path) or own.is_missed(place)):
        raise no_key()
    say(DESTROYING)
    if not yes:
        typed = typer.prompt(f"Type the name of the study's folder ({place.root.name}) to do it")
        if typed.strip() != place.root.name:
            problems.print("That is not its name: nothing was destroyed.")
            raise typer.Exit(1)
    with nobody_at_work(place):
        if os.path.lexists(path):
            forgotten = KeyFile(path, Secret.machine()).destroy()  # needs no secret
        else:
            forgotten = forget_machine_secret(lost) if lost else False
        own.forget(place)
        with os_errors("clearing up after interrupted runs"):
            clear_pending(place.private)  # a killed run may have left a copy of the key
    say(DESTROYED)
    if forgotten:
        say("This machine's secret for it is gone too.")


def _prompt() -> Callable[[], str] | None:
    """Asks for the passphrase on a terminal; None where there is nobody to ask."""
    if not sys.stdin.isatty():
        return None
    return lambda: typer.prompt("Passphrase of this study's key", hide_input=True, err=True)


def _new_passphrase() -> Secret:
    from pipeline.errors import StudyError
    from pipeline.pseudonymisation.key import Secret

    text = os.environ.get(NEW_PASSPHRASE_VARIABLE)
    if text is None:
        if not sys.stdin.isatty():
            raise StudyError(
                "There is nobody to ask for the new passphrase.", f"Set {NEW_PASSPHRASE_VARIABLE}."
            )
        text = typer.prompt(
            "New passphrase", hide_input=True, confirmation_prompt="The same again", err=True
        )
    secret = Secret.passphrase(text)
    if len(text) < SHORT_PASSPHRASE:
        problems.print("So short a passphrase can be guessed: four or five words are better.")
    return secret


def _warn(secret: Secret) -> None:
    if secret.note:
        problems.print(secret.note, markup=False, highlight=False, soft_wrap=True)


def _lock(header: Header) -> str:
    names = {
        "passphrase": "a passphrase",
        "key file": "a key file",
        "machine": "a secret that vuoro keeps",
    }
    return names[header.lock]


def _whereabouts(header: Header) -> str:
    """Where this machine's secret is; it is what a backup of the study needs besides."""
    from pipeline.pseudonymisation.key.secret import machine_file

    file = machine_file(header.id)
    if not file.is_file():
        return (
            f"secret   not on this machine, or another user's; where the key was made, its file "
            f"is called {file.name}"
        )
    return (
        f"secret   {file}\n"
        "Keep a copy of the secret in a safe place, apart from the study: without it nobody can "
        "open the key, and a backup of the study alone is not enough."
    )


def _from_now_on(secret: Secret) -> str:
    return {
        "passphrase": "From now on set VUORO_PASSPHRASE; without the passphrase, nobody can open "
        "the key.",
        "key file": "From now on set VUORO_KEY_FILE; without what the file holds, nobody can open "
        "the key.",
        "machine": "From now on it opens by itself, for this user on this machine alone; "
        "`vuoro key show` tells what to keep a copy of.",
    }[secret.lock]
