"""The place for a new file that identifies people."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import StudyError
from pipeline.storage.disk import lies_in, os_errors
from pipeline.study import Study


def new_private_file(study: Study, out: Path) -> Path:
    """The place for a new file that identifies people: ``out``, with links followed.

    Raises StudyError if the file exists already, or would be inside the study but not in private/;
    TransientError if that cannot be checked.
    """
    with os_errors("looking where to write the file"):
        out = out.expanduser().resolve()
        if lies_in(out, [study.root]) and not lies_in(out, [study.private]):
            raise StudyError(
                "Inside the study, real names may be written to private/ only.",
                "Choose a file there, or one outside the study that no one else can read.",
            )
        if out.exists():  # it may hold decisions that are not applied yet
            raise StudyError(f"{out.name} already exists.", "Choose another name.")
    return out
