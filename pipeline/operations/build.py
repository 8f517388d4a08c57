"""Build: apply reviews, corrections and rosters to existing stage results. No sound is needed.

Tables are updated first, then exports. ``document`` is also the last step of a run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline import intake
from pipeline.errors import StudyError, TransientError, VuoroError
from pipeline.exports.write import export, forms_in
from pipeline.media.device import one_thread_for_numpy
from pipeline.operations.repair import repair
from pipeline.people.roster.consent import require
from pipeline.people.roster.seed import seed
from pipeline.settings import Settings
from pipeline.stages.chain import SessionChain
from pipeline.stages.declared import BY_NAME, STAGES, of_phase
from pipeline.stages.make import stands
from pipeline.stages.to_do import unfinished
from pipeline.storage.disk import clear_pending, lies_in, os_errors
from pipeline.study import Study, accepted, locks
from pipeline.study.listener import Listener
from pipeline.study.outcome import Outcome, outcome
from pipeline.study.store import Store
from pipeline.study.tombstones import refuse_half_done

HEARING = of_phase("hear")
ROUNDS = 2
RUN = "vuoro run"

ToDo = dict[str, list[str]]
"""The stages to come of each unfinished session, as ``to_do.unfinished`` has them."""


@dataclass(frozen=True, slots=True)
class Built:
    """The result of a build, by session: updated, waiting for a run, held or failed.

    ``notes`` are sentences about what could not be put into an export.
    """

    finished: tuple[Outcome, ...]
    waiting: tuple[str, ...]
    failed: dict[str, VuoroError]
    notes: tuple[str, ...]


def build(
    study: Study,
    settings: Settings,
    listener: Listener,
    forms: Collection[str] = (),
    out: Path | None = None,
) -> Built:
    """Update the data set without transcribing anything, and export it in these forms.

    Exports go to ``out``, or into the study. Exports that the study has already are updated too.
    ``listener`` receives every event; a session that fails raises nothing.

    Raises StudyError if a run is in progress on the study or ``out`` is no place for exports,
    ModelError, DatasetError if a file of the data set is damaged, TransientError.
    """
    if out is not None:
        out = _checked(study, out)
    with locks.alone(study):
        with os_errors("clearing up after an interrupted run"):
            clear_pending(study.root)
            Store(study.stages).clear_pending()
        for note in repair(study):
            listener.noted(note)
        refuse_half_done(study)
        seed(study)
        one_thread_for_numpy()
        finished, failed = _finish_all(study, settings, listener)
        waiting = tuple(_unfinished(study, settings, hearing=True))
        document(study)
        kept = forms_in(study.exports)
        notes = export(study.dataset, study.exports, [*kept, *([] if out else forms)])
        if out is not None:
            notes += export(study.dataset, out, forms)
    return Built(finished, waiting, failed, tuple(notes))


def document(study: Study) -> None:
    """Update what belongs to no one session: people, attendance, dictionary, data sheet.

    The caller holds the study. Raises StudyError if the recordings are gone or the key cannot be
    used, DatasetError if a file of the data set is damaged, TransientError.
    """
    accepted.require_recordings(study)
    for stage in STAGES:
        if stage.phase == "whole" and not stands(stage, study):
            stage.run(study=study)


def made_by(chain: SessionChain) -> str:
    """Return the command that makes what a session lacks."""
    return RUN if HEARING & {*chain.pending(verify=False)} else "vuoro build"


def rounds(to_do: Callable[[], ToDo], failed: Collection[str]) -> Iterator[ToDo]:
    """Yield what remains to be done, repeatedly: a name found in one session is masked in all, so
    sessions that were done before it come up again.

    Sessions in ``failed``, which the caller fills, do not come up again.
    """
    for _ in range(ROUNDS):
        waiting = {id: stages for id, stages in to_do().items() if id not in failed}
        if not waiting:
            return
        yield waiting


def _finish_all(
    study: Study, settings: Settings, listener: Listener
) -> tuple[tuple[Outcome, ...], dict[str, VuoroError]]:
    finished: dict[str, Outcome] = {}
    failed: dict[str, VuoroError] = {}
    for waiting in rounds(partial(_unfinished, study, settings, hearing=False), failed):
        listener.planned(waiting)
        for session_id in waiting:
            try:
                _finish(study, session_id, settings, listener)
            except VuoroError as error:
                failed[session_id] = error
                listener.failed(session_id, error)
            else:
                recording = accepted.recording(study, session_id)
                finished[session_id] = outcome(study, recording)
                listener.finished(finished[session_id])
                with suppress(TransientError):  # no session fails for its receipt
                    intake.tell_finished(study, finished[session_id])
    done = (finished[id] for id in sorted(finished) if id not in failed)
    return tuple(done), failed


def _unfinished(study: Study, settings: Settings, *, hearing: bool) -> ToDo:
    """Return the unfinished sessions that need stages which listen to sound, or those that do not.

    Files are not hashed here: the sound alone is gigabytes. Those that are used are.
    """
    to_do = unfinished(study, settings, verify=False)
    return {id: stages for id, stages in to_do.items() if hearing == bool(HEARING & {*stages})}


def _finish(study: Study, session_id: str, settings: Settings, listener: Listener) -> None:
    recording = accepted.recording(study, session_id)
    require(study, recording)
    chain = SessionChain(study, recording, settings)
    for stage in chain.pending():
        if stage in HEARING:
            raise StudyError("A result of the session is damaged.", "Recreate it with `vuoro run`.")
        chain.run(BY_NAME[stage], partial(listener.progressed, session_id, stage))
        listener.progressed(session_id, stage, 1.0)


def _checked(study: Study, out: Path) -> Path:
    """Return the folder for exports. Raises StudyError if it is one of the study's own."""
    out = out.expanduser().resolve()
    own = (study.private, study.dataset, study.inbox, study.quarantine, study.codebooks)
    if out in (study.root, *own) or lies_in(out, own):
        raise StudyError(
            "Exports cannot be written into the study's own folders.",
            "Give another folder, or leave out --out to write them to exports/.",
        )
    return out
