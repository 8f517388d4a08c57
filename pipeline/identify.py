"""Who each speaker label is.

Until people are recognised across sessions, every label is a person of its own session, known as
``G07-S02-P1``: nobody is guessed into a name, and two sessions never share a person by accident.
"""

from __future__ import annotations

from pipeline.records import Cast, Diarisation, Person
from pipeline.timeline import Talk, total_s


def identify(session_id: str, diarisation: Diarisation) -> Cast:
    """One person for each speaker label of the session, in order of label."""
    talk = Talk.of(diarisation.regular)
    return Cast(
        tuple(
            Person(
                label=label,
                person_id=f"{session_id}-P{number}",
                role="unknown",
                speech_s=round(total_s(parts), 3),
            )
            for number, (label, parts) in enumerate(sorted(talk.by_label.items()), start=1)
        )
    )
