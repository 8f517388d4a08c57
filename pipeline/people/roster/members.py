"""The content of a roster, and what is wrong with one that cannot be used.

group: G07
members:
  - name: Maija Meikäläinen
    aliases: [Maikki]
    role: participant           # or in Finnish: osallistuja
    organisation: Esimerkki ry
    consent: yes                # yes, no or withdrawn; left out counts as no
    absent: [3, I1]             # meeting 3 and interview 1; or: all
    voice_sample: maija.wav     # a file in private/voices
    x_years_in_work: 12         # your own columns begin with x_
organisations:
  - {name: Esimerkki ry, aliases: [EJ], category: union}
places: []
projects: []
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from math import isfinite
from types import MappingProxyType
from typing import Annotated, Any, Literal
from unicodedata import category

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic import model_validator as checked

from pipeline.errors import StudyError
from pipeline.records.ids import session_named
from pipeline.storage.borders.text import clean
from pipeline.tables.columns import OWN
from pipeline.tables.values import CALLED, ROLES
from pipeline.texts import LANGUAGES

Consent = Literal["yes", "no", "withdrawn"]

CONSENTS: tuple[Consent, ...] = ("yes", "no", "withdrawn")
EVERY_SESSION = "all"
NAMED = ("organisations", "places", "projects")
MAX_TEXT = 1_000  # characters of a name
REMEDY = "Correct it, then check it with `vuoro group check`."
Own = str | int | float | bool | None

# what people may write for a value: its name in any language
_ROLES = {CALLED[role].to(each).casefold(): role for each in LANGUAGES for role in ROLES}
_CONSENTS = {CALLED[said].to(each).casefold(): said for each in LANGUAGES for said in CONSENTS}


def _consent(value: object) -> object:
    if isinstance(value, bool):  # what YAML makes of a bare yes or no
        return "yes" if value else "no"
    if not isinstance(value, str):
        return value
    said = clean(value).casefold()
    return _CONSENTS.get(said, said) or None


def _role(value: object) -> str:
    role = _text(value).casefold() or "unknown"
    role = _ROLES.get(role, role)
    if role not in ROLES:
        raise ValueError
    return role


def _listed(value: object) -> list[str]:
    """A list, from a list or from text with commas or semicolons."""
    items = value if isinstance(value, list | tuple) else re.split("[;,]", _text(value))
    return [text for item in items if (text := _text(item))]


def _sessions(value: object) -> object:
    if str(value).strip().casefold() == EVERY_SESSION:
        return [EVERY_SESSION]
    names = []
    for item in _listed(value):
        if item == EVERY_SESSION:
            return [EVERY_SESSION]
        name = session_named(item)
        if name is None:
            raise ValueError
        names.append(name)
    return names


def _text(value: object) -> str:
    """A text on one line, from text or from a number."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError
    text = clean(str(value))
    if len(text) > MAX_TEXT:
        raise ValueError
    return text


def _name(value: object) -> str:
    """A person's name without symbols such as emoji; a number or a time is not a name."""
    text = clean("".join(c for c in _text(value) if category(c) not in ("So", "Sk")))
    if text and not any(map(str.isalpha, text)):
        raise ValueError
    return text


Text = Annotated[str, BeforeValidator(_text)]
Names = Annotated[tuple[Text, ...], BeforeValidator(_listed)]


