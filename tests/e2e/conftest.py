"""The telephone recording, run once for all tests that begin with a finished session of it."""

from __future__ import annotations

import pytest
from runs import Ran, telephone_ran


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Whoever changes the study takes a copy."""
    return telephone_ran(tmp_path_factory.mktemp("telephone"))
