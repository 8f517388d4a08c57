"""Change a session's number, kind or group, and with them its id.

Nothing is transcribed again. Everything kept under the session's id moves with it: the recording,
decisions and corrections, its voices in the register, its audit log, clips and fingerprint. Its
rows leave the data set, and `vuoro build` writes them again.

private/correction.json    the session before and after, while the change is in progress
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pipeline.dataset import files
from pipeline.errors import StudyError
from pipeline.intake import content_digests as digests
from pipeline.intake import receipts
from pipeline.intake.groups import known_group, no_group
from pipeline.people import decisions, register
from pipeline.people.register import RegisteredVoice
from pipeline.records import Recording, SessionKind
from pipeline.records.ids import session_id_of
from pipeline.storage.disk import os_errors, sync, write_atomically
from pipeline.storage.json_files import damaged, parsed, read_json
from pipeline.study import Study, marks
from pipeline.study.accepted import recording, write_record


@dataclass(frozen=True, slots=True)
class Correction:
    """A session as it was, and as it will be."""

    before: Recording
    after: Recording


def correct(
    study: Study,
    session_id: str,
    *,
    number: int | None = None,
    kind: SessionKind | None = None,
    group: str | None = None,
) -> Recording:
    """Give a session another number, kind or group; None leaves a value unchanged.

    ``group`` is an id or an inbox folder. If killed at any moment, ``complete`` resumes it. The
    caller holds the study and its names. Raises StudyError if there is no such session or group,
    nothing changes, or another session has that id; TransientError.
    """
    before = recording(study, session_id)
    group_id = before.group_id if group is None else known_group(study, group)
    if group_id is None:
        remedy = "Add it with `vuoro group add GROUP`, then try again."
        raise no_group(study, group or "", remedy)
    number = before.session_number if number is None else number
    kind = kind or before.kind
    new_id = session_id_of(group_id, kind, number)
    if new_id == session_id:
        raise StudyError(
            f"{session_id} already has these values.", "Give --number, --kind or --group."
        )
    if (study.recordings / new_id).exists():
        raise StudyError(
            f"There is another session {new_id}.",
            f"Change its number first, with `vuoro session {new_id} --number NUMBER`.",
        )
    after = replace(before, session_id=new_id, group_id=group_id, session_number=number, kind=kind)
    with os_errors("beginning to correct a session"):
        data = TypeAdapter(Correction).dump_json(Correction(before, after), indent=1)
        write_atomically(study.correction_file, data, 0o600)
    complete(study)
    return after


def complete(study: Study) -> None:
    """Complete the correction in progress, if there is one. Repeating it changes nothing more.

    Raises StudyError if a record is damaged, TransientError.
    """
    again = "Move it out of private/, then change the session again with `vuoro session`."
    correction = read_json(study.correction_file, Correction, again)
    if correction is None:
        return
    with os_errors("correcting a session"):
        _Move(study, correction.before, correction.after).carry_out()
        study.correction_file.unlink()
        sync(study.private)


@dataclass(frozen=True, slots=True)
class _Move:
    """A correction being carried out. Any step may have been done before, in part or wholly."""

    study: Study
    before: Recording
    after: Recording

    def carry_out(self) -> None:
        study, old, new = self.study, self.before.session_id, self.after.session_id
        self._rename_in_register()
        _rewrite(study.people_decisions, self._decision)
        _rewrite(study.accepted_file, self._acceptance)
        _rewrite(study.audit / f"{old}.jsonl", self._publication)
        withdrawn = read_json(study.withdrawn_file, list[dict[str, Any]])
        if withdrawn is not None:
            data = json.dumps([self._tombstone(t) for t in withdrawn], indent=1).encode()
            write_atomically(study.withdrawn_file, data, 0o600)
        digests.rename(study, old, new)
        for table in reversed(files.SESSION_TABLES):
            files.remove(files.file_of(study.dataset, table, old))
        for page in study.reports.glob(f"{old}.*"):
            page.unlink()
        self._rename_files()
        receipts.rename(study, old, new)

    def _rename_in_register(self) -> None:
        """Keep the session's people within its group; in another group they are other people."""
        old, new = self.before.session_id, self.after.session_id
        found = register.load(self.study, self.before.group_id)
        sessions, earlier = dict(found.sessions), dict(found.earlier)
        now, then = sessions.pop(old, None), earlier.pop(old, None)
        founders = {who: f for who, f in found.founders.items() if f.session_id != old}
        if now is None and then is None:
            return
        if self._stays_in_group:
            if now is not None:
                sessions[new] = {digest: self._entries(each) for digest, each in now.items()}
            if then is not None:
                earlier[new] = self._entries(then)
            founders |= {
                who: replace(f, session_id=new)
                for who, f in found.founders.items()
                if f.session_id == old
            }
        register.save(
            self.study,  # without ``knowledge`` people are recognised again, in the new order
            replace(found, knowledge="", sessions=sessions, earlier=earlier, founders=founders),
        )

    @property
    def _stays_in_group(self) -> bool:
        return self.before.group_id == self.after.group_id

    def _entries(self, entries: Sequence[RegisteredVoice]) -> tuple[RegisteredVoice, ...]:
        return tuple(
            replace(e, known=replace(e.known, person_id=self._renamed(e.known.person_id)))
            for e in entries
        )

    def _renamed(self, id: str) -> str:
        """The id of a turn, or of a person of the session alone, under the session's new id."""
        start = f"{self.before.session_id}-"
        return f"{self.after.session_id}-{id.removeprefix(start)}" if id.startswith(start) else id

    def _decision(self, line: dict[str, Any]) -> dict[str, Any]:
        if line["session_id"] != self.before.session_id:
            return line
        person = line["person"]
        if not self._stays_in_group and person.startswith(f"{self.before.group_id}-P"):
            person = decisions.NEW  # someone of the other group: a new person here
        return line | {"session_id": self.after.session_id, "person": person}

    def _publication(self, line: dict[str, Any]) -> dict[str, Any]:
        replaced = [e | {"turn_id": self._renamed(e["turn_id"])} for e in line["replaced"]]
        return line | {"replaced": replaced}

    def _acceptance(self, line: dict[str, Any]) -> dict[str, Any]:
        is_own = line["session_id"] == self.before.session_id
        return line | {"session_id": self.after.session_id} if is_own else line

    def _tombstone(self, entry: dict[str, Any]) -> dict[str, Any]:
        new_ids = {self.before.session_id: self.after.session_id}
        sessions = {new_ids.get(id, id): sha256 for id, sha256 in entry["sessions"].items()}
        return entry | {"person_id": self._renamed(entry["person_id"]), "sessions": sessions}

    def _rename_files(self) -> None:
        study, old, new = self.study, self.before.session_id, self.after.session_id
        folders = (study.edits, study.audit, study.states)
        named = [file for folder in folders for file in folder.glob(f"{old}.*")]
        named += [*study.clips.rglob(f"{old}-*"), *study.fingerprints.rglob(f"{old}.*")]
        for file in named:
            file.rename(file.with_name(new + file.name.removeprefix(old)))
        marks.rename(study, study.edits / f"{old}.jsonl", study.edits / f"{new}.jsonl")
        folder = study.recordings / old
        if folder.exists():
            write_record(folder, self.after)
            folder.rename(study.recordings / new)
            sync(study.recordings)


def _rewrite(file: Path, changed: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change the lines of a log; what a crash cut off at its end stays as it is."""
    if not file.exists():
        return
    *whole, rest = file.read_bytes().split(b"\n")
    try:
        lines = [changed(parsed(line, dict[str, Any])) for line in whole]
    except (ValidationError, KeyError, TypeError, AttributeError):
        raise damaged(file) from None
    data = [json.dumps(line, ensure_ascii=False).encode() for line in lines]
    write_atomically(file, b"\n".join([*data, rest]), 0o600)
