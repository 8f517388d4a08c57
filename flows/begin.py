"""What comes before any work on a study. Imports no Prefect: most runs have nothing to do."""

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
    """Have the study's settings in use by all of a run. Raises SettingsError."""
    if settings_in_use in copy_context():
        yield
        return
    token = settings_in_use.set(study.settings())
    try:
        yield
    finally:
        settings_in_use.reset(token)


@contextmanager
def begun(study: Study, run: str = "", told: Listener | None = None) -> Iterator[Lease]:
    """Work on a study; what killed runs left is cleared up first, if nobody else is at work.

    A study of an earlier format gets the present one. ``told``, or else the run's listener, is
    informed of what became of that. Raises SettingsError
    before anything is touched, StudyError if a command that must be alone is at work, a withdrawal
    is half done, or the key cannot be used; TransientError.
    """
    with using_settings(study):
        for note in clear_up(study):
            (told or listener.get()).noted(note)
        with locks.working(study, run) as held:
            refuse_half_done(study)
            accepted.require_recordings(study)
            seed(study)
            if study.bring_up_to_date():
                (told or listener.get()).noted(EARLIER)
            yield held


def clear_up(study: Study) -> list[str]:
    """Remove what killed runs left half-written, unless somebody else is at work: then later.

    Sentences for the user on what was set aside.
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
