"""Running the real command line on real studies, for the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from traced import Trace, run_traced

from pipeline.study import Study, create

TELEPHONE = Path(find_spec("pyannote.audio").origin).parent / "sample"  # type: ignore[union-attr, arg-type]

# Numbers are drawn at random; with these in place, two studies draw alike.
GROUPS = '{"kanaria": "G07"}'

# Where the secrets of the studies' keys lie, for all tests of a run: nothing is left at home.
KEYS = Path(tempfile.mkdtemp(prefix="vuoro-keys-"))
os.environ["VUORO_KEYS"] = str(KEYS)

COMMAND = [sys.executable, "-W", "ignore", "-c", "from pipeline.commands.cli import main; main()"]


def telephone_study(root: Path, name: str = "puhelu.wav") -> Study:
    """A study with the real telephone recording in its inbox."""
    study = create(root)
    study.groups_file.write_text(GROUPS, encoding="utf-8")
    study.groups_file.chmod(0o600)
    target = study.inbox / "kanaria" / name
    target.parent.mkdir()
    shutil.copy(TELEPHONE / "sample.wav", target)
    return study


def environment(**extra: str) -> dict[str, str]:
    """The tests' environment without settings of the person who runs them."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("VUORO_", "PREFECT_"))}
    if models := os.environ.get("VUORO_MODELS"):
        kept["VUORO_MODELS"] = models
    return kept | {"OMP_WAIT_POLICY": "PASSIVE", "VUORO_KEYS": str(KEYS)} | extra


def vuoro(study: Study, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run a command of vuoro on a study to its end."""
    return subprocess.run(
        [*COMMAND, *arguments, "--study", str(study.root)],
        env=environment(**extra),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def start(study: Study, *arguments: str, **extra: str) -> subprocess.Popen[str]:
    """Start a command of vuoro on a study, in a process group of its own."""
    return subprocess.Popen(
        [*COMMAND, *arguments, "--study", str(study.root)],
        env=environment(**extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@dataclass(frozen=True)
class Ran:
    """A study, the run that finished it, and what it asked of the network."""

    study: Study
    process: subprocess.CompletedProcess[str]
    trace: Trace


def telephone_ran(root: Path) -> Ran:
    """The telephone study after a run that could reach nothing but this machine."""
    (root / "tmp").mkdir()
    study = telephone_study(root / "study", name="Dianen puhelu.wav")
    command = [*COMMAND, "run", "--study", str(study.root)]
    trace, process = run_traced(command, environment(TMPDIR=str(root / "tmp")))
    return Ran(study, process, trace)
