"""What a data set holds, counted: the figures of its data sheet and of the methods section."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.compute as pc

from pipeline.dataset import files
from pipeline.tables import TABLES
from pipeline.tables.columns import Column
from pipeline.tables.people_tables import PEOPLE
from pipeline.tables.values import IDENTIFIED_BY, ROLES

_MASKED = ("n_masked_person", "n_masked_organisation", "n_masked_place", "n_masked_other")
_NAMES = "names-"
_EMBEDDED = ("segmentation", "voice-print")


class ModelUse(NamedTuple):
    """A model that was used: its role, its id and the beginning of its sha256."""

    role: str
    id: str
    sha256: str


class Recogniser(NamedTuple):
    """What recognised a session's words: the model's id, and the language of the talk.

    ``is_embedded`` says whether vuoro's own diarisation distinguished the speakers.
    """

    model: str
    language: str | None
    is_embedded: bool


@dataclass(frozen=True, slots=True)
class People:
    """The people of a data set, each counted once.

    ``roles`` counts those who speak, and ``n_roster`` those of them named in a roster.
    ``n_unknown`` are voices that were not recognised, each of one session. ``identified_by``
    counts people in sessions, by how they were identified.
    """

    roles: dict[str, int]
    n_roster: int
    n_unknown: int
    identified_by: dict[str, int]


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a data set. ``n_rows`` and ``n_files`` are by table name.

    ``kinds``, ``languages``, ``flags``, ``versions`` of vuoro, ``settings`` (digests), ``used`` and
    ``recognisers`` count sessions; ``masked`` counts masked mentions by the name of their column in
    turns; ``n_corrected`` are rows of turns that a human corrected; ``own`` are the study's own
    columns of people. ``models`` lists all that were available, ``used`` those that were used.
    """

    n_rows: dict[str, int]
    n_files: dict[str, int]
    n_groups: int
    duration_s: float
    n_turns: int
    n_minimal_responses: int
    n_corrected: int
    kinds: dict[str, int]
    languages: dict[str, int]
    flags: dict[str, int]
    masked: dict[str, int]
    models: tuple[str, ...]
    used: dict[ModelUse, int]
    recognisers: dict[Recogniser, int]
    versions: dict[str, int]
    settings: dict[str, int]
    people: People
    own: tuple[Column, ...]

    @property
    def n_sessions(self) -> int:
        """The sessions of the data set."""
        return self.n_rows["sessions"]


def summarise(dataset: Path) -> Summary:
    """Count what is in a data set, one file at a time.

    Raises DatasetError if a file is damaged, TransientError if one cannot be read.
    """
    n_rows = dict.fromkeys(TABLES, 0)
    n_files = dict.fromkeys(TABLES, 0)
    for name in TABLES:
        for file in files.files(dataset, name):
            n_files[name] += 1
            n_rows[name] += files.n_rows(file)
    total: Counter[str] = Counter()
    met: dict[str, Counter[Any]] = defaultdict(Counter)
    duration_s = 0.0
    for session, footer in _sessions(dataset):
        duration_s += session["duration_s"]
        for column in ("n_turns", "n_minimal_responses"):
            total[column] += session[column]
        for column in ("group_id", "kind", "settings_digest"):
            met[column][session[column]] += 1
        met["language"][session["language"] or "–"] += 1
        met["flags"].update(session["flags"])
        met["models"].update(session["models"])
        met["versions"][footer.get("vuoro.version", "–")] += 1
        used = [*_used(session)]
        met["used"].update(used)
        met["recognisers"].update(_recognisers(used, session["language"]))
    masked, n_corrected = _of_turns(dataset)
    return Summary(
        n_rows=n_rows,
        n_files=n_files,
        n_groups=len(met["group_id"]),
        duration_s=duration_s,
        n_turns=total["n_turns"],
        n_minimal_responses=total["n_minimal_responses"],
        n_corrected=n_corrected,
        kinds=_sorted(met["kind"]),
        languages=_sorted(met["language"]),
        flags=_sorted(met["flags"]),
        masked=masked,
        models=tuple(sorted(met["models"])),
        used=_sorted(met["used"]),
        recognisers=dict(met["recognisers"].most_common()),
        versions=_sorted(met["versions"]),
        settings=_sorted(met["settings_digest"]),
        people=_people(dataset),
        own=own_columns(dataset),
    )


