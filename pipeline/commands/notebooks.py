"""``vuoro notebooks``: the analyses, in a browser."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from importlib.util import find_spec

from pipeline.commands.frame import STUDY_VARIABLE, StudyOption
from pipeline.errors import StudyError
from pipeline.storage.shipped import SHIPPED

NEEDED = ("jupyterlab", "statsmodels")  # the extra "notebooks"
NOTEBOOKS = SHIPPED / "notebooks"
# JupyterLab asks its makers for news and the package index for newer versions, unless it may not
ALONE = (
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
    "--ServerApp.ip=127.0.0.1",
)


def notebooks(study: StudyOption) -> None:
    """Open the analysis notebooks in JupyterLab, in your browser. Stop with Ctrl-C."""
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise StudyError(
            "What the notebooks need is not installed.", f"Type: pip install {' '.join(missing)}"
        )
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "jupyterlab", *ALONE, str(NOTEBOOKS)],
        env=os.environ | {STUDY_VARIABLE: str(study.root)},
    )
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is JupyterLab's, which asks whether to stop
    sys.exit(process.wait())
