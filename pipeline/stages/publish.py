"""Publish: a session's tables go into the data set's folder.

After publishing or removing sessions, ``publish_people`` and ``write_documentation`` bring the
study-level files up to date.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa

from pipeline.dataset import datasheet, files
from pipeline.dataset.group_rows import (
    Group,
    attendance_rows,
    met,
    own_columns,
    people_rows,
)
from pipeline.dataset.methods import NO_SETTINGS, SettingsByDigest
from pipeline.dataset.summary import summarise
from pipeline.errors import DatasetError
from pipeline.records.ids import group_of
from pipeline.storage.digests import digest
from pipeline.tables.columns import OWN
from pipeline.tables.people_tables import ATTENDANCE, PEOPLE

COMPLETE = files.SESSION_TABLES[-1]  # the table whose file makes a session complete

COMPLETE = files.SESSION_TABLES[-1]  # the table whose file makes a session complete

NOBODY: Mapping[str, Group] = MappingProxyType({})


@dataclass(frozen=True)
class Origin:
    """Where the rows of a session come from: ``source`` is a digest of all they derive from.

    ``more`` are further entries of the files' footers.
    """

    source: str
    models: Sequence[str]
    settings_digest: str
    more: Mapping[str, str] = field(default_factory=dict)


def publish_session(dataset: Path, tables: Mapping[str, pa.Table], source: str) -> bool:
    """Write all files of a session into the data set; True if anything changed.

    ``tables`` are from ``session_tables``. If the files are undamaged and already of that source,
    nothing is written.

    Raises TransientError where the disk is full or cannot be written.
    """
    session = tables["sessions"].to_pylist()[0]
    if is_published(dataset, session["session_id"], source):
        return False
    origin = Origin(source, session["models"], session["settings_digest"])
    return write_tables(dataset, session["session_id"], tables, origin)


def write_tables(
    dataset: Path, session_id: str, tables: Mapping[str, pa.Table], origin: Origin
) -> bool:
    """Write these tables of a session into the data set; True if anything changed.

    The sessions file is written last: it makes the session complete. Raises TransientError.
    """
    written = []
    for name in (name for name in files.SESSION_TABLES if name in tables):
        footer = files.provenance(name, origin.source, [*origin.models], origin.settings_digest)
        footer |= {**files.footer(tables[name]), **origin.more}
        data = files.encode(name, tables[name], footer)
        written.append(files.write(files.file_of(dataset, name, session_id), data))
    return any(written)


def is_published(dataset: Path, session_id: str, source: str) -> bool:
    """Whether all files of a session are there, undamaged, of this source and this vuoro."""
    return are_written(dataset, session_id, files.SESSION_TABLES, files.origin(source))


def are_written(
    dataset: Path, session_id: str, tables: Sequence[str], wanted: Mapping[str, str]
) -> bool:
    """Whether the files of these tables are there, undamaged, with these entries in their footers.

    The file written last, of the last table, vouches for those not changed since it; and for that
    one, unless it was changed since, the sessions file does, which makes the session complete.

    Raises TransientError where one cannot be read.
    """
    place = {name: files.file_of(dataset, name, session_id) for name in files.SESSION_TABLES}
    # check all: while one folder cannot be read, nothing of the session is written
    changed_ns = {name: files.changed_ns(file) for name, file in place.items()}
    *others, last = tables
    if any(changed_ns[name] is None for name in tables):
        return False
    read = [name for name in others if _is_later(changed_ns[name], changed_ns[last])]
    if last == COMPLETE or _is_later(changed_ns[last], changed_ns[COMPLETE]):
        read.append(last)
    elif not _has(files.footer_of, place[last], wanted):
        return False
    return all(_has(_read_footer, place[name], wanted) for name in read)


def _is_later(one_ns: int | None, other_ns: int | None) -> bool:
    return one_ns is not None and (other_ns is None or one_ns > other_ns)


def publish_people(
    dataset: Path, background: Mapping[str, Group] = NOBODY, left: Collection[str] = ()
) -> bool:
    """Write the people and the attendance of every group again; True if any changed.

    Both come from the footers of the sessions files and from ``background``, which has the members
    of each group's roster. Groups in ``left`` keep their files. One group is in memory at a time.

    Raises DatasetError if a file of the data set is damaged, TransientError if one cannot be read
    or written.
    """
    kept = (files.file_of(dataset, "people", group_id) for group_id in left)
    own = _own_columns_of(file for file in kept if file.is_file()) | own_columns(
        background.values()
    )
    changed, groups = False, set()
    sessions = files.files(dataset, "sessions")
    for group_id, of_group in groupby(sessions, key=lambda file: group_of(file.stem)):
        groups.add(group_id)
        if group_id in left and files.file_of(dataset, "people", group_id).is_file():
            continue
        changed |= _write_group(dataset, group_id, of_group, background.get(group_id, {}), own)
    stale = (f for name in files.GROUP_TABLES for f in files.files(dataset, name))
    return _remove(file for file in stale if file.stem not in groups) or changed


def remove_stale(dataset: Path, session_ids: Collection[str]) -> bool:
    """Remove the files of sessions that the study no longer has; True if there were any.

    ``session_ids`` are those it has. Unfinished files of a killed run go too, so call this only
    while no other run publishes.

    Raises TransientError where a file cannot be removed.
    """
    kept = set(session_ids)
    for file in files.unfinished(dataset):
        files.remove(file)
    # Remove the sessions file first, so that a session half removed does not look complete.
    return _remove(
        file
        for name in reversed(files.SESSION_TABLES)
        for file in files.files(dataset, name)
        if file.stem not in kept
    )


def write_documentation(dataset: Path, settings: SettingsByDigest = NO_SETTINGS) -> bool:
    """Write dictionary.csv and DATASHEET.md of the data set as it is; True if any changed.

    ``settings`` are the values behind the digests in the tables, as far as they are known.

    Raises DatasetError if a file of the data set is damaged, TransientError if one cannot be read
    or written.
    """
    summary = summarise(dataset)
    contents = {
        "dictionary.csv": datasheet.dictionary_csv(summary.own),
        "DATASHEET.md": datasheet.datasheet(summary, settings).encode(),
    }
    return any([files.write(dataset / name, data) for name, data in contents.items()])


def _own_columns_of(people: Iterable[Path]) -> dict[str, pa.DataType]:
    """Return the study's own columns, as these files of ``people`` have them."""
    fields = (field for file in people for field in files.read(file).schema)
    return {field.name: field.type for field in fields if field.name.startswith(OWN)}


