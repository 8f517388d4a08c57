"""Write exports, and update existing ones: only files whose tables have changed."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.exports.forms import FORMS
from pipeline.exports.source import Target, sources
from pipeline.storage.digests import digest
from pipeline.storage.disk import PENDING, clear_pending, os_errors, sync, write_atomically
from pipeline.study import Study

EDITION = 8  # raise it when the same tables would give other files
_MADE = ".made.json"  # the tables from which each file was created


def export(dataset: Path, folder: Path, forms: Collection[str]) -> list[str]:
    """Write a data set into ``folder`` in these formats, or update the existing files.

    A file is written by one rename, and only if its tables have changed. Returns what could not be
    put into a file, one sentence each.

    Raises DatasetError if a file of the data set is damaged, TransientError if something cannot be
    read or written.
    """
    found = sources(dataset)
    notes = []
    for form in FORMS:
        if form in forms:
            notes += _bring_up_to_date(folder / form, [*FORMS[form].targets(found)])
    return notes


def forms_in(folder: Path) -> list[str]:
    """The formats exported into a folder before."""
    return [form for form in FORMS if (folder / form / _MADE).is_file()]


def remove_exports(study: Study) -> None:
    """Remove all exports of a study: they hold what the data set held. Raises TransientError."""
    with os_errors("removing exports"):
        for form in forms_in(study.exports):
            shutil.rmtree(study.exports / form)


def forget(folder: Path) -> None:
    """Remove what only serves to update exports. Raises TransientError."""
    with os_errors("removing what exports are not about"):
        for form in forms_in(folder):
            (folder / form / _MADE).unlink()


def _bring_up_to_date(folder: Path, targets: Sequence[Target]) -> list[str]:
    with os_errors("writing exports"):
        folder.mkdir(parents=True, exist_ok=True)
        clear_pending(folder)
        before = _made(folder)
        now: dict[str, Any] = {}
        for target in targets:
            tables = [[source.table.name, source.digest] for source in target.sources]
            of = digest([EDITION, __version__, tables])
            file = folder / target.place
            known = before.get(target.place, {})
            notes = known.get("notes", [])
            if known.get("of") != of or not file.is_file():
                with _replacing(file) as pending:
                    notes = target.write(pending)
            now[target.place] = {"of": of, "notes": notes}
        for place in before.keys() - now.keys():
            (folder / place).unlink(missing_ok=True)
        if now != before:
            write_atomically(folder / _MADE, json.dumps(now, indent=1, sort_keys=True).encode())
    return [note for made in now.values() for note in made["notes"]]


def _made(folder: Path) -> dict[str, Any]:
    """What was written here before; {} if unknown, and then everything is written again."""
    try:
        made = json.loads((folder / _MADE).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return made if isinstance(made, dict) else {}


@contextmanager
def _replacing(file: Path) -> Iterator[Path]:
    """A path to write to; at the end it replaces the file by one rename."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(PENDING, ".vuoro-", file.parent) as folder:
        pending = Path(folder) / file.name
        yield pending
        sync(pending)
        pending.replace(file)
