"""One session without a person: silenced sound, cut records, rows of the others only."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from pipeline.dataset import files
from pipeline.errors import StudyError
from pipeline.people import settle as group
from pipeline.pseudonymisation import audit
from pipeline.records import Audio, Interval, Recording
from pipeline.settings import Settings
from pipeline.stages.address import address_of
from pipeline.stages.chain import SessionChain
from pipeline.stages.declared import STAGES
from pipeline.stages.hearing import DECODE, DIARISE
from pipeline.stages.inputs import SAME_VOICES, VOICES
from pipeline.stages.leaving import FLAG, Leaving
from pipeline.stages.settling import CORRECT, FIND_NAMES, IDENTIFY, WHO_IS_WHO
from pipeline.stages.stage import Stage
from pipeline.storage.disk import PENDING, os_errors, remove, sha256_of, sync, write_atomically
from pipeline.study import Study, accepted, locks
from pipeline.study.store import write_record
from pipeline.turns.edits import log
from pipeline.withdrawal.silence import as_flac, silenced, speech_of

SILENCED = ".silenced"
AFTER_EDITS = (CORRECT, FIND_NAMES)


@dataclass(frozen=True)
class Cut:
    """A finished session, the person who leaves it, and the labels that are theirs.

    Their turns are under the first of the labels.
    """

    chain: SessionChain
    person_id: str
    labels: tuple[str, ...]

    def carry_out(self) -> Recording:
        """Replace the session with the session without the person; return the new recording.

        The data set is written first and the recording's own record last: until then, everything
        can be done again. Raises StudyError or TransientError.
        """
        study, session_id = self.chain.study, self.chain.recording.session_id
        folder = study.recordings / session_id
        for stage in AFTER_EDITS:  # after an interrupted withdrawal, the edits may be gone
            self.chain.run(stage)
        with (
            os_errors("silencing a person"),
            tempfile.TemporaryDirectory(PENDING, ".vuoro-", folder) as pending,
        ):
            audio = self._silence(Path(pending))
            recording = self._keep(Path(pending), audio, folder)
            new = SessionChain(study, recording, self.chain.settings)
            self._write_results(new, Path(pending), audio)
            data = TypeAdapter(Recording).dump_json(recording, indent=1)
            write_atomically(folder / accepted.RECORD, data, 0o600)
            sync(folder)
        return recording

    def _silence(self, out: Path) -> Audio:
        """Write the decoded sound, silenced, to the folder ``out``."""
        audio = self.chain.get(DECODE)
        decoded = self.chain.folder(DECODE)
        corrected = self.chain.get(CORRECT)
        stretches = speech_of(self.labels[0], self.chain.get(VOICES), corrected)
        peak = silenced(decoded / audio.file, out / audio.file, stretches)
        everything = [Interval(0.0, audio.duration_s)]
        for label, track in audio.tracks_by_label.items():
            own = label in self.labels
            silenced(decoded / track, out / track, everything if own else stretches)
        # one more flag for each who left: the result differs from the one that it replaces even if
        # there was nothing to silence, and so do the addresses of those made from it
        return replace(audio, peak=peak, flags=(*audio.flags, FLAG))

    def _keep(self, wavs: Path, audio: Audio, folder: Path) -> Recording:
        """Write the silenced sound as the recording that is kept, beside the one it replaces."""
        ending = accepted.TRACKS if audio.tracks else ".flac"
        names = (f"{SILENCED}{'-' + str(n) if n > 1 else ''}{ending}" for n in count(1))
        now = self.chain.recording.suffix
        suffix = next(name for name in names if name != now)
        place = folder / f"{accepted.ORIGINAL}{suffix}"
        if place.is_dir():
            shutil.rmtree(place)  # of an interrupted attempt
        if audio.tracks:
            place.mkdir(mode=0o700)
        # a file that differs from the one that it replaces, even if there was nothing to silence
        comment = f"in the place of {self.chain.recording.sha256}"
        for track in audio.tracks:
            as_flac(wavs / track, place / f"{Path(track).stem}.flac", comment)
        if audio.tracks:
            sync(place)
        else:
            as_flac(wavs / audio.file, place, comment)
        return replace(self.chain.recording, suffix=suffix, sha256=sha256_of(place), gaps_s=())

    def _write_results(self, new: SessionChain, wavs: Path, audio: Audio) -> None:
        """Write all results of the session under the new recording's addresses, and its rows."""
        leaving = self._leaving(audio)
        cut = {
            stage.name: stage.redact(self.chain.get(stage), leaving)
            for stage in STAGES
            if stage.redact is not None
        }
        self._forget_edits(leaving)  # the corrections have been read
        for stage in STAGES:
            if stage.name in cut:
                _put(new, stage, cut[stage.name], wavs if stage is DECODE else None)
            elif stage is WHO_IS_WHO:
                self._leave_register(new)
            elif stage.phase != "whole":
                new.run(stage)

    def _leaving(self, audio: Audio) -> Leaving:
        return Leaving(
            self.person_id,
            self.labels,
            self.chain.get(VOICES),
            self.chain.get(SAME_VOICES),
            self.chain.get(CORRECT),
            self.chain.settings.turns.minimal_response_words,
            audio,
        )

    def _forget_edits(self, leaving: Leaving) -> None:
        """Remove the person's edits: what is left of the session depends on the other edits."""
        study, session_id = self.chain.study, self.chain.recording.session_id
        with locks.names(study):
            voice_model = self.chain.common.voice_model
            log.forget(study, session_id, leaving.label, leaving.voices, voice_model)

    def _leave_register(self, new: SessionChain) -> None:
        """Keep who is who as it was recognised: the others are not recognised again."""
        digests = self.chain.result(DIARISE).digest, new.result(DIARISE).digest
        recording = self.chain.recording
        people = self.chain.study, recording.group_id, recording.session_id
        group.leave_session(*people, digests, self.person_id)


