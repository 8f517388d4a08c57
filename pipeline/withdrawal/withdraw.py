"""Withdraw: a person's turns, words, voice and speech leave the study; the others' ids stay.

First a tombstone is written, so that an interrupted withdrawal is known and continued; then one
session after another is cut; then what belongs to no one session. Every step can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from pipeline import intake
from pipeline.errors import StudyError
from pipeline.exports.write import remove_exports
from pipeline.operations.build import document
from pipeline.operations.clean import sweep
from pipeline.operations.repair import repair
from pipeline.people import settle
from pipeline.people.roster.members import Member, Roster
from pipeline.people.roster.on_disk import load_all, save
from pipeline.people.roster.seed import person_id as person_id_of
from pipeline.pseudonymisation.entities import Entity, EntityTable, Id
from pipeline.pseudonymisation.key import backup
from pipeline.settings import Settings
from pipeline.stages.chain import SessionChain
from pipeline.stages.masking import REPLACE_NAMES
from pipeline.storage.disk import clear_pending, os_errors, remove, sha256_of
from pipeline.study import Study, accepted, locks, tombstones
from pipeline.study.file_names import fitted, is_tracks_folder
from pipeline.study.store import Store
from pipeline.study.tombstones import Tombstone
from pipeline.withdrawal.cut import (
    chain_of,
    clear_leftovers,
    cut_of,
    forget_replacements,
    names,
    require_finished,
)

CANNOT = """\
What this cannot do:
- reach backups, copies of the study, data already shared, or what was written to places of your
  own choice: clips, exports, releases, notebooks, sheets to fill in, and recordings that stay in
  the inbox (originals = "reference"); delete those yourself;
- overwrite the disk: what is removed is unlinked, and may be recoverable until it is written over;
- take out what others said of the person or repeated of their words: in the data set their name is
  a pseudonym; in private/ the others' words stay, and the encrypted key keeps the name, as without
  it nothing could hide it;
- find speech of theirs that was given to another person, or to no one: listen to the session.
The kept recording becomes sound at 16 kHz without a picture. Where the person talked at the same
time as others, the others are silent too; their words stay in the tables."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a withdrawal will touch: sessions by id, and groups whose roster has the person."""

    person_id: str
    sessions: tuple[str, ...]
    groups: tuple[str, ...]


def plan(study: Study, person_id: str, settings: Settings) -> Plan:
    """Return what withdrawing a person would touch; touches nothing.

    Raises StudyError if there is no such person, or a session of theirs is not in the data set as
    these settings make it; ModelError.
    """
    half_done = _half_done(study, person_id)
    found = tuple(half_done.sessions) if half_done else tuple(_sessions(study, person_id, settings))
    table = EntityTable.load(study)
    rosters = [r for r in load_all(study) if _member(r, table, person_id) is not None]
    if not (found or rosters or half_done):
        raise StudyError(
            f"There is no {person_id} in this study.",
            "Take the person_id from the people table; it is like G07-P1, G07-S02-U3 or H07.",
        )
    return Plan(person_id, found, tuple(roster.group for roster in rosters))


def withdraw(study: Study, person_id: str, settings: Settings, now: Callable[[], str]) -> Tombstone:
    """Remove a person from the study; returns their tombstone.

    ``settings`` are those that the data set was made with; ``now`` returns the time, ISO 8601.
    If killed at any moment, it continues when called again. Raises as ``plan``; StudyError if a run
    is in progress on the study, TransientError.
    """
    with locks.alone(study):
        with os_errors("clearing up after an interrupted run"):
            clear_pending(study.root)
            Store(study.stages).clear_pending()
        repair(study)
        tombstone = _half_done(study, person_id) or _begun(study, person_id, settings, now)
        for session_id, sha256 in tombstone.sessions.items():
            chain = chain_of(study, session_id, settings)
            if chain.recording.sha256 == sha256 and (cut := cut_of(chain, person_id)):
                chain = replace(chain, recording=cut.carry_out())
            elif chain.recording.sha256 == sha256:
                require_finished(chain)
            clear_leftovers(study, chain.recording)
            forget_replacements(study, session_id)
        _remove_copies(study, tombstone)
        for name in _names(study, person_id):
            intake.forget_name(study, name)
        _leave_rosters(study, person_id)
        _leave_registers(study, person_id, settings)
        _forget_names(study, settings)
        sweep(study, settings)
        document(study)
        remove_exports(study)
        _remove_reports(study)
        done = replace(tombstone, state="done")
        tombstones.put(study, done)
    return done


