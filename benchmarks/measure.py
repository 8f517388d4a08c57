"""Run one system on one recording, in a process and, for peers, an environment of its own.

For a peer the recording is decoded here, by our decoder: its time is the peer's stage ``decode``,
its memory is not counted.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.material import Material
from benchmarks.output import Output, Request
from benchmarks.systems import OURS, decoded, request

ROOT = Path(__file__).parents[1]
INSTALLED = ".installed"  # what make leaves in a complete environment


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a system gave no output, in one sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class Bench:
    """Where peers' environments are (``.venv-whisperx``, …) and the settings of all systems."""

    environments: Path = ROOT
    language: str | None = None
    hub: bool = False

    def missing(self, system: str) -> Failure | None:
        """Why a system cannot run here at all; None if it can."""
        if system in OURS or (self._environment(system) / INSTALLED).is_file():
            return None
        return Failure(f"is not installed: `make bench-{system}` does it.")

    def run(self, material: Material, system: str) -> Output | Failure:
        """What a system finds in a recording, the language given if it is known."""
        language = material.language or self.language
        with TemporaryDirectory() as name:
            folder, output = Path(name), Output()
            if system not in OURS:
                with output.timed("decode"):
                    output.audio_s = decoded(material.recording, folder).duration_s
            wanted = request(material.recording, folder / "audio.wav", language, self.hub)
            found = self._child(system, wanted, folder)
        if isinstance(found, Output) and system not in OURS:
            found.audio_s = output.audio_s
            found.wall_s = output.wall_s | found.wall_s
            found.cpu_s = output.cpu_s | found.cpu_s
        return found

    def _child(self, system: str, wanted: Request, folder: Path) -> Output | Failure:
        question, answer = folder / "request.json", folder / "output.json"
        wanted.write(question)
        ours = [sys.executable, "-W", "ignore", "-m", "benchmarks.systems", system]
        peer = [str(self._python(system)), "-W", "ignore", "-m", f"benchmarks.peers.{system}"]
        process = subprocess.run(
            [*(ours if system in OURS else peer), str(question), str(answer)],
            cwd=ROOT,
            env=self._variables(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            check=False,
        )
        if process.returncode == 0:
            return Output.read(answer)
        said = process.stderr.strip().splitlines() or [f"exit status {process.returncode}"]
        return Failure(f"failed: {said[-1]}")

    def _variables(self) -> dict[str, str]:
        """For all alike: waiting threads that spin would count as work; nothing is reported."""
        quiet = {"OMP_WAIT_POLICY": "PASSIVE", "PYANNOTE_METRICS_ENABLED": "0"}
        offline = {} if self.hub else {"HF_HUB_OFFLINE": "1"}
        return os.environ | quiet | offline

    def _python(self, system: str) -> Path:
        place = Path("Scripts/python.exe") if sys.platform == "win32" else Path("bin/python")
        return self._environment(system) / place

    def _environment(self, system: str) -> Path:
        return self.environments / f".venv-{system}"
