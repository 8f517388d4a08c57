"""Human decisions about whose a voice is: never changed, only added to.

private/people/decisions.jsonl    mode 0600; one decision a line, in order; holds voice prints

A decision is about a voice in a session, whatever its label is now (``anchors``). A later one
about the same voice replaces it. Only withdrawal removes lines (``forget``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic_core import to_jsonable_python

from pipeline.people.anchors import MOST, OURS, Anchor, place
from pipeline.records import Diarisation
from pipeline.records.times import Talk, intersection, total_s, union
from pipeline.storage.digests import digest
from pipeline.storage.disk import os_errors, write_atomically
from pipeline.storage.json_files import adapter, read_lines
from pipeline.study import Study, marks

NEW = "new"  # a new person, like no known one
UNKNOWN = "unknown"  # the owner of the voice stays unknown


@dataclass(frozen=True, slots=True)
class Told:
    """A human's decision about whose a voice is.

    ``person`` is a pseudonym (H07, G07-P2), NEW or UNKNOWN; ``by`` is who decided, ``at`` when
    (ISO 8601).
    """

    session_id: str
    anchor: Anchor
    person: str
    by: str
    at: str


def told(
    study: Study, session_id: str, diarisation: Diarisation, voice_model: str
) -> dict[str, str]:
    """The person of each label that a human decided about, by label; as ``Told.person``.

    If voices of several people are one label now, it is the person with most of its talk.
    ``voice_model`` is the sha256 of the model of the voice prints. Raises StudyError if the
    decisions are damaged, TransientError if they cannot be read.
    """
    standing = _standing(_placed(study, session_id, diarisation, voice_model), diarisation)
    return {label: decision.person for label, decision in standing.items()}


def lost(study: Study, session_id: str, diarisation: Diarisation, voice_model: str) -> list[Told]:
    """Decisions that cannot be applied: their voice is no longer found, or is joined with
    another person's. Raises as ``told``."""
    placed = _placed(study, session_id, diarisation, voice_model)
    standing = _standing(placed, diarisation)
    talk = Talk.of(diarisation.regular)
    return [
        decision
        for decision, label in placed
        if label is None
        or (standing[label].person != decision.person and not _is_of_most(decision, talk, label))
    ]


def remember(study: Study, decisions: Sequence[Told]) -> None:
    """Add decisions; the caller holds the study's lock. Raises as ``told``."""
    if decisions:
        _write(study, [*_read(study), *decisions])


def forget(study: Study, person: str, voices: Iterable[tuple[str, Anchor]] = ()) -> int:
    """Remove the decisions about a person who withdraws; return how many were removed.

    These are the decisions that name the person, and all those about their ``voices``, each in a
    session. The caller holds the study's lock. Raises as ``told``.
    """
    before = _read(study)
    named = [(d.session_id, d.anchor) for d in before if d.person == person]
    theirs: defaultdict[str, list[Anchor]] = defaultdict(list)
    for session_id, anchor in (*named, *voices):
        theirs[session_id].append(anchor)
    kept = [
        d for d in before if d.person != person and not _covered(d.anchor, theirs[d.session_id])
    ]
    if len(kept) < len(before):
        _write(study, kept)
    return len(before) - len(kept)


def digest_of(study: Study, session_ids: Iterable[str]) -> str:
    """A digest of all decisions about the voices in these sessions. Raises as ``told``."""
    wanted = {*session_ids}
    said = [(d.session_id, d.person, d.anchor) for d in _read(study) if d.session_id in wanted]
    return digest(to_jsonable_python(said))


def _placed(
    study: Study, session_id: str, diarisation: Diarisation, voice_model: str
) -> list[tuple[Told, str | None]]:
    """The session's decisions that are not replaced by later ones, in order, with their labels."""
    said = [decision for decision in _read(study) if decision.session_id == session_id]
    current = [
        decision
        for number, decision in enumerate(said, start=1)
        if not _covered(decision.anchor, [later.anchor for later in said[number:]])
    ]
    labels = place([decision.anchor for decision in current], diarisation, voice_model)
    return [*zip(current, labels, strict=True)]


def _covered(anchor: Anchor, others: Iterable[Anchor]) -> bool:
    """Whether the others are of the same voice: they cover most of the anchored talk."""
    talk = union(part for other in others for part in other.stretches)
    return total_s(intersection(anchor.stretches, talk)) > MOST * total_s(anchor.stretches)


def _standing(
    placed: Iterable[tuple[Told, str | None]], diarisation: Diarisation
) -> dict[str, Told]:
    """The decision that applies to each label: the latest about most of its talk.

    If none covers that much, the one about the biggest part applies.
    """
    talk = Talk.of(diarisation.regular)
    here: defaultdict[str, list[Told]] = defaultdict(list)
    for decision, label in placed:
        if label is not None:
            here[label].append(decision)
    return {
        label: ([d for d in said if _is_of_most(d, talk, label)] or _by_size(said))[-1]
        for label, said in sorted(here.items())
    }


def _is_of_most(decision: Told, talk: Talk, label: str) -> bool:
    return decision.anchor.speech_s >= OURS * total_s(talk.by_label[label])


def _by_size(decisions: Iterable[Told]) -> list[Told]:
    return sorted(decisions, key=lambda decision: decision.anchor.speech_s)


def _read(study: Study) -> list[Told]:
    found = read_lines(study.people_decisions, Told)
    marks.require(study, study.people_decisions, len(found))
    return found


def _write(study: Study, decisions: Sequence[Told]) -> None:
    lines = (adapter(Told).dump_json(decision) + b"\n" for decision in decisions)
    moving = marks.moving(study, study.people_decisions, len(decisions))
    with moving, os_errors("writing what was decided of people"):
        study.people.mkdir(mode=0o700, exist_ok=True)
        if decisions:
            write_atomically(study.people_decisions, b"".join(lines), mode=0o600)
        else:
            study.people_decisions.unlink(missing_ok=True)
