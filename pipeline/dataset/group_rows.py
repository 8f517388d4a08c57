"""Who is in a group: its rows of ``people`` and ``attendance``, from its sessions and its roster.

The data of a session about its people is in the footer of its sessions file, so that a group's rows
need only those files.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
from pydantic import TypeAdapter, ValidationError

from pipeline.dataset import files
from pipeline.errors import DatasetError
from pipeline.records import Cast
from pipeline.tables.columns import Row

Own = str | float | bool | None

HEARD = "vuoro.heard"  # the entry of a sessions file's footer


@dataclass(frozen=True, slots=True)
class Background:
    """The roster's data on a member: the role in the group, and the study's own columns x_…

    ``consent`` is that of the table of people. Nothing else is published for a member without it.
    """

    role: str = "unknown"
    own: Mapping[str, Own] | None = None
    consent: str = "unknown"


Group = Mapping[str, Background]
"""The members that a group's roster has, by person_id."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """The data in ``heard`` on a person."""

    role: str
    identified_by: str
    similarity: float | None
    margin: float | None
    n_rows: int
    n_turns: int
    speech_s: float


@dataclass(frozen=True, slots=True)
class Met:
    """One session of a group: its row of ``sessions``, and its ``heard``."""

    session: Row
    heard: dict[str, Row]


def met(file: Path) -> tuple[Met, dict[str, str]]:
    """A session as its sessions file has it, and the footer of that.

    Raises DatasetError if the file was changed, or made by another version of vuoro, TransientError
    if it cannot be read.
    """
    from pipeline.tables import SCHEMA_VERSION, TABLES  # which also declares people

    table = files.read(file)
    footer = files.footer(table)
    if footer.get("vuoro.schema_version", SCHEMA_VERSION) != SCHEMA_VERSION:
        raise DatasetError("The data set was made by another version of vuoro.")
    found = from_entry(footer.get(HEARD, ""))
    is_ours = {"vuoro.source", "vuoro.settings_digest"} <= footer.keys()
    has_columns = not TABLES["sessions"].structure_problems(table)
    if not (found is not None and is_ours and has_columns and table.num_rows == 1):
        raise DatasetError("A file of the data set was changed by another program.")
    return Met(table.to_pylist()[0], found), footer


def heard(cast: Cast, turns: Sequence[Row]) -> dict[str, Row]:
    """All people in the turns of a session, with the data of the cast, by person_id.

    A person who only overlaps another's turn has no row in turns: ``n_rows`` is 0. Where several
    labels are one person, the one that talks most counts.
    """
    mentioned = {p for turn in turns for p in (turn["person_id"], *turn["overlapped_by"])}
    labels = {person.person_id: person for person in sorted(cast.people, key=lambda p: p.speech_s)}
    found = {}
    for person_id in sorted(mentioned):
        person = labels[person_id]
        own = [turn for turn in turns if turn["person_id"] == person_id]
        found[person_id] = {
            "role": person.role,
            "identified_by": person.identified_by,
            "similarity": _rounded(person.similarity),
            "margin": _rounded(person.margin),
            "n_rows": len(own),
            "n_turns": sum(turn["kind"] == "turn" for turn in own),
            "speech_s": round(sum(turn["duration_s"] - turn["pause_s"] for turn in own), 3),
        }
    return found


def as_entry(found: Mapping[str, Row]) -> str:
    """``heard`` as the footer keeps it."""
    return json.dumps(found, sort_keys=True)


def from_entry(entry: str) -> dict[str, Row] | None:
    """``heard`` as the footer keeps it, read back; None where that is damaged."""
    try:
        found = TypeAdapter(dict[str, _Heard]).validate_json(entry)
    except ValidationError:
        return None
    return {person_id: asdict(row) for person_id, row in found.items()}


def people_rows(
    group_id: str, met: Sequence[Met], group: Group, own: Mapping[str, pa.DataType]
) -> list[Row]:
    """A row for each member who has consented and for each person who talks in a session.

    ``own`` are the study's own columns with their types. Where sessions disagree about a role and
    no roster states it, that of most sessions counts, a known one before ``unknown``.
    """
    rows = []
    consenting = {person_id for person_id, member in group.items() if member.consent == "yes"}
    in_talk = {person_id for each in met for person_id in each.heard}
    for person_id in sorted(consenting | in_talk):
        found = [each.heard[person_id] for each in met if person_id in each.heard]
        known = group.get(person_id, Background())
        own_values = known.own or {}
        rows.append(
            {
                "person_id": person_id,
                "group_id": group_id,
                "role": _role(known.role, [row["role"] for row in found]),
                "identity": _identity(person_id in group, found),
                "consent": known.consent,
                "n_sessions": sum(row["n_rows"] > 0 for row in found),
                "n_turns": sum(row["n_turns"] for row in found),
                "speech_s": round(sum(row["speech_s"] for row in found), 3),
            }
            | {name: _own_value(own_values.get(name), type) for name, type in own.items()}
        )
    return rows


def attendance_rows(met: Sequence[Met], people: Sequence[Row]) -> list[Row]:
    """A row for each of ``people`` in each session; for an unknown person only in their session."""
    return [
        _attendance_row(each.session, person, each.heard.get(person["person_id"]))
        for each in met
        for person in people
        if person["identity"] != "unknown" or person["person_id"] in each.heard
    ]


def own_columns(groups: Iterable[Group]) -> dict[str, pa.DataType]:
    """The study's own columns, in order of name: those of all rosters, of one type each.

    Numbers where every value is a number, text otherwise.
    """
    members = [member.own or {} for group in groups for member in group.values()]
    values = {
        name: [own[name] for own in members if name in own] for own in members for name in own
    }
    return {name: _type_of(values[name]) for name in sorted(values)}


def _attendance_row(session: Row, person: Row, found: Row | None) -> Row:
    present = found is not None and found["n_rows"] > 0
    role = found["role"] if found is not None and found["role"] != "unknown" else person["role"]
    measured = ("identified_by", "similarity", "margin", "n_turns", "speech_s")
    return (
        {name: session[name] for name in ("group_id", "session_id", "session_number", "kind")}
        | {"person_id": person["person_id"], "role": role, "present": present}
        | {name: found[name] if found is not None and present else None for name in measured}
    )


def _role(in_roster: str, in_sessions: Sequence[str]) -> str:
    if in_roster != "unknown" or not in_sessions:
        return in_roster
    count = Counter(in_sessions)
    return max(count, key=lambda role: (role != "unknown", count[role], role))


def _identity(in_roster: bool, found: Sequence[Row]) -> str:
    if in_roster:
        return "roster"
    unknown = all(row["identified_by"] == "unknown" for row in found)
    return "unknown" if unknown else "voice"


def _type_of(values: Sequence[Own]) -> pa.DataType:
    said = [value for value in values if value not in (None, "")]
    numbers = [v for v in said if isinstance(v, int | float) and not isinstance(v, bool)]
    return pa.float64() if said and len(numbers) == len(said) else pa.string()


def _own_value(value: Own, type: pa.DataType) -> str | float | None:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if type == pa.float64():
        return None if isinstance(value, str) else float(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value).strip() or None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
