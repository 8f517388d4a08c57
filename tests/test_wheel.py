"""The built wheel works by itself: without a checkout, in an environment of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest
from runs import environment

from pipeline import __version__

pytestmark = pytest.mark.packages
ROOT = Path(__file__).parents[1]
SOURCES = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "requirements.txt")
FOLDERS = ("pipeline", "flows", "models", "notebooks", "data/demo", "docs")
BUILD = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"
NOTEBOOKS = [file.name for file in sorted((ROOT / "notebooks").glob("*.ipynb"))]


def run(*command: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    process = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env=environment(PYTHONWARNINGS="ignore", **variables),
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    return process


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `uv build` builds it: from the source distribution, which is built from a copy."""
    folder = tmp_path_factory.mktemp("build")
    copy, sources, wheels = folder / "copy", folder / "sources", folder / "wheels"
    for name in FOLDERS:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in SOURCES:
        shutil.copy(ROOT / name, copy)
    run(sys.executable, "-c", BUILD, sources, cwd=copy)
    with tarfile.open(next(sources.iterdir())) as archive:
        archive.extractall(sources, filter="data")
    unpacked = next(path for path in sources.iterdir() if path.is_dir())
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet"]
    run(*pip, "--wheel-dir", wheels, unpacked, cwd=folder)
    return next(wheels.iterdir())


@pytest.fixture(scope="module")
def bin_(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `vuoro` and Python are, with the wheel installed beside the tests' own dependencies."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    places = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", vars=places))
    theirs = sysconfig.get_path("purelib")
    (packages / "dependencies.pth").write_text(f"{theirs}\n", encoding="utf-8")
    scripts = Path(sysconfig.get_path("scripts", vars=places))
    pip = [sys.executable, "-m", "pip", "--python", scripts / "python", "install", "--quiet"]
    run(*pip, "--no-deps", "--no-index", "--ignore-installed", wheel, cwd=folder)
    return scripts


def test_wheel_holds_the_packages_and_what_comes_with_them_alone(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"pipeline", "flows", "models", f"vuoro-{__version__}.dist-info"}
    shipped = [name for name in names if name.startswith("pipeline/shipped/")]
    assert [Path(name).name for name in sorted(shipped) if name.endswith(".ipynb")] == NOTEBOOKS
    assert sum(name.endswith((".m4a", ".ogg")) for name in shipped) == 2
    assert "pipeline/shipped/build/docs/index.html" in shipped
    for name in ("models/registry.toml", "pipeline/reports/templates/page.html.j2"):
        assert name in names
    assert any(name.endswith("/fi/LC_MESSAGES/vuoro.mo") for name in names)


def test_installed_wheel_runs_from_its_own_files(bin_: Path, tmp_path: Path) -> None:
    assert run(bin_ / "vuoro", "--version", cwd=tmp_path).stdout == f"vuoro {__version__}\n"
    code = """if True:
        import pipeline, flows, models
        from pipeline.commands.notebooks import NOTEBOOKS
        from pipeline.operations.demo import FINNISH
        for place in (*(m.__file__ for m in (pipeline, flows, models)), NOTEBOOKS, FINNISH):
            print(place)
    """
    places = run(bin_ / "python", "-c", code, cwd=tmp_path).stdout.splitlines()
    assert len(places) == 5
    assert all(Path(place).is_relative_to(bin_.parent) for place in places)
    assert all(Path(place).exists() for place in places)


def test_study_is_made_and_looked_at_from_an_empty_folder(bin_: Path, tmp_path: Path) -> None:
    made = run(bin_ / "vuoro", "init", "study", cwd=tmp_path)
    assert "vuoro run" in made.stdout
    seen = run(bin_ / "vuoro", "status", "--study", "study", cwd=tmp_path)
    assert seen.stdout.startswith("0 recordings")


@pytest.mark.models
def test_demo_runs_from_an_empty_folder(bin_: Path, tmp_path: Path) -> None:
    demo = run(bin_ / "vuoro", "demo", cwd=tmp_path)
    assert "3 sessions finished, 0 failed" in demo.stdout
    assert "report, for a browser: " in demo.stdout
    valid = run(bin_ / "vuoro", "validate", "--study", "data/demo-study", cwd=tmp_path)
    assert valid.stdout.startswith("The data set is in order")