class Member(BaseModel):
    """One person of a group. Only ``person_id`` is left of a person who has withdrawn."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: Annotated[str, BeforeValidator(_name)] = ""
    aliases: Names = ()
    role: Annotated[str, BeforeValidator(_role)] = "unknown"
    organisation: Text = ""
    consent: Annotated[Consent | None, BeforeValidator(_consent)] = None
    absent: Annotated[tuple[str, ...], BeforeValidator(_sessions)] = ()
    voice_sample: Annotated[str, BeforeValidator(_text), Field(pattern=r"^[^/\\]*$")] = ""
    person_id: Text = ""

    @checked(mode="after")
    def _is_whole(self) -> Member:
        gone = self.consent == "withdrawn" and self.person_id
        if not self.name and not gone:
            raise _Mistake("name", "must be given")
        for column, value in (self.model_extra or {}).items():
            if not column.startswith(OWN):
                raise _Mistake("", "has a column that no roster has; your own begin with x_")
            if isinstance(value, dict | list):
                raise _Mistake("", "has a column of your own that is neither text nor number")
        return self

    @property
    def own_columns(self) -> dict[str, Own]:
        """The columns ``x_…``, with dates, times and durations as text."""
        return {clean(name): _own(value) for name, value in (self.model_extra or {}).items()}

    @property
    def filled(self) -> dict[str, Any]:
        """What is known about a member, as it is written."""
        known = self.model_dump(mode="json", exclude={*(self.model_extra or {})})
        return {k: v for k, v in known.items() if v not in ("", [], None)} | self.own_columns

    def attends(self, session: str) -> bool:
        """Whether, as far as known, the person is in a session such as S03."""
        return not {session, EVERY_SESSION} & {*self.absent}


def _own(value: object) -> Own:
    """A value of a study's own column, in a form that any format can hold."""
    match value:
        case None | bool():
            return value
        case float():
            return value if isfinite(value) else str(value)
        case int():
            return value if abs(value) < 2**53 else str(value)
        case date() | time():
            return value.isoformat()
        case timedelta():
            minutes, seconds = divmod(round(value.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    return clean(str(value))


class Named(BaseModel):
    """An organisation, place or project that the talk may name; ``category`` stands for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, BeforeValidator(_text), Field(min_length=1)]
    aliases: Names = ()
    category: Text = ""


class Roster(BaseModel):
    """A group: its members, and what is named in its talk."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    group: Annotated[str, Field(pattern=r"^G\d{2,3}$")]
    members: tuple[Member, ...] = ()
    organisations: tuple[Named, ...] = ()
    places: tuple[Named, ...] = ()
    projects: tuple[Named, ...] = ()


class _Mistake(ValueError):
    """A mistake in a whole member: ``args`` are the field and what is wrong with it."""


_EXPECTED = {
    "group": "must be the id of the group, such as G07",
    "role": f"must be one of {', '.join(ROLES)}",
    "consent": f"must be one of {', '.join(CONSENTS)}",
    "absent": "must list sessions, such as 3 or I1, or be `all`",
    "voice_sample": "must be the name of a file in private/voices",
    "name": "must be a name, in letters",
    "members": "must be a list",
}


def parsed(data: object, rows: Mapping[str, Sequence[int]] = MappingProxyType({})) -> Roster:
    """The roster that ``data``, as read from YAML or a form, describes.

    ``rows`` are the rows of each table's entries in a form. Raises StudyError with a sentence
    for each mistake; none of them repeats what the roster says.
    """
    if not isinstance(data, dict):
        raise wrong(["It holds no members."])
    filled = {key: value for key, value in data.items() if value is not None}
    try:
        roster = Roster.model_validate(filled)
    except ValidationError as error:
        mistakes = [_sentence(each["loc"], each.get("ctx"), rows) for each in error.errors()]
        raise wrong(list(dict.fromkeys(mistakes))) from None
    if mistakes := _shared_names(roster, rows.get("members")):
        raise wrong(mistakes, roster.group)
    return roster


def wrong(mistakes: list[str], group: str = "") -> StudyError:
    """The error that a roster cannot be used; with its group, if known."""
    what = " ".join([f"The roster {f'of {group} ' if group else ''}cannot be used.", *mistakes])
    return StudyError(what, REMEDY)


def _sentence(
    place: tuple[int | str, ...],
    context: dict[str, Any] | None,
    rows: Mapping[str, Sequence[int]],
) -> str:
    known = {*Roster.model_fields, *Member.model_fields, *Named.model_fields}
    where, field = "The roster", ""
    match place:
        case ("members", int(n), *rest):
            where, field = f"Member {n + 1}", str(rest[0]) if rest else ""
            where += f" (row {rows['members'][n]})" if rows else ""
        case (str(table), int(n), *rest) if table in NAMED:
            where, field = f"Number {n + 1} of {table}", str(rest[0]) if rest else ""
            where += f" (row {rows[table][n]})" if rows else ""
        case (str(name), *_):
            field = name
    cause = (context or {}).get("error")
    if isinstance(cause, _Mistake):
        field, what = cause.args
    elif field in known:
        what = _EXPECTED.get(field, "is not what it should be")
    else:
        return f"{where} has something that no roster has."
    return f"{where}: `{field}` {what}." if field else f"{where} {what}."


def _shared_names(roster: Roster, rows: Sequence[int] | None) -> list[str]:
    """Names that two members share: neither could get a pseudonym of their own."""
    owner: dict[str, int] = {}
    mistakes = []
    for number, member in enumerate(roster.members, start=1):
        for name in filter(None, {n.casefold() for n in (member.name, *member.aliases)}):
            other = owner.setdefault(name, number)
            if other != number:
                where = f" (rows {rows[other - 1]} and {rows[number - 1]})" if rows else ""
                mistakes.append(f"Members {other} and {number}{where} share a name or an alias.")
    return sorted(set(mistakes))
