"""What every measure starts from is what the tables say, to the millisecond."""

from __future__ import annotations

from dataclasses import replace

import pytest
from talk import turn_of

from pipeline.dynamics.floor import Meeting
from pipeline.dynamics.overlap import overlaps
from pipeline.records import Segment


@pytest.mark.parametrize(("offset_s", "shown"), [(-0.0003, 0.0), (0.0004, 0.0), (-0.0006, -0.001)])
def test_an_offset_below_a_millisecond_is_neither_gap_nor_overlap(
    offset_s: float, shown: float
) -> None:

    first = replace(turn_of("yksi"), label="A", start_s=0.0, end_s=1.0)
    second = replace(
        turn_of("kaksi"),
        label="B",
        start_s=1.0 + offset_s,
        end_s=2.0,
        previous_label="A",
        offset_from_previous_s=offset_s,
    )
    regular = (Segment(0.0, 1.0, "A"), Segment(1.0 + offset_s, 2.0, "B"))
    meeting = Meeting.of([first, second], regular, {"A": "A", "B": "B"}, 8.0)
    assert [transfer.offset_s for transfer in meeting.transfers] == [shown]
    assert len(overlaps(meeting)) == (shown < 0)
