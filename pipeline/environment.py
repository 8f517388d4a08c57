"""What the machine's environment may not decide, and what libraries must find before they load.

Nothing of a study leaves the machine, whatever is imported: several libraries report to their
makers unless a variable forbids it, one of them in code below Python. Only `vuoro models pull` goes
online, in processes of its own where a library reads at import whether it may.

``prepare`` runs when ``pipeline`` is imported: before any of those libraries, however vuoro is
entered. It imports next to nothing.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

CLOSED = {
    "DO_NOT_TRACK": "1",
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime, which comes with faster-whisper and pyannote
    "PYANNOTE_METRICS_ENABLED": "0",
    "OTEL_SDK_DISABLED": "true",  # by which pyannote and Prefect would report
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}
# Hugging Face's, but for the token that `vuoro models pull` needs; Python's own; torch's by which
# any pickle would be loaded
_NOT_OURS = ("HF_", "HUGGINGFACE_", "HUGGING_FACE_", "PYTHON", "TORCH_FORCE_")
_KEPT = ("HF_TOKEN",)
# JupyterLab brings it: a grammar of web addresses that takes seconds to load. jsonschema, which
# Prefect loads, does without it; neither Prefect nor vuoro has it check an address.
_SLOW = "rfc3987_syntax"
# threads that wait should sleep: spinning ones make a busy machine many times slower
_THREADS = {"OMP_WAIT_POLICY": "PASSIVE"}


def prepare() -> None:
    """Leave out what the user's environment says to Python and to the libraries."""
    _ours_first(os.environ.get("PYTHONPATH", ""))
    if os.environ.get("PYTHONWARNINGS"):
        warnings.resetwarnings()
        warnings.simplefilter("ignore")
    for name in [*os.environ]:
        if name.startswith(_NOT_OURS) and name not in _KEPT:
            del os.environ[name]
    os.environ.update(CLOSED)
    sys.modules[_SLOW] = None  # type: ignore[assignment]  # "not there", as the import system has it
    for name, value in _THREADS.items():
        os.environ.setdefault(name, value)


def without_proxies() -> None:
    """From now on this process and those that it starts speak to servers directly."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]
    os.environ["NO_PROXY"] = "*"  # where the system has a proxy of its own, this outranks it


def _ours_first(python_path: str) -> None:
    """Have modules from PYTHONPATH found after those that are installed with vuoro."""
    theirs = {Path(folder).absolute() for folder in python_path.split(os.pathsep) if folder}
    sys.path.sort(key=lambda folder: bool(folder) and Path(folder).absolute() in theirs)
