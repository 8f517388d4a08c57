"""Pictures of a data set, ready for an article: frames in, figures out.

Every function takes rows of the public tables as pandas data frames and returns a matplotlib
``Figure``, labelled in Finnish (``"fi"``) or English (``"en"``). A picture without data says
so.
"""

from pipeline.reports.plots.network import transition_matrix, transition_network
from pipeline.reports.plots.shares import (
    attendance,
    measure_over_sessions,
    role_shares,
    shares_over_sessions,
    speaking_shares,
)
from pipeline.reports.plots.themes import code_shares, frequent_words
from pipeline.reports.plots.timeline import timeline
from pipeline.reports.plots.turn_taking import (
    offset_distribution,
    overlaps_by_role,
    time_use,
    turn_lengths,
)

__all__ = [
    "attendance",
    "code_shares",
    "frequent_words",
    "measure_over_sessions",
    "offset_distribution",
    "overlaps_by_role",
    "role_shares",
    "shares_over_sessions",
    "speaking_shares",
    "time_use",
    "timeline",
    "transition_matrix",
    "transition_network",
    "turn_lengths",
]
