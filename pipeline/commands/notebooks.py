"""``vuoro notebooks``: the analyses, in a browser."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from importlib.util import find_spec

from pipeline.commands.frame import STUDY_VARIABLE, StudyOption
from pipeline.errors import StudyError
from pipeline.storage.disk import os_errors
from pipeline.storage.shipped import SHIPPED
from pipeline.study import Study

NEEDED = ("jupyterlab", "statsmodels")  # the extra "notebooks"
NOTEBOOKS = SHIPPED / "notebooks"
# JupyterLab contacts its makers for news and the package index for new versions, unless disabled
ALONE = (
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
    "--ServerApp.ip=127.0.0.1",
)


def notebooks(study: StudyOption) -> None:
    """Open the study's analysis notebooks in JupyterLab, in your browser. Stop with Ctrl-C.

    They are copied to the study's folder notebooks/, where your changes to them are kept.
    """
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise StudyError(
            "What the notebooks need is not installed.",
            f'Type: "{sys.executable}" -m pip install {" ".join(missing)}',
        )
    copy_to(study)
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "jupyterlab", *ALONE, str(study.notebooks)],
        env=os.environ | {STUDY_VARIABLE: str(study.root)},
    )
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for JupyterLab, which asks whether to stop
    sys.exit(process.wait())


def copy_to(study: Study) -> None:
    """Give the study the notebooks that it lacks. Raises TransientError."""
    with os_errors("copying the notebooks"):
        study.notebooks.mkdir(exist_ok=True)
        for notebook in NOTEBOOKS.glob("*.ipynb"):
            if not (study.notebooks / notebook.name).exists():
                shutil.copyfile(notebook, study.notebooks / notebook.name)