def _begun(study: Study, person_id: str, settings: Settings, now: Callable[[], str]) -> Tombstone:
    tombstones.refuse_half_done(study)
    sessions = {
        session_id: accepted.recording(study, session_id).sha256
        for session_id in plan(study, person_id, settings).sessions
    }
    tombstone = Tombstone(person_id, now(), "under way", sessions)
    tombstones.put(study, tombstone)
    return tombstone


def _half_done(study: Study, person_id: str) -> Tombstone | None:
    begun = (t for t in tombstones.load(study) if t.state == "under way")
    return next((t for t in begun if t.person_id == person_id), None)


def _sessions(study: Study, person_id: str, settings: Settings) -> Iterator[str]:
    """Yield the sessions that the person is in, each of them finished."""
    for recording in accepted.sessions(study):
        chain = SessionChain(study, recording, settings)
        cut = cut_of(chain, person_id)
        named_after = person_id.startswith(f"{recording.session_id}-")
        if cut or named_after or names(study, recording.session_id, person_id):
            require_finished(chain)
        if cut:
            yield recording.session_id


def _member(roster: Roster, table: EntityTable, person_id: str) -> int | None:
    """Return the position of the person among the members; None if they are not one."""
    ids = [m.name and person_id_of(table, m) for m in roster.members]
    return ids.index(person_id) if person_id in ids else None


def _names(study: Study, person_id: str) -> set[str]:
    """Return the names of the person in the rosters."""
    table = EntityTable.load(study)
    members = (
        roster.members[position]
        for roster in load_all(study)
        if (position := _member(roster, table, person_id)) is not None
    )
    return {name for member in members for name in (member.name, *member.aliases) if name}


def _leave_rosters(study: Study, person_id: str) -> None:
    """Keep of the person's entry in each roster only the pseudonym and that they have withdrawn."""
    table = EntityTable.load(study)
    for roster in load_all(study):
        position = _member(roster, table, person_id)
        if position is None:
            continue
        member = roster.members[position]
        if member.voice_sample:
            with os_errors("removing a voice sample"):
                remove(study.voices / member.voice_sample)
        left = Member(person_id=person_id, consent="withdrawn", absent=member.absent)
        members = (*roster.members[:position], left, *roster.members[position + 1 :])
        save(study, roster.model_copy(update={"members": members}))


def _leave_registers(study: Study, person_id: str, settings: Settings) -> None:
    """Remove the person's voice, and people's decisions on it, from each group's register."""
    first = {recording.group_id: recording for recording in accepted.sessions(study)}
    for recording in first.values():
        chain = SessionChain(study, recording, settings)
        sessions, voice_model = chain.peers.diarised, chain.common.voice_model
        settle.forget(study, recording.group_id, sessions, voice_model, person_id)


def _remove_copies(study: Study, tombstone: Tombstone) -> None:
    """Remove the copies of replaced recordings that went to quarantine as duplicates."""
    with os_errors("looking through the quarantine"):
        same_sound = (intake.copies(study, session_id) for session_id in tombstone.sessions)
        sha256s = {*tombstone.sessions.values()}.union(*same_sound)
        for copy in [*study.quarantine.glob("*"), *study.quarantine.glob("*/*")]:
            is_recording = copy.is_file() or is_tracks_folder(copy.name)
            if is_recording and sha256_of(copy) in sha256s:
                remove(copy)
                remove(copy.with_name(fitted(copy.name, intake.REASON)))


def _remove_reports(study: Study) -> None:
    """Remove the pages that show how the person talked; they are quickly made again."""
    with os_errors("removing reports"):
        for page in study.reports.glob("*.html"):
            remove(page)


def _forget_names(study: Study, settings: Settings) -> None:
    """Empty the entities that nothing in the study names any more; their numbers stay taken.

    Entities that a roster or a person entered stay, and all of them while a session is unfinished:
    a name may be all that masks it there.
    """
    with locks.names(study):
        table = EntityTable.load(study)
        used: set[Id] = set()
        for recording in accepted.sessions(study):
            chain = SessionChain(study, recording, settings)
            if chain.pending(verify=False):
                return
            used |= {(r.type, r.number) for r in chain.get(REPLACE_NAMES)}
        used |= {id for d in table.decisions for id in (d.entity, d.other) if id is not None}
        left = tuple(
            entity if _stays(entity, used) else _emptied(entity) for entity in table.entities
        )
        if left != table.entities:
            replace(table, entities=left).save(study)
        with os_errors("removing earlier copies of the key"):
            backup.renew(study.key_file)


def _stays(entity: Entity, named: set[Id]) -> bool:
    return entity.origin != "talk" or entity.id in named


def _emptied(entity: Entity) -> Entity:
    return replace(entity, names=(), forms=())
