"""Which name has which number in a study: drawn at random once, then the same for good."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from secrets import SystemRandom
from typing import get_args

from filelock import FileLock

from pipeline.disk import os_errors, write_atomically
from pipeline.errors import StudyError, from_os_error
from pipeline.pseudonymise.mask import NUMBERED
from pipeline.records import EntityType, Mention, Mentions
from pipeline.study import Study

Key = tuple[EntityType, str]

SMALLEST_RANGE = 99
NUMBERS_PER_ENTITY = 4


@dataclass(frozen=True, slots=True)
class EntityTable:
    """The numbers of all names of a study, by type and canonical form. Holds real names.

    A number says nothing of when or how often a name was said, and is never given twice within
    a type.
    """

    numbers: Mapping[Key, int]

    @classmethod
    def load(cls, file: Path) -> EntityTable:
        """The table in this file; an empty one where there is no file.

        Raises StudyError if the file is damaged, UnreadableError if it cannot be read.
        """
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return cls({})
        except UnicodeDecodeError:
            raise _damaged() from None
        except OSError as error:
            raise from_os_error(error, "reading the names of the study") from None
        return cls(_parsed(text))

    def save(self, file: Path) -> None:
        """Write the table, readable by its owner only; the old file stays until the new is whole.

        Raises TransientError where it cannot be written.
        """
        rows = [
            {"type": type, "entity": entity, "number": number}
            for (type, entity), number in sorted(self.numbers.items())
        ]
        text = json.dumps({"entities": rows}, ensure_ascii=False, indent=1)
        with os_errors("saving the names of the study"):
            write_atomically(file, text.encode(), mode=0o600)

    def add(self, mentions: Mentions, random: Random | None = None) -> EntityTable:
        """The table with a number for each name of a session that has none yet.

        Numbers are drawn from 1 to four times the number of names of the type, at least 99.
        """
        numbers = dict(self.numbers)
        random = random or SystemRandom()
        new = sorted({_key(mention) for mention in _numbered(mentions)} - numbers.keys())
        count = Counter(type for type, _ in [*numbers, *new])
        for type, entity in new:
            taken = {number for (other, _), number in numbers.items() if other == type}
            highest = max(SMALLEST_RANGE, NUMBERS_PER_ENTITY * count[type])
            free = [number for number in range(1, highest + 1) if number not in taken]
            numbers[type, entity] = random.choice(free)
        return EntityTable(numbers)

    def numbers_for(self, mentions: Mentions) -> dict[Key, int]:
        """The numbers of just the names in these mentions."""
        keys = {_key(mention) for mention in _numbered(mentions)}
        return {key: self.numbers[key] for key in sorted(keys & self.numbers.keys())}

    @classmethod
    def update(cls, study: Study, mentions: Mentions) -> dict[Key, int]:
        """Number a session's names in the table of its study and return their numbers.

        Holds the lock of the study meanwhile, so that two sessions never draw at once.

        Raises StudyError if the table is damaged, TransientError if it cannot be read or written.
        """
        with os_errors("locking the study"), FileLock(study.lock_file):
            table = cls.load(study.names_file)
            grown = table.add(mentions)
            if grown != table:
                grown.save(study.names_file)
        return grown.numbers_for(mentions)


def _key(mention: Mention) -> Key:
    return mention.type, mention.entity


def _numbered(mentions: Mentions) -> Iterable[Mention]:
    return (mention for mention in mentions.mentions if mention.type in NUMBERED)


def _parsed(text: str) -> dict[Key, int]:
    """The numbers in a names file.

    Raises StudyError unless every row is whole and no number is given twice within a type.
    """
    try:
        rows = [(row["type"], row["entity"], row["number"]) for row in json.loads(text)["entities"]]
    except (ValueError, KeyError, TypeError):
        raise _damaged() from None
    whole = all(
        type in get_args(EntityType)
        and isinstance(entity, str)
        and isinstance(number, int)
        and number > 0
        for type, entity, number in rows
    )
    names = {(type, entity) for type, entity, _ in rows} if whole else set()
    given = {(type, number) for type, _, number in rows} if whole else set()
    if not whole or len(names) < len(rows) or len(given) < len(rows):
        raise _damaged()
    return {(type, entity): number for type, entity, number in rows}


def _damaged() -> StudyError:
    return StudyError(
        "The file of names, private/names.json, is damaged; it was left as it is.",
        "Put back a copy of it, e.g. from your backup, then run `vuoro run` again.",
    )
