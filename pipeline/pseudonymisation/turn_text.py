"""The text of a turn, and the mapping from its characters to its words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.records import EntityType, Word

LEADING = "\"'“”„«»‘’(<[{-–—…*¿¡"
TRAILING = "\"'“”„«»‘’)>]}-–—….,;:!?*"
_ENDS_SENTENCE = frozenset(".?!…:")
_OPENS_SPEECH = frozenset('"“”„«»-–—−')


@dataclass(frozen=True, slots=True)
class Finding:
    """What one detector found: words ``first``–``last`` of a turn, both inclusive.

    ``type`` is None where the detector does not know the name's type.
    """

    first: int
    last: int
    type: EntityType | None
    detector: str

    @property
    def words(self) -> range:
        return range(self.first, self.last + 1)


@dataclass(frozen=True, slots=True)
class TurnText:
    """A turn's words joined by single spaces; ``starts`` is where each word begins in ``text``.

    ``restored`` are the words that got a capital here because they may be names
    (``truecase``), ``likely`` those of them that are most likely names.
    """

    turn: int
    words: tuple[str, ...]
    text: str
    starts: tuple[int, ...]
    restored: frozenset[int] = frozenset()
    likely: frozenset[int] = frozenset()

    @classmethod
    def of(cls, turn: int, words: Sequence[Word]) -> TurnText:
        texts = tuple(word.text.strip() for word in words)
        starts, at = [], 0
        for text in texts:
            starts.append(at)
            at += len(text) + 1
        return cls(turn, texts, " ".join(texts), tuple(starts))

    def finding(self, start: int, end: int, type: EntityType | None, detector: str) -> Finding:
        """The words that the characters [start, end) touch, as a finding."""
        return Finding(self.word_at(start), self.word_at(max(start, end - 1)), type, detector)

    def word_at(self, character: int) -> int:
        """Position of the word that contains this character (or precedes this space)."""
        return bisect_right(self.starts, character) - 1

    def ends_phrase(self, word: int) -> bool:
        """Whether punctuation follows this word, so that a name cannot continue after it."""
        return self.words[word][-1:] in TRAILING

    def starts_sentence(self, word: int) -> bool:
        """Whether a capital here means nothing: start of the turn, a sentence or quoted speech."""
        if word == 0 or self.words[word][:1] in _OPENS_SPEECH:
            return True
        before = self.words[word - 1].rstrip("\"'”“»)]")
        return not before or before[-1] in _ENDS_SENTENCE or before in _OPENS_SPEECH


def core(word: str) -> str:
    """The word without the punctuation around it; a pure punctuation mark has an empty core."""
    return word.lstrip(LEADING).rstrip(TRAILING)


def edges(word: str) -> tuple[str, str]:
    """The punctuation before and after the core of a word."""
    before = word[: len(word) - len(word.lstrip(LEADING))]
    rest = word[len(before) :]
    return before, rest[len(rest.rstrip(TRAILING)) :]


def is_capitalised(name: str) -> bool:
    """Whether the word, or a part of it after a hyphen, begins with a capital."""
    return any(part[:1].isupper() for part in name.split("-"))
