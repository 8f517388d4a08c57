"""Set environment variables that libraries read when they load, and drop those that must not act.

Nothing of a study leaves the machine, whatever is imported: several libraries report to their
makers unless a variable forbids it, one of them in native code. Only `vuoro models pull` goes
online, in separate processes if a library reads the permission at import.

``prepare`` runs when ``pipeline`` is imported: before any of those libraries, however vuoro is
started. It imports almost nothing.
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
    "OTEL_SDK_DISABLED": "true",  # through which pyannote and Prefect would report
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}
# Hugging Face's, except the token that `vuoro models pull` needs; Python's own; torch's variable
# that would load any pickle
_NOT_OURS = ("HF_", "HUGGINGFACE_", "HUGGING_FACE_", "PYTHON", "TORCH_FORCE_")
_KEPT = ("HF_TOKEN",)
# Installed by JupyterLab: a grammar of web addresses that takes seconds to load. jsonschema, which
# Prefect loads, works without it; neither Prefect nor vuoro uses it to check an address.
_SLOW = "rfc3987_syntax"
# waiting threads should sleep: spinning ones make a busy machine many times slower
_THREADS = {"OMP_WAIT_POLICY": "PASSIVE"}


def prepare() -> None:
    """Remove the user's settings for Python and the libraries from the environment; set ours."""
    _ours_first(os.environ.get("PYTHONPATH", ""))
    if os.environ.get("PYTHONWARNINGS"):
        warnings.resetwarnings()
        warnings.simplefilter("ignore")
    for name in [*os.environ]:
        if name.startswith(_NOT_OURS) and name not in _KEPT:
            del os.environ[name]
    os.environ.update(CLOSED)
    sys.modules[_SLOW] = None  # type: ignore[assignment]  # marks it as missing for imports
    for name, value in _THREADS.items():
        os.environ.setdefault(name, value)


def without_proxies() -> None:
    """Connect to servers directly from now on, in this process and those that it starts."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]
    os.environ["NO_PROXY"] = "*"  # overrides a proxy set in the system


def _ours_first(python_path: str) -> None:
    """Make modules on PYTHONPATH come after those installed with vuoro."""
    theirs = {Path(folder).absolute() for folder in python_path.split(os.pathsep) if folder}
    sys.path.sort(key=lambda folder: bool(folder) and Path(folder).absolute() in theirs)
