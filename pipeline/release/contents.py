"""The contents of a release: the data set and what was made from it. Nothing that identifies."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import StudyError
from pipeline.exports.write import forms_in
from pipeline.release.reading import is_readable_output
from pipeline.storage.disk import PENDING
from pipeline.study import Study

DATASET = "dataset"
EXTRAS = ("notebooks", "exports")


@dataclass(frozen=True, slots=True)
class Copied:
    """What was put into the pending folder. ``left_out`` are folders that were not."""

    n_files: int
    n_pictures: int
    left_out: tuple[str, ...] = ()


def copy(study: Study, target: Path, *, extras: bool) -> Copied:
    """Copy the data set and, with ``extras``, the study's notebooks and exports into ``target``.

    Hidden and unfinished files stay behind, as do vuoro's exports, which are made again from what
    is released; pictures are cut out of notebooks, because no machine reads the names in them.

    Raises StudyError where a link lies in a folder, OSError where something cannot be read or
    written.
    """
    folders = dict(
        zip((DATASET, *EXTRAS), (study.dataset, study.notebooks, study.exports), strict=True)
    )
    there = [name for name, folder in folders.items() if folder.is_dir()]
    left_out = () if extras else tuple(name for name in there if name in EXTRAS)
    n_files = n_pictures = 0
    for name in there:
        if name in left_out:
            continue
        made = [folders[name] / form for form in forms_in(folders[name])]
        for file in _files(folders[name]):
            if any(form in file.parents for form in made):
                continue
            copied = target / name / file.relative_to(folders[name])
            copied.parent.mkdir(parents=True, exist_ok=True)
            if file.suffix == ".ipynb":
                n_pictures += _copy_notebook(file, copied)
            else:
                shutil.copyfile(file, copied)
            n_files += 1
    return Copied(n_files, n_pictures, left_out)


def files_of(folder: Path) -> list[Path]:
    """Every file below a folder, in order."""
    return sorted(path for path in folder.rglob("*") if not path.is_dir())


def _files(folder: Path) -> list[Path]:
    found = []
    for at, subfolders, names in os.walk(folder, onerror=_reraise):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        if any(Path(at, name).is_symlink() for name in (*subfolders, *names)):
            raise StudyError(
                "A link lies among what would be released, and may lead to what must not be.",
                "Put the file itself there, or remove the link.",
            )
        found += [Path(at, n) for n in names if not n.startswith(".") and not n.endswith(PENDING)]
    return sorted(found)


def _copy_notebook(file: Path, copied: Path) -> int:
    """Copy a notebook without its pictures; returns their number. A damaged one stays as it is."""
    try:
        notebook = json.loads(file.read_bytes())
        bundles = [bundle for cell in notebook["cells"] for bundle in _bundles(cell)]
        pictures = [(b, kind) for b in bundles for kind in b if not is_readable_output(kind)]
    except (ValueError, KeyError, TypeError, AttributeError):
        shutil.copyfile(file, copied)
        return 0
    for bundle, kind in pictures:
        del bundle[kind]
    copied.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return len(pictures)


def _bundles(cell: dict[str, Any]) -> list[dict[str, Any]]:
    attached = [*cell.get("attachments", {}).values()]
    return [*attached, *(output["data"] for output in cell.get("outputs", []) if "data" in output)]


def _reraise(error: OSError) -> None:
    raise error