def own_columns(dataset: Path) -> tuple[Column, ...]:
    """The study's own columns of people, which every file of people has.

    Raises DatasetError if a file is damaged, TransientError if one cannot be read.
    """
    people = files.files(dataset, "people")
    columns = PEOPLE.as_in(files.read(people[0]).schema).columns if people else PEOPLE.columns
    return columns[len(PEOPLE.columns) :]


def _sorted(counts: Counter[Any]) -> dict[Any, int]:
    return dict(sorted(counts.items()))


def _sessions(dataset: Path) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """Each session's row of ``sessions``, with the footer of its file."""
    for file in files.files(dataset, "sessions"):
        table = files.read(file)
        for session in table.to_pylist():
            yield session, files.footer(table)


def _used(session: dict[str, Any]) -> Iterator[ModelUse]:
    """The models that a session used; the tables list all that were available.

    Names are found by the model of the language alone if there is one, and a diarisation pipeline
    of the study's own replaces the embedded models.
    """
    known = (entry.partition("=") for entry in session["models"])
    models = [ModelUse(role, *_id_and_sha256(model)) for role, is_role, model in known if is_role]
    roles = {use.role for use in models}
    of_language = f"{_NAMES}{session['language']}"
    idle = {role for role in roles if role.startswith(_NAMES) and role != of_language}
    if of_language not in roles:
        idle = set()
    if "pipeline" in roles:
        idle.update(_EMBEDDED)
    yield from (use for use in models if use.role not in idle)


def _id_and_sha256(model: str) -> tuple[str, str]:
    id, _, sha256 = model.rpartition("@")
    return id, sha256


def _recognisers(used: Iterable[ModelUse], language: str | None) -> Iterator[Recogniser]:
    roles = {use.role: use.id for use in used}
    if model := roles.get("speech-recognition"):
        yield Recogniser(model, language, all(role in roles for role in _EMBEDDED))


def _of_turns(dataset: Path) -> tuple[dict[str, int], int]:
    """The masked mentions by column, and the number of rows that a human corrected."""
    masked = dict.fromkeys(_MASKED, 0)
    n_corrected = 0
    for file in files.files(dataset, "turns"):
        turns = files.read(file)
        for column in _MASKED:
            masked[column] += pc.sum(turns[column]).as_py() or 0
        n_corrected += sum(map(bool, turns["edited"].to_pylist()))
    return masked, n_corrected


def _people(dataset: Path) -> People:
    roles: dict[str, str] = {}
    roster: set[str] = set()
    n_unknown = 0
    for file in files.files(dataset, "people"):
        for person in files.read(file).to_pylist():
            if not person["n_sessions"]:  # in the roster, and never speaks
                continue
            if person["identity"] == "unknown":
                n_unknown += 1
                continue
            if roles.get(person["person_id"], "unknown") == "unknown":  # may be in several groups
                roles[person["person_id"]] = person["role"]
            if person["identity"] == "roster":
                roster.add(person["person_id"])
    identified: Counter[str] = Counter()
    for file in files.files(dataset, "attendance"):
        identified.update(each for each in files.read(file)["identified_by"].to_pylist() if each)
    count = Counter(roles.values())
    return People(
        roles={role: count[role] for role in ROLES if count[role]},
        n_roster=len(roster),
        n_unknown=n_unknown,
        identified_by={by: identified[by] for by in IDENTIFIED_BY if identified[by]},
    )
