"""Assign a person to each speaker label of a session, and join the voices of one person.

Recognition runs for the whole group (``pipeline.people``); its result becomes the session's cast
here. If a human decided that two labels are one person, their talk is joined before it becomes
turns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pipeline.people.register import Known
from pipeline.records import Cast, Diarisation, Person, Segment, Transcript
from pipeline.records.times import Talk, total_s


def identify(known: Iterable[Known], diarisation: Diarisation) -> Cast:
    """All people in the session, in order of label."""
    talk = Talk.of(diarisation.regular)
    return Cast(
        tuple(
            Person(
                label=each.label,
                person_id=each.person_id,
                role=each.role,
                speech_s=round(total_s(talk.by_label.get(each.label, [])), 3),
                identified_by=each.by,
                similarity=each.similarity,
                margin=each.margin,
            )
            for each in known
        )
    )


def same_voices(cast: Cast) -> dict[str, str]:
    """Every further label of a person, mapped to the person's first."""
    first: dict[str, str] = {}
    same = {p.label: first.setdefault(p.person_id, p.label) for p in cast.people}
    return {label: other for label, other in same.items() if label != other}


def voices_as_one(diarisation: Diarisation, same: Mapping[str, str]) -> Diarisation:
    """The diarisation with each label of ``same`` replaced by the label mapped to it.

    Their voice prints are left out: a print is of one label.
    """
    if not same:
        return diarisation
    return Diarisation(
        regular=_joined(diarisation.regular, same),
        exclusive=_joined(diarisation.exclusive, same),
        voice_prints=tuple(v for v in diarisation.voice_prints if v.label not in same),
    )


def words_as_one(transcript: Transcript, same: Mapping[str, str]) -> Transcript:
    """The transcript of tracks with each label of ``same`` replaced by the label mapped to it."""
    if not same:
        return transcript
    return replace(
        transcript,
        words=tuple(replace(w, label=same.get(w.label or "", w.label)) for w in transcript.words),
        suspects=tuple(
            replace(s, label=same.get(s.label or "", s.label)) for s in transcript.suspects
        ),
    )


def _joined(segments: Iterable[Segment], same: Mapping[str, str]) -> tuple[Segment, ...]:
    """Segments under their person's label; those that overlap another of theirs become one.

    The joined segment takes the lower confidence of the two.
    """
    joined: list[Segment] = []
    latest: dict[str, int] = {}
    for segment in sorted(replace(s, label=same.get(s.label, s.label)) for s in segments):
        at = latest.get(segment.label)
        if at is not None and segment.start_s < joined[at].end_s:
            end_s = max(joined[at].end_s, segment.end_s)
            sure = min(joined[at].confidence, segment.confidence)
            joined[at] = replace(joined[at], end_s=end_s, confidence=sure)
        else:
            latest[segment.label] = len(joined)
            joined.append(segment)
    return tuple(joined)
