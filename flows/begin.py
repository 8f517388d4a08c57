"""Preparation for any work on a study. Imports no Prefect: most runs have nothing to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context

from pipeline.errors import StudyError
from pipeline.operations.repair import repair
from pipeline.people.roster.seed import seed
from pipeline.settings import Settings
from pipeline.storage.disk import clear_pending, os_errors
from pipeline.study import EARLIER, Study, accepted, locks
from pipeline.study.leases import Lease
from pipeline.study.listener import Listener, listener
from pipeline.study.store import Store
from pipeline.study.tombstones import refuse_half_done

settings_in_use: ContextVar[Settings] = ContextVar("settings_in_use")
"""The settings of the run at work, read once: a vuoro.toml that changes is for the next run."""


@contextmanager
def using_settings(study: Study) -> Iterator[None]:
    """Use the study's settings throughout a run. Raises SettingsError."""
    if settings_in_use in copy_context():
        yield
        return
    token = settings_in_use.set(study.settings())
    try:
        yield
    finally:
        settings_in_use.reset(token)


@contextmanager
def begun(study: Study, run: str = "", run_listener: Listener | None = None) -> Iterator[Lease]:
    """Work on a study; first clear up what killed runs left, if no other process is running.

    A study of an earlier format is converted to the present one. ``run_listener``, or else the
    run's listener, is notified of the results. Raises SettingsError before anything is touched,
    StudyError if a command that must be alone is running, a withdrawal is half done, or the key
    cannot be used; TransientError.
    """
    with using_settings(study):
        for note in clear_up(study):
            (run_listener or listener.get()).noted(note)
        with locks.working(study, run) as held:
            refuse_half_done(study)
            accepted.require_recordings(study)
            seed(study)
            if study.bring_up_to_date():
                (run_listener or listener.get()).noted(EARLIER)
            yield held


def clear_up(study: Study) -> list[str]:
    """Remove what killed runs left half-written, unless another process is running: then later.

    Returns sentences for the user on what was set aside.
    """
    try:
        with locks.alone(study):
            with os_errors("clearing up after an interrupted run"):
                clear_pending(study.root)
                Store(study.stages).clear_pending()
            return repair(study)
    except StudyError:
        if locks.is_free(study):
            raise
    return []