def cut_of(chain: SessionChain, person_id: str) -> Cut | None:
    """Return what is to be cut from a session; None if the person is not in it."""
    if chain.find(IDENTIFY) is None:
        return None
    people = chain.get(IDENTIFY).people
    labels = tuple(person.label for person in people if person.person_id == person_id)
    return Cut(chain, person_id, labels) if labels else None


def names(study: Study, session_id: str, person_id: str) -> bool:
    """Whether the session's rows in the data set, as they are now, name the person."""
    file = files.file_of(study.dataset, "turns", session_id)
    if not file.is_file():
        return False
    turns = files.read(file)
    overlapping = (other for others in turns["overlapped_by"].to_pylist() for other in others)
    return person_id in {*turns["person_id"].to_pylist(), *overlapping}


def require_finished(chain: SessionChain) -> None:
    """Require that the data set holds the session as these settings make it. Raises StudyError."""
    if chain.pending():
        raise StudyError(
            f"{chain.recording.session_id} is not in the data set as these settings make it.",
            "Run `vuoro run` first; then withdraw.",
        )


def clear_leftovers(study: Study, recording: Recording) -> None:
    """Remove what a session's folder holds besides its recording, and the session's clips."""
    kept = {accepted.original(study, recording).name, accepted.RECORD}
    with os_errors("removing the recording that was replaced"):
        folder = study.recordings / recording.session_id
        for path in folder.iterdir():
            if path.name not in kept:
                remove(path)
        for clip in study.clips.rglob(f"{recording.session_id}-*"):
            remove(clip)
        sync(folder)


def forget_replacements(study: Study, session_id: str) -> None:
    """Keep in a session's audit log only the replacements in turns that it still has."""
    log = study.audit / f"{session_id}.jsonl"
    if not log.exists():
        return
    turns = files.read(files.file_of(study.dataset, "turns", session_id))
    left = set(turns["turn_id"].to_pylist())
    lines = [
        replace(line, replaced=tuple(entry for entry in line.replaced if entry.turn_id in left))
        for line in audit.read(log)
    ]
    data = b"".join(TypeAdapter(audit.Publication).dump_json(line) + b"\n" for line in lines)
    with os_errors("clearing the audit log"):
        write_atomically(log, data, 0o600)


def chain_of(study: Study, session_id: str, settings: Settings) -> SessionChain:
    """Return the chain of a session as its record is now."""
    return SessionChain(study, accepted.recording(study, session_id), settings)


def _put(chain: SessionChain, stage: Stage[Any], record: object, wavs: Path | None) -> None:
    """Write the result of a stage unless it exists; ``wavs`` holds the files that belong to it."""
    if chain.find(stage) is not None:
        return
    with chain.store.writing(stage.name, address_of(chain, stage)) as folder:
        for wav in wavs.iterdir() if wavs else ():
            shutil.copyfile(wav, folder / wav.name)
        write_record(folder, record)
