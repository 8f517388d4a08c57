"""Watch the inbox and start a run whenever a copy is complete, until stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from math import inf
from pathlib import Path

from pipeline.errors import ModelError, SettingsError, VuoroError
from pipeline.intake import sidecar
from pipeline.intake.stillness import ready
from pipeline.intake.waiting import waiting
from pipeline.storage.disk import os_errors
from pipeline.storage.looks import Look, look
from pipeline.study import Study

RUN_ANYWAY_S = 600.0  # what failed may be tried again by now, and consents may have come


class Watch:
    """Check an inbox repeatedly.

    ``run`` does what `vuoro run` does; it returns the outcome, and whether a later run may do more.
    ``say`` is called with one line whenever there is something new to say.
    """

    def __init__(
        self, study: Study, run: Callable[[], tuple[str, bool]], say: Callable[[str], None]
    ) -> None:
        self._study, self._run, self._say = study, run, say
        self._tried: dict[str, Look] = {}
        self._run_at = 0.0
        self._said = ""

    def go_on(self, every_s: float, sleep: Callable[[float], None] = time.sleep) -> None:
        """Check every ``every_s`` seconds, for ever.

        Raises SettingsError or ModelError if no run can begin; any other failure is survived.
        """
        while True:
            self.look()
            sleep(every_s)

    def look(self) -> None:
        """Check once, and run if there is something new."""
        try:
            self._tell(self._looked())
        except (SettingsError, ModelError):
            raise
        except VuoroError as error:
            self._tell(str(error))

    def _looked(self) -> str:
        with os_errors("looking into the inbox"):
            files = {str(file): _look(file) for file in ready(self._study)}
        if files.items() <= self._tried.items() and time.monotonic() < self._run_at:
            return self._waits()
        self._run_at = 0.0  # a failed run is tried again, even if everything is taken in by now
        line, is_left = self._run()
        self._tried = files
        self._run_at = time.monotonic() + RUN_ANYWAY_S if is_left else inf
        return line

    def _waits(self) -> str:
        """What is in the inbox and was not taken."""
        lie = len(waiting(self._study))
        copied = lie - len(self._tried)
        held = min(lie, len(self._tried))
        parts = [f"{copied} being copied"] if copied > 0 else []
        parts += [f"{held} in the inbox cannot be taken yet: see their receipts"] if held else []
        return "; ".join(parts) or "Nothing new in the inbox."

    def _tell(self, line: str) -> None:
        if line != self._said:
            self._say(f"{datetime.now():%H:%M} {line}")
        self._said = line


def _look(file: Path) -> Look:
    """How a recording and the files about it look: after a correction it may be taken."""
    return [part for each in (file, *sidecar.about(file)) for part in look(each)]
