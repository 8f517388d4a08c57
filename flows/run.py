"""One run of a study in this process, on Prefect's embedded server. What ``vuoro run`` does."""

from __future__ import annotations

from filelock import FileLock, Timeout

from flows.environment import prepare
from flows.listener import Listener, listener
from pipeline import intake
from pipeline.errors import StudyError
from pipeline.stages import unfinished
from pipeline.store import Store
from pipeline.study import Study


def run_study(study: Study, overrides: dict[str, str], told: Listener) -> bool:
    """Take in the inbox and finish every session; False if there was nothing to do.

    ``told`` hears of everything that happens. Prefect is started only if there is work.

    Raises SettingsError or ModelError before anything is touched, StudyError if another run is at
    work on the study. A session that fails raises nothing: ``told`` hears of it.
    """
    settings = study.settings(overrides)
    with _alone(study):
        intake.repair(study)
        Store(study.stages).clear_pending()
        waiting = unfinished(study, settings)
        if not waiting and not intake.waiting(study):
            return False
        prepare(study)
        from flows.inbox import process_inbox

        token = listener.set(told)
        try:
            process_inbox(str(study.root), overrides)
        finally:
            listener.reset(token)
    return True


class _alone:
    """Holds the study for one run. The system frees the lock when a run is killed."""

    def __init__(self, study: Study) -> None:
        self._lock = FileLock(study.run_lock_file, timeout=0)

    def __enter__(self) -> None:
        try:
            self._lock.acquire()
        except Timeout:
            raise StudyError(
                "Another run is at work on this study.", "Wait until it has finished."
            ) from None

    def __exit__(self, *_: object) -> None:
        self._lock.release()
