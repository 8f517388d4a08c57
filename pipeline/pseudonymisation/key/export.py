"""Export the key in clear: for safekeeping, or to move it to another system."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from pipeline.errors import StudyError
from pipeline.pseudonymisation.key.file import KeyFile
from pipeline.pseudonymisation.key.own import without_key
from pipeline.storage.disk import os_errors, write_atomically
from pipeline.study import Study
from pipeline.study.private_file import new_private_file

ROWS = "entities"  # the table's list, one object per entity


def export(study: Study, key: KeyFile, out: Path) -> None:
    """Write the content of the key to a file that only its owner can read: a table if its name
    ends in .csv, else the JSON as it is.

    Raises StudyError if there is no key, the file exists, or it would be inside the study but not
    in private/; as ``KeyFile.read``; TransientError where it cannot be written.
    """
    out = new_private_file(study, out)
    data = key.read()
    if data is None:
        raise without_key(study)
    if out.suffix.lower() == ".csv":
        data = as_csv(data)
    with os_errors("exporting the key"):
        write_atomically(out, data, mode=0o600)


def as_csv(data: bytes) -> bytes:
    """The entity table as CSV for a spreadsheet: one row per entity, variants joined by " | ".

    Raises StudyError if the data are not such a table.
    """
    try:
        rows = [dict(row) for row in json.loads(data)[ROWS]]
    except (ValueError, KeyError, TypeError):
        raise StudyError(
            "What the key holds cannot be shown as a table.", "Export it to a .json file."
        ) from None
    columns = dict.fromkeys(column for row in rows for column in row)
    text = io.StringIO()
    writer = csv.DictWriter(text, [*columns], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({column: _cell(value) for column, value in row.items()} for row in rows)
    return text.getvalue().encode("utf-8-sig")  # with a BOM, Excel reads ä and ö correctly


def _cell(value: object) -> object:
    if isinstance(value, list):
        return " | ".join(str(_cell(item)) for item in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