def _write_group(
    dataset: Path,
    group_id: str,
    sessions: Iterable[Path],
    group: Group,
    own: Mapping[str, pa.DataType],
) -> bool:
    read = [met(file) for file in sessions]
    of_group, footers = [each for each, _ in read], [footer for _, footer in read]
    people = people_rows(group_id, of_group, group, own)
    attendance = attendance_rows(of_group, people)
    rows = {PEOPLE.as_in(pa.schema(own)): people, ATTENDANCE: attendance}
    sources = [footer["vuoro.source"] for footer in footers]
    models = sorted({model for each in of_group for model in each.session["models"]})
    settings = ", ".join(sorted({footer["vuoro.settings_digest"] for footer in footers}))
    written = [
        files.write(
            files.file_of(dataset, table.name, group_id),
            files.encode(
                table.name,
                table.of_rows(made),
                files.provenance(table.name, digest([*sources, made]), models, settings),
            ),
        )
        for table, made in rows.items()
    ]
    return any(written)


def _read_footer(file: Path) -> dict[str, str]:
    """Return the footer of a file, after checking its rows against their checksums."""
    return files.footer(files.read(file))


def _has(footer: Callable[[Path], dict[str, str]], file: Path, wanted: Mapping[str, str]) -> bool:
    try:
        return wanted.items() <= footer(file).items()
    except DatasetError:  # damaged: to be written again
        return False


def _remove(stale: Iterable[Path]) -> bool:
    gone = list(stale)
    for file in gone:
        files.remove(file)
    return bool(gone)
