"""What notebooks may import from vuoro: this module stays stable between versions.

from pipeline.reports import analysis

turns = analysis.table("turns")
analysis.plots.turn_lengths(turns, "kind", "en")
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.reports import plots
from pipeline.settings import TurnSettings
from pipeline.study import nearest

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MINIMAL_RESPONSES", "STUDY", "plots", "table"]

STUDY = Path(os.environ.get("VUORO_STUDY") or nearest(Path.cwd()) or "../data/demo-study")
"""The study's folder: VUORO_STUDY, the study around the current folder, or the demo's."""

MINIMAL_RESPONSES = TurnSettings().minimal_response_words
"""Words that make a minimal response: joo, mm, yeah …"""


def table(name: str) -> pd.DataFrame:
    """A table of the study's data set, all sessions or groups of it."""
    import pandas as pd

    return pd.read_parquet(STUDY / "dataset" / name)
