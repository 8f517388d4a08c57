"""The turns of a session as humans corrected them, whatever model found them.

The edits are carried out on the turns as they were assembled, and all that follows from where turns
begin and end, and whose they are, is worked out anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.records import Conversation, Diarisation
from pipeline.records.times import Talk
from pipeline.turns.assemble import in_context
from pipeline.turns.edits.carry_out import carry_out
from pipeline.turns.edits.edit import Corrected, Edit
from pipeline.turns.edits.pieces import Rows

LOST = "edits_lost"


def correct(
    conversation: Conversation,
    diarisation: Diarisation,
    edits: Sequence[Edit],
    lapse_s: float,
) -> Corrected:
    """The conversation with the edits carried out in order, and the talk that goes with it.

    The edits' speaker labels are those of the diarisation; a silence longer than ``lapse_s`` ends a
    turn. Without edits, all is as it was; where one finds no place any more, the conversation has
    the flag ``edits_lost``.
    """
    labels = frozenset(segment.label for segment in diarisation.regular)
    rows = Rows(conversation.turns, diarisation.regular, labels, lapse_s)
    lost = []
    for edit in edits:
        after = carry_out(rows, edit)
        if after is None:
            lost.append(edit)
        else:
            rows = after
    if len(lost) < len(edits):
        conversation = in_context(replace(conversation, turns=rows.turns), Talk.of(rows.regular))
    if lost:
        conversation = replace(conversation, flags=(*conversation.flags, LOST))
    return Corrected(conversation, rows.regular, tuple(lost))
