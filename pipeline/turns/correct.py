"""Apply human corrections to the turns of a session, whatever model found them.

The edits are applied to the assembled turns, and everything that depends on where turns begin and
end, and whose they are, is computed again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.records import Conversation, Diarisation
from pipeline.records.times import Talk
from pipeline.turns.context import Piece, in_context
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
    """The conversation with the edits applied in order, and the matching talk.

    The edits' speaker labels are those of the diarisation; a silence longer than ``lapse_s`` ends a
    turn. Without edits, nothing changes; if an edit no longer finds its place, the conversation has
    the flag ``edits_lost``.
    """
    labels = frozenset(segment.label for segment in diarisation.regular)
    pieces = tuple(Piece.of(turn) for turn in conversation.turns)
    rows = Rows(pieces, diarisation.regular, labels, lapse_s)
    lost = []
    for edit in edits:
        after = carry_out(rows, edit)
        if after is None:
            lost.append(edit)
        else:
            rows = after
    if len(lost) < len(edits):
        conversation = in_context(
            rows.turns,
            Talk.of(rows.regular),
            duration_s=conversation.speech_s + conversation.silence_s,
            language=conversation.language,
            language_probability=conversation.language_probability,
            flags=conversation.flags,
        )
    if lost:
        conversation = replace(conversation, flags=(*conversation.flags, LOST))
    return Corrected(conversation, rows.regular, tuple(lost))
