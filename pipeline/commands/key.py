"""``vuoro key …``: how the pseudonym key is locked, exported, restored and destroyed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.frame import (
    Commands,
    StudyOption,
    YesOption,
    confirm_by_typing,
    exclusive,
    passphrase_prompt,
)
from pipeline.commands.output import say, warn

if TYPE_CHECKING:
    from pipeline.pseudonymisation.key import Header, Secret

app = Commands("key", "Manage the pseudonym key, private/names.key.")

NEW_PASSPHRASE_VARIABLE = "VUORO_NEW_PASSPHRASE"
SHORT_PASSPHRASE = 12

IDENTIFIES = (
    "This file identifies everyone in the data set. Protect it like the recordings, and delete it "
    "when you no longer need it."
)
DESTROYING = """\
Destroying the key means:
- no one, including you, can use it to trace a pseudonym to a name again;
- the recordings and raw transcripts in private/ are kept and still identify people; compared with
  the data set, they show whose pseudonym is whose;
- the same people get new numbers in sessions processed later;
- copies of the key elsewhere (backups, exports, copies of the study) still exist.
If the key was ever locked with this machine's secret, that secret is deleted too: nothing locked
with it, including copies of this study, can be opened here unless you have a backup of the secret.
This cannot be undone."""
DESTROYED = (
    "The key is destroyed. Recordings and raw transcripts in private/ still identify people."
)


@app.command()
def show(study: StudyOption) -> None:
    """Show where the key is and how it is locked. Its contents are not shown."""
    from pipeline.pseudonymisation.key.file import header_of
    from pipeline.pseudonymisation.key.own import without_key

    path = study.key_file
    header = header_of(path)
    if header is None:
        raise without_key(study)
    say(f"key      {path.resolve()}")
    say(f"locked   with {_lock(header)}, since {header.since}")
    if header.lock == "machine":
        say(_whereabouts(header))


@app.command()
def change(
    study: StudyOption,
    passphrase: Annotated[
        bool,
        typer.Option(
            "--passphrase",
            help=f"Lock it with a passphrase (the default): from {NEW_PASSPHRASE_VARIABLE}, or "
            "asked for.",
        ),
    ] = False,
    key_file: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            metavar="FILE",
            help="Lock it with the contents of this file; name it in VUORO_KEY_FILE afterwards.",
        ),
    ] = None,
    machine: Annotated[
        bool,
        typer.Option("--machine", help="Lock it with a secret that vuoro stores on this machine."),
    ] = False,
) -> None:
    """Lock the key with another secret. Older copies still open with the old one."""
    from pipeline.pseudonymisation.key import KeyFile, Secret
    from pipeline.pseudonymisation.key.file import secret_in_use
    from pipeline.pseudonymisation.key.own import without_key

    if passphrase + machine + (key_file is not None) > 1:
        raise typer.BadParameter("Give only one of --passphrase, --key-file and --machine.")
    path = study.key_file
    with exclusive(study):
        key = KeyFile(path, secret_in_use(path, passphrase_prompt()))
        if key.read() is None:  # before asking for a new passphrase
            raise without_key(study)
        if key_file is not None:
            new = Secret.key_file(key_file)
        else:
            new = Secret.machine() if machine else _new_passphrase()
        _warn(new)
        key.change(new)
    say("The key has a new lock. Older copies, e.g. in backups, open with the old secret.")
    say(_from_now_on(new))


@app.command()
def export(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="New .json or .csv file.")],
    study: StudyOption,
) -> None:
    """Export the names and their numbers, unencrypted. Keep the file safe."""
    from pipeline.pseudonymisation.key import KeyFile, find_secret
    from pipeline.pseudonymisation.key.export import export as export_key

    path = study.key_file
    secret = find_secret(path, passphrase_prompt())
    _warn(secret)
    export_key(study, KeyFile(path, secret), out)
    say(f"Wrote the names to {out}")
    say(IDENTIFIES)


@app.command()
def restore(
    study: StudyOption,
    file: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Argument(help="A copy of the key; default: the newest that vuoro keeps."),
    ] = None,
    older: Annotated[
        bool, typer.Option("--older", help="Accept a copy that is older than the data set.")
    ] = False,
) -> None:
    """Restore the key from a copy. A present key is set aside."""
    from pipeline.pseudonymisation.key.own import restore as put_back

    with exclusive(study):
        copy = put_back(study, file, passphrase_prompt(), older=older)
    say(f"Restored the key from {copy}.")


@app.command()
def destroy(study: StudyOption, yes: YesOption = False) -> None:
    """Destroy the key for good. Recordings and raw transcripts still identify people."""
    from pipeline.pseudonymisation.key import KeyFile, Secret, own
    from pipeline.pseudonymisation.key.file import no_key
    from pipeline.pseudonymisation.key.secret import forget_machine_secret
    from pipeline.storage.disk import clear_pending, os_errors
    from pipeline.study import marks

    path = study.key_file
    lost = marks.load(study).key_id
    if not (os.path.lexists(path) or own.is_missed(study)):
        raise no_key()
    say(DESTROYING)
    name = study.root.name
    question = f"Type the name of the study's folder ({name}) to destroy the key"
    confirm_by_typing(name, question, "The name does not match. Nothing was destroyed.", yes)
    with exclusive(study):
        if os.path.lexists(path):
            forgotten = KeyFile(path, Secret.machine()).destroy()  # needs no secret
        else:
            forgotten = forget_machine_secret(lost) if lost else False
        own.forget(study)
        with os_errors("clearing up after interrupted runs"):
            clear_pending(study.private)  # a killed run may have left a copy of the key
    say(DESTROYED)
    if forgotten:
        say("This machine's secret for it is deleted too.")


def _new_passphrase() -> Secret:
    from pipeline.errors import StudyError
    from pipeline.pseudonymisation.key import Secret

    text = os.environ.get(NEW_PASSPHRASE_VARIABLE)
    if text is None:
        if not sys.stdin.isatty():
            raise StudyError(
                "A new passphrase is needed.",
                f"Set {NEW_PASSPHRASE_VARIABLE}, or run this in a terminal.",
            )
        text = typer.prompt(
            "New passphrase", hide_input=True, confirmation_prompt="Repeat it", err=True
        )
    secret = Secret.passphrase(text)
    if len(text) < SHORT_PASSPHRASE:
        warn(["This passphrase is short enough to guess. Use four or five words."])
    return secret


def _warn(secret: Secret) -> None:
    if secret.note:
        warn([secret.note])


def _lock(header: Header) -> str:
    names = {
        "passphrase": "a passphrase",
        "key file": "a key file",
        "machine": "a secret that vuoro keeps",
    }
    return names[header.lock]


def _whereabouts(header: Header) -> str:
    """Say where this machine's secret is: a backup of the study needs it besides."""
    from pipeline.pseudonymisation.key.secret import machine_file

    file = machine_file(header.id)
    if not file.is_file():
        return (
            f"secret   not on this machine, or another user's; its file is called {file.name} "
            "on the machine where the key was made"
        )
    return (
        f"secret   {file}\n"
        "Keep a copy of the secret in a safe place, apart from the study. Without it the key "
        "cannot be opened; a backup of the study is not enough."
    )


def _from_now_on(secret: Secret) -> str:
    return {
        "passphrase": "Set VUORO_PASSPHRASE from now on. Without the passphrase the key cannot be "
        "opened.",
        "key file": "Set VUORO_KEY_FILE from now on. Without the file's contents the key cannot be "
        "opened.",
        "machine": "The key now opens by itself, only for this user on this machine. Back up the "
        "secret that `vuoro key show` names.",
    }[secret.lock]
