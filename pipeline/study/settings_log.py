"""Which settings made the data set: a line for each set of values, with their digest.

The tables give only the digest. The values show which keys of vuoro.toml have changed since.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ValidationError

from pipeline.settings import KEYS, Settings
from pipeline.storage.disk import append_line, os_errors
from pipeline.study import Study

Values = dict[str, Any]  # by key, as JSON holds them


class _Line(BaseModel):
    digest: str
    values: Values


def remember(study: Study, settings: Settings) -> None:
    """Log that these settings produce part of the data set, unless that is logged already.

    Raises TransientError.
    """
    values = _decisive(settings)
    if used(study).get(settings.digest) != values:
        line = json.dumps({"digest": settings.digest, "values": values}, ensure_ascii=False)
        with os_errors("noting which settings are used"):
            append_line(study.settings_log, line.encode())


def used(study: Study) -> dict[str, Values]:
    """The last values used for each digest; a damaged line is left out.

    Raises TransientError.
    """
    with os_errors("reading which settings were used"):
        log = study.settings_log
        lines = log.read_bytes().splitlines() if log.exists() else []
    found = {}
    for data in lines:
        try:
            line = _Line.model_validate_json(data)
        except ValidationError:
            continue
        found[line.digest] = line.values
    return found


def changed(values: Values, settings: Settings) -> tuple[str, ...]:
    """The keys whose values in these settings differ from ``values``."""
    now = _decisive(settings)
    return tuple(key for key in now if key not in values or values[key] != now[key])


def _decisive(settings: Settings) -> Values:
    """Every value that can change a result."""
    return {
        name: list(value) if isinstance(value := key.of(settings), tuple) else value
        for name, key in KEYS.items()
        if key.is_decisive
    }
