"""One run of a study in this process, on a Prefect server of its own. Carries out ``vuoro run``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf

from filelock import FileLock, Timeout
from platformdirs import user_cache_path

from flows.begin import begun, settings_in_use
from flows.server import serving
from flows.server_environment import prepare, speaking_to
from pipeline import intake
from pipeline.media.device import one_thread_for_numpy
from pipeline.operations import build
from pipeline.people.roster.unconsented import consents
from pipeline.stages.documents import DOCUMENT
from pipeline.stages.to_do import unfinished
from pipeline.storage.disk import os_errors
from pipeline.study import Study, locks
from pipeline.study.leases import lease
from pipeline.study.listener import Listener, listener


def run_study(study: Study, run_listener: Listener) -> bool:
    """Take in the inbox and finish every session; False if there was nothing to do.

    ``run_listener`` receives every event. Prefect is started only if there is work.

    If others run on the study, they share the sessions, and this run ends when all are done.

    Raises SettingsError or ModelError before anything is touched, StudyError if a command that must
    be alone is running on the study. A session that fails raises nothing: ``run_listener`` receives
    it.
    """
    # a key that does not open stops the run before it has begun
    with begun(study, run_listener=run_listener):
        settings = settings_in_use.get()
        is_alone = len(locks.runs(study)) == 1
        # files are not hashed here: the sound alone is gigabytes; those that are used are
        if not unfinished(study, settings, verify=False) and not intake.waiting(study):
            # a run may have been killed before it did
            with lease(study, DOCUMENT.name, wait_s=inf):
                build.document(study)
            _report_consents(study, run_listener)
            return False
        if not is_alone:
            run_listener.noted("Another run is at work on this study: they share the sessions.")
        prepare(study)
        one_thread_for_numpy()
        server = serving(study.prefect_home, settings.machine.prefect_api_url)
        with _seen_by_others(run_listener), server as api, speaking_to(api):
            _process_inbox(study, run_listener)
        _report_consents(study, run_listener)
    return True


def _report_consents(study: Study, run_listener: Listener) -> None:
    for sentence in consents(study).sentences:
        run_listener.noted(sentence)


def _process_inbox(study: Study, run_listener: Listener) -> None:
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogHandler

    from flows.inbox import process_inbox
    from flows.one_session import Contained

    token = listener.set(run_listener)
    with Contained("run", study):
        try:
            process_inbox(str(study.root), every=True)
        finally:
            listener.reset(token)
            # sent in the background: wait for the rest while the server still listens
            APILogHandler().flush()
            EventsWorker.drain_all(timeout=5)


@contextmanager
def _seen_by_others(run_listener: Listener) -> Iterator[None]:
    """Show this run to those of the user's other studies; notify ``run_listener`` of one."""
    with os_errors("looking for other runs on this machine"):
        folder = user_cache_path("vuoro", appauthor=False, ensure_exists=True)
        lock = FileLock(folder / "run.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            run_listener.noted(
                "Another study is at work on this machine: the two share it, and each takes longer."
            )
    try:
        yield
    finally:
        lock.release()
