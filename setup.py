"""What setuptools cannot be told in pyproject.toml: a wheel holds what lies beside the packages."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHIPPED = ("notebooks/*.ipynb", "data/demo/SOURCE.md", "data/demo/*/*.m4a", "data/demo/*/*.ogg")


class BuildWhole(build_py):
    """Builds the packages, and puts into them what pipeline.storage.shipped finds there.

    An editable install finds it in the checkout, the pages when `make docs` has built them.
    """

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            shipped = Path(self.build_lib, "pipeline", "shipped")
            for file in (file for pattern in SHIPPED for file in Path().glob(pattern)):
                (shipped / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, shipped / file)
            sphinx = [
                sys.executable,
                "-m",
                "sphinx",
                "-q",
                "-W",
                "-d",
                f"{self.build_lib}.doctrees",
            ]
            subprocess.run([*sphinx, "docs", str(shipped / "build" / "docs")], check=True)


setup(cmdclass={"build_py": BuildWhole})
