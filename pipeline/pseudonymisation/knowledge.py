"""What is known about a language's words, independent of any session."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.pseudonymisation.lexicon import no_names
from pipeline.pseudonymisation.morphology import Morphology, finnish_morphology
from pipeline.pseudonymisation.tagging import PACKAGES, RARE, Frequency, finnish_frequency

EVERYDAY = -9.5  # natural logarithm of the share of all words: one in 13,000


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known about the session's language.

    ``frequency`` is how common a word form is (known for Finnish only), ``morphology`` how it can
    be read (Finnish, where the system has Voikko); ``no_names`` are casefolded words that are
    never names.
    """

    language: str | None
    no_names: frozenset[str]
    frequency: Frequency | None = None
    morphology: Morphology | None = None

    @classmethod
    def of(cls, language: str | None) -> Knowledge:
        if language != "fi":
            return cls(language, no_names(language))
        return cls(language, no_names(language), finnish_frequency(), finnish_morphology())

    @property
    def tagged(self) -> bool:
        """Whether a pipeline knows this language, so that the tags are valid for it."""
        return self.language in PACKAGES

    def is_common(self, word: str) -> bool:
        """Whether this is an everyday word, which a capital does not make a name."""
        if word.casefold() in self.no_names:
            return True
        return self.frequency is not None and self.frequency(word.casefold()) > EVERYDAY

    def is_usual(self, word: str, limit: float) -> bool:
        """Whether this exact form is more common in the language than the limit (log share)."""
        return self.frequency is not None and self.frequency(word) > limit

    def is_unheard(self, word: str) -> bool:
        """Whether the language's table of common forms lacks it, with and without a capital."""
        if self.frequency is None:
            return True
        small = word.casefold()
        return all(self.frequency(w) <= RARE for w in (small, small.capitalize(), small.title()))

    def lean(self, word: str) -> float:
        """How much the language prefers this word with a capital (log ratio); 0 if unknown."""
        if self.frequency is None:
            return 0.0
        small = word.casefold()
        capital = max(self.frequency(small.capitalize()), self.frequency(small.title()))
        return max(capital, RARE) - max(self.frequency(small), RARE)

    def is_shouted(self, word: str) -> bool:
        """Whether this is a common word written entirely in capitals, and not an acronym."""
        if self.frequency is None or not word.isupper() or len(word) < 2:
            return False
        capital = max(self.frequency(word), self.frequency(word.title()))
        return self.frequency(word.casefold()) > max(capital, RARE)
