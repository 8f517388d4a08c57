"""From the inbox to accepted recordings, and to quarantine what cannot be used.

take_in ─▶ ready ─▶ accept ─▶ a session; ``duplicate_of`` compares its sound with other sessions'
"""

from __future__ import annotations

from pipeline.intake.accepting import Accepted as Accepted
from pipeline.intake.accepting import Duplicate as Duplicate
from pipeline.intake.accepting import accept as accept
from pipeline.intake.accepting import take_in as take_in
from pipeline.intake.content_digests import copies as copies
from pipeline.intake.groups import group_id as group_id
from pipeline.intake.groups import known_group as known_group
from pipeline.intake.groups import nearest_group as nearest_group
from pipeline.intake.groups import no_group as no_group
from pipeline.intake.groups import remove_group as remove_group
from pipeline.intake.quarantine import forget_name as forget_name
from pipeline.intake.quarantine import in_quarantine as in_quarantine
from pipeline.intake.quarantine import put_back as put_back
from pipeline.intake.quarantine import quarantine as quarantine
from pipeline.intake.quarantine import quarantine_duplicate as quarantine_duplicate
from pipeline.intake.quarantine import quarantine_session as quarantine_session
from pipeline.intake.quarantine import set_session_aside as set_session_aside
from pipeline.intake.receipts import REASON as REASON
from pipeline.intake.receipts import is_of_copy as is_of_copy
from pipeline.intake.receipts import is_of_duplicate as is_of_duplicate
from pipeline.intake.receipts import is_of_hold as is_of_hold
from pipeline.intake.receipts import is_recovered as is_recovered
from pipeline.intake.receipts import last_words as last_words
from pipeline.intake.receipts import receipt as receipt
from pipeline.intake.receipts import receipt_of as receipt_of
from pipeline.intake.receipts import tell_failed as tell_failed
from pipeline.intake.receipts import tell_finished as tell_finished
from pipeline.intake.sounds import duplicate_of as duplicate_of
from pipeline.intake.stillness import ready as ready
from pipeline.intake.waiting import survey as survey
from pipeline.intake.waiting import waiting as waiting
