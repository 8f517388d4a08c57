"""``vuoro init``: a new study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.output import SafeConsole, say


def init(folder: Annotated[Path, typer.Argument(help="Folder for the new study.")]) -> None:
    """Create a study: its folders, and vuoro.toml with every setting explained."""
    from pipeline.operations.recognisers import advice
    from pipeline.study import Study, create

    is_new = not Study(folder.expanduser().resolve()).exists
    study = create(folder)
    SafeConsole.study = str(folder)
    if not is_new:
        say(f"There is a study at {study.root} already. Nothing was changed.")
        return
    say(f"The study is at {study.root}")
    for sentence in advice(study.settings()):
        say(sentence)
    say(f"Now put recordings into {study.inbox / 'a-group'}")
    say("and type: `vuoro run`")
