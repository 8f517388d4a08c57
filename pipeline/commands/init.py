"""``vuoro init``: a new study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.output import say


def init(folder: Annotated[Path, typer.Argument(help="Folder for the new study.")]) -> None:
    """Create a study: its folders, and vuoro.toml with every setting explained."""
    from pipeline.study import create

    study = create(folder)
    say(f"The study is at {study.root}")
    say(f"Now put recordings into {study.inbox / 'a-group'}")
    say(f"and type: vuoro run --study {folder}")
