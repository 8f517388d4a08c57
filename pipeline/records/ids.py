"""The grammar of ids and pseudonyms: the only module that writes and parses them.

    G07           a group
    G07-S02       its second meeting; G07-I01 its first interview
    S02, I01      the same within the group
    H07           a person of the study's table of names
    G07-P1        a person of the group whom no roster names
    G07-S02-U1    a person of that session only
    [Henkilö 7]   the replacement of a name in the talk: H07 is the same person

For the ids of turns see ``turn_ids``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal

from pipeline.records import EntityType, SessionKind

LabelLanguage = Literal["fi", "sv", "en"]

LABELS: Mapping[LabelLanguage, Mapping[EntityType, str]] = {
    "fi": {
        "person": "Henkilö",
        "organisation": "Organisaatio",
        "place": "Paikka",
        "contact": "yhteystieto",
        "identifier": "tunniste",
    },
    "sv": {
        "person": "Person",
        "organisation": "Organisation",
        "place": "Plats",
        "contact": "kontaktuppgift",
        "identifier": "beteckning",
    },
    "en": {
        "person": "Person",
        "organisation": "Organisation",
        "place": "Place",
        "contact": "contact",
        "identifier": "identifier",
    },
}
NUMBERED: frozenset[EntityType] = frozenset({"person", "organisation", "place"})

_LETTER: Mapping[SessionKind, str] = {"meeting": "S", "group_interview": "I"}
_GIVEN = re.compile(r"([SI]?)0*([1-9]\d{0,3})")
_MEANT = re.compile(r"G0*(\d{1,4})-([SI])0*(\d{1,4})")
_SESSION = re.compile(r"G\d+-[SI]\d+")
_TYPE_OF: Mapping[str, EntityType] = {
    label: type for labels in LABELS.values() for type, label in labels.items()
}
_TYPE_OF_PLAIN = {label.casefold(): type for label, type in _TYPE_OF.items()}
_NUMBERED_LABELS = [label for label, type in _TYPE_OF.items() if type in NUMBERED]
_NUMBERED = re.compile(rf"\[({'|'.join(_NUMBERED_LABELS)}) (\d+)\]")
_WRITTEN = re.compile(r"\[?(?P<label>[^\W\d]+) *(?P<number>\d{1,9})\]?(?::\w+)?")


def group_id_of(number: int) -> str:
    """The id of a group: G07."""
    return f"G{number:02d}"


def session_name(number: int, kind: SessionKind = "meeting") -> str:
    """A session within its group: S03, I01."""
    return f"{_LETTER[kind]}{number:02d}"


def session_named(given: str) -> str | None:
    """The session within its group that a user means by ``S3``, ``3`` or ``i01``, if any."""
    match = _GIVEN.fullmatch(given.upper())
    return f"{match[1] or 'S'}{int(match[2]):02d}" if match else None


def session_id_of(group_id: str, kind: SessionKind, number: int) -> str:
    """The id of a session: G07-S03, G07-I01."""
    return f"{group_id}-{session_name(number, kind)}"


def session_id_meant(given: str) -> str:
    """Return the id of the session that a user means by ``g7-s3``; what they gave if it is none."""
    match = _MEANT.fullmatch(given.upper())
    return f"{group_id_of(int(match[1]))}-{match[2]}{int(match[3]):02d}" if match else given


def is_session_id(name: str) -> bool:
    """Whether a name can be that of a session."""
    return _SESSION.fullmatch(name) is not None


def group_of(session_id: str) -> str:
    """The group whose session this is: G07 of G07-S02."""
    return session_id.rpartition("-")[0]


def person_id_of(number: int) -> str:
    """The id of the person with this number in the study's table of names: H07."""
    return f"H{number:02d}"


def unnamed_person_id(group_id: str, number: int) -> str:
    """The id of a person of a group whom no roster names: G07-P1."""
    return f"{group_id}-P{number}"


def is_unnamed(person_id: str, group_id: str) -> bool:
    """Whether an id is that of a person of this group whom no roster names."""
    return person_id.startswith(f"{group_id}-P")


def number_of_unnamed(person_id: str) -> int:
    """The number of a person of a group whom no roster names: 1 of G07-P1."""
    return int(person_id.rpartition("P")[2])


def unknown_person_id(session_id: str, number: int) -> str:
    """The id of a person of one session only: G07-S02-U1."""
    return f"{session_id}-U{number}"


def pseudonym(type: EntityType, number: int, labels: LabelLanguage) -> str:
    """``[Henkilö 7]``; contact data and identifiers have no number."""
    label = LABELS[labels][type]
    return f"[{label} {number}]" if type in NUMBERED else f"[{label}]"


def called(type: EntityType, number: int) -> str:
    """The name shown for an entity: 'Henkilö 7', even if its pseudonym has no number."""
    return f"{LABELS['fi'][type].capitalize()} {number}"


def entity_called(text: str) -> tuple[EntityType, int] | None:
    """The entity that a user means by 'Henkilö 7', '[Henkilö 7]:lle' or 'person 7', if any."""
    match = _WRITTEN.fullmatch(text)
    type = _TYPE_OF_PLAIN.get(match["label"].casefold()) if match else None
    return (type, int(match["number"])) if match and type else None


def numbered_pseudonyms(text: str) -> list[tuple[EntityType, int]]:
    """The entities whose numbered pseudonyms occur in a text."""
    return [(_TYPE_OF[label], int(number)) for label, number in _NUMBERED.findall(text)]


def replace_numbered(text: str, by: Callable[[EntityType, int], str]) -> tuple[str, int]:
    """A text with each numbered pseudonym replaced, and the number of replacements."""
    return _NUMBERED.subn(lambda match: by(_TYPE_OF[match[1]], int(match[2])), text)


def any_pseudonym() -> str:
    """A regular expression, without groups, that matches every pseudonym in any language."""
    numbered, plain = "|".join(sorted(_NUMBERED_LABELS)), "|".join(sorted(_TYPE_OF))
    return rf"\[(?:(?:{numbered}) \d+|{plain})\]"
