"""Messages for the user of a run that has no terminal: in the run's log."""

from __future__ import annotations

from prefect import get_run_logger

from pipeline.study.listener import Listener


class Logged(Listener):
    """Writes sentences into the log of the run, which Prefect's pages show."""

    def noted(self, sentence: str) -> None:
        get_run_logger().info("%s", sentence)
