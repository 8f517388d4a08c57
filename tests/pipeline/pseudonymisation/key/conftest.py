from __future__ import annotations

from pathlib import Path

import pytest
from keys import NAMES, OLD

from pipeline.pseudonymisation.key import KeyFile
from pipeline.study import Study, create


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where "this machine" keeps its secrets; nothing is given by the environment."""
    for name in ("VUORO_PASSPHRASE", "VUORO_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VUORO_KEYS", str(tmp_path / "home" / "keys"))
    return tmp_path / "home" / "keys"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return create(tmp_path / "study")


@pytest.fixture
def path(study: Study) -> Path:
    return study.private / "names.key"


@pytest.fixture
def written(path: Path) -> Path:
    """A key locked with the old passphrase."""
    KeyFile(path, OLD).write(NAMES)
    return path
