"""The state of a study: where each recording is, why it waits, and what to do next.

The store and the data set say what is done; ``study.state`` adds what is running and what failed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from pipeline import intake
from pipeline.dataset import files
from pipeline.errors import (
    HoldError,
    LanguageQuestionError,
    StudyError,
    UnreadableError,
    VuoroError,
)
from pipeline.operations.build import RUN
from pipeline.operations.settings import Outdated, outdated
from pipeline.people import register
from pipeline.people.roster.consent import require
from pipeline.people.roster.unconsented import Consents, Unconsented, consents
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.records import Recording
from pipeline.settings import Settings
from pipeline.stages.chain import SessionChain
from pipeline.stages.hearing import TRANSCRIBE
from pipeline.stages.inputs import SPOKEN
from pipeline.stages.to_do import Left, left
from pipeline.storage.disk import os_errors
from pipeline.study import Study, accepted, leases, state
from pipeline.study.outcome import SETTLED, Accepted, acceptances, outcome
from pipeline.tables.flags import Remark, asked_about

Situation = Literal[
    "at work",
    "failed",
    "cancelled",
    "held",
    "needs a look",
    "waiting",
    "finished",
    "in the inbox",
    "not here",
    "refused",
    "in quarantine",
    "duplicate",
]
SITUATIONS: tuple[Situation, ...] = get_args(Situation)
PROCESS = f"Process it with `{RUN}`."


@dataclass(frozen=True, slots=True)
class SessionStatus:
    """One recording. ``name`` is its file name: private; the other fields name no person.

    ``situation``: a session is ``at work``, ``failed``, ``cancelled``, ``held`` (a person must
    answer first), ``waiting``, or in the data set: ``finished``, or in need of a look (no usable
    talk); a file is ``in the inbox``, ``held`` (a question waits for an answer), ``not here`` (in
    the cloud only, or in a folder that cannot be read), ``refused`` (tried, and still in the
    inbox), ``in quarantine``, or there as a ``duplicate``. ``to_come`` are the stages that a
    session lacks; ``stage``, ``share`` (0–1) and ``by`` describe the running one. ``since`` is
    when it came into its situation, as far as is known; ``why`` and ``next`` are for the user.
    ``remarks`` are what to know of the recording, as far as it was processed.
    """

    session_id: str
    name: str
    situation: Situation
    since: datetime | None = None
    to_come: tuple[str, ...] = ()
    stage: str | None = None
    share: float | None = None
    by: str | None = None
    why: str = ""
    next: str = ""
    attempts: int = 0
    next_try: datetime | None = None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """Every recording, how many voices and names wait for review, and whose consent is missing.

    ``outdated`` are the sessions that were made with other settings than the present ones.
    """

    entries: tuple[SessionStatus, ...]
    n_voices: int
    n_names: int
    consents: Consents
    outdated: Outdated

    @property
    def counts(self) -> Counter[Situation]:
        """How many recordings are in each situation."""
        return Counter(entry.situation for entry in self.entries)


def overview(study: Study, settings: Settings) -> Overview:
    """Return every session, then what waits in the inbox, then what is in quarantine.

    An error of one session, roster or register is shown at the sessions that it concerns. Raises
    StudyError if the key cannot be used, ModelError, TransientError.
    """
    held = frozenset(leases.living(study))
    missing, by_now = consents(study), acceptances(study)
    found = left(study, settings, verify=False)
    sessions = [
        _without_consent(_entry(study, each, held, settings, by_now), missing.people)
        for each in found
    ]
    entries = *sessions, *_inbox(study), *_quarantine(study)
    other = outdated(study, settings, {each.session_id: each.to_come for each in found})
    return Overview(entries, _n_unknown_voices(study), n_open_names(study), missing, other)


def _entry(
    study: Study, found: Left, leased: Collection[str], settings: Settings, by_now: Accepted
) -> SessionStatus:
    """Return the entry of a session; ``leased`` are those that a live process holds."""
    recording, wrong = found.recording, found.wrong
    if recording is not None and not found.to_come:
        return _finished(study, recording, by_now)
    if recording is not None:
        entry = _unfinished(study, recording, found.to_come, leased, settings)
    else:
        entry = SessionStatus(found.session_id, "", "waiting")
    if wrong is None or entry.situation in ("at work", "cancelled"):
        return entry
    return replace(entry, situation="failed", why=wrong.what, next=wrong.remedy)


def _finished(study: Study, recording: Recording, by_now: Accepted) -> SessionStatus:
    since = _written(files.file_of(study.dataset, "sessions", recording.session_id))
    found = outcome(study, recording, by_now)
    settled = str(SETTLED.filled(session_id=found.session_id)) if found.needs_a_look else ""
    return SessionStatus(
        recording.session_id,
        recording.original_name,
        "needs a look" if found.needs_a_look else "finished",
        since,
        why=" ".join(remark.what("en") for remark in found.remarks),
        next=" ".join(filter(None, (*(each.do("en") for each in found.remarks), settled))),
        remarks=found.remarks,
    )


def _unfinished(
    study: Study,
    recording: Recording,
    to_come: tuple[str, ...],
    leased: Collection[str],
    settings: Settings,
) -> SessionStatus:
    """Return the entry of a session that is not finished."""
    session_id = recording.session_id
    found = state.load(study, session_id)
    is_alive = found.stage is not None and session_id in leased
    entry = SessionStatus(
        session_id,
        recording.original_name,
        "waiting",
        _written(study.recordings / session_id / accepted.RECORD),
        to_come,
        next=PROCESS,
        attempts=found.attempts,
        next_try=found.next_try,
    )
    if state.is_cancelled(study, session_id):
        why = "It stops within a minute." if is_alive else ""
        again = f"Resume it with `vuoro retry {session_id}`."
        return replace(entry, situation="cancelled", since=None, why=why, next=again)
    if is_alive:
        entry = replace(entry, stage=found.stage, share=found.share, by=found.by)
        return replace(entry, situation="at work", since=found.since, next="")
    if hold := _hold(study, recording, to_come, settings):
        situation: Situation = "held" if isinstance(hold, HoldError) else "failed"
        entry = replace(entry, situation=situation, why=hold.what, next=hold.remedy)
        if isinstance(hold, LanguageQuestionError):
            entry = replace(entry, remarks=(asked_about(hold),))
        return entry
    if found.stage is not None:
        why = f"The process at the stage '{found.stage}' ended unexpectedly."
        return replace(entry, since=found.reported, why=why)
    if (failure := found.failure) is not None and not failure.is_hold:
        entry = replace(entry, why=failure.what, next=failure.remedy)
        return replace(entry, situation="failed", since=failure.at)
    return entry


def _without_consent(entry: SessionStatus, people: Collection[Unconsented]) -> SessionStatus:
    """Return an entry that says who of its session has not consented, and what to do."""
    here = [each for each in people if entry.session_id in each.sessions]
    if not here:
        return entry
    known = [each for each in here if entry.session_id in each.speaks_in]
    why = [entry.why] if entry.why else []
    why += [f"{each.who} {each.state} and speaks in it." for each in known]
    why += [f"{each.who} {each.state} and may speak in it." for each in here if each not in known]
    to_do = [entry.next] if entry.next else []
    to_do += [f"Remove their talk with `vuoro withdraw {each.person_id}`." for each in known]
    if len(here) > len(known):
        to_do.append("Identify the voices with `vuoro review people --out private/people.xlsx`.")
    return replace(entry, why=" ".join(why), next=" ".join(to_do))


def _hold(
    study: Study, recording: Recording, to_come: tuple[str, ...], settings: Settings
) -> VuoroError | None:
    """Return why the session may not be processed: an answer is missing, or its roster unusable."""
    try:
        require(study, recording)
        if to_come[0] == TRANSCRIBE.name:
            SessionChain(study, recording, settings).get(SPOKEN, verify=False)
    except (HoldError, StudyError, UnreadableError) as error:
        return error
    return None


def _inbox(study: Study) -> Iterator[SessionStatus]:
    try:
        found = intake.survey(study)
    except UnreadableError as error:
        yield SessionStatus("", study.inbox.name, "not here", why=error.what, next=error.remedy)
        return
    for place, reason in found.untaken:
        yield SessionStatus("", place.name, "not here", why=reason.what, next=reason.remedy)
    for file in found.recordings:
        receipt = intake.receipt_of(file)
        why = _last_words(receipt) if receipt.is_file() else ""
        since = _written(receipt)
        if not why or intake.is_of_copy(why):
            yield SessionStatus(
                "", file.name, "in the inbox", _written(file), why=why, next=PROCESS
            )
        elif intake.is_of_hold(why):
            yield SessionStatus(
                "", file.name, "held", since, why=why, next="Answer the question in its receipt."
            )
        else:  # it was tried and stayed in the inbox
            yield SessionStatus("", file.name, "refused", since, why=why, next="See its receipt.")


def _quarantine(study: Study) -> Iterator[SessionStatus]:
    for reason in sorted(study.quarantine.rglob(f"*{intake.REASON}")):
        name = reason.name.removesuffix(intake.REASON)
        why, since = _last_words(reason), _written(reason)
        if intake.is_of_duplicate(why):
            yield SessionStatus("", name, "duplicate", since, why=why)
        else:
            todo = "Move it into the inbox."
            if not intake.is_recovered(why):
                todo = "See its receipt; then type `vuoro retry` and its name."
            yield SessionStatus("", name, "in quarantine", since, why=why, next=todo)


def _last_words(receipt: Path) -> str:
    with os_errors("reading a receipt"):
        return intake.last_words(receipt.read_bytes())


def _written(file: Path) -> datetime | None:
    """Return when a file was last written; None if it is gone."""
    try:
        return datetime.fromtimestamp(int(file.stat().st_mtime), UTC)
    except FileNotFoundError:
        return None


def _n_unknown_voices(study: Study) -> int:
    """Return how many voices wait for review because it is unclear whose they are."""
    found = 0
    for file in study.people.glob("G*.json"):
        with suppress(StudyError, UnreadableError):  # the group's sessions report it
            known = register.load(study, file.stem)
            entries = (each for id in known.sessions for each in known.latest(id))
            found += sum(each.known.by == "unknown" for each in entries)
    return found


def n_open_names(study: Study) -> int:
    """Return how many names wait for review."""
    named = (e for e in EntityTable.load(study).judged if e.origin == "talk" and e.forms)
    return sum(entity.verdict == "open" for entity in named)
