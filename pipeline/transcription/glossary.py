"""Terms of the study where the recogniser wrote something similar.

If Whisper gets the terms beforehand, it writes them where they were not said. So it is asked
afterwards: where its own words look like a term, it scores the text with the term against its own,
on the same sound. A rare name costs about one nat per letter because Whisper did not expect it;
only that much is forgiven.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

LEAST_LETTERS = 4
MAX_DISTANCE = 0.4  # edits, as a share of the letters
MOST_WORDS = 3  # into which one term may have been split
MOST_CANDIDATES = 16  # in a window: the nearest ones
NATS_PER_LETTER = 1.1  # forgiven

# Endings that may follow a term; the Finnish ones are cases, plurals and clitics.
ENDINGS: Mapping[str, str] = {
    "en": "'s",
    "sv": "s n t r en et ns ts er ar or na erna arna orna ens ets",
    "fi": "n t a ä ta tä tta ttä ssa ssä sta stä lla llä lta ltä lle na nä ksi in en an än on ön "
    "un yn hin hen han hän hon seen ia iä ien iin ille issa issä ista istä illa illä ilta iltä ina "
    "iksi aan ään een oon öön uun kin ko kö",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words ``first`` to ``end`` (exclusive) of a window may have been ``text``.

    ``distance`` is the share of the letters that differ, the ending apart.
    """

    first: int
    end: int
    text: str
    distance: float


class Glossary:
    """The terms of a study, as they may occur in a language (ISO 639-1).

    Terms of fewer than ``LEAST_LETTERS`` letters are similar to too many words, and left out.
    """

    def __init__(self, terms: Sequence[str], language: str) -> None:
        self._endings = {_letters(e): e for e in ENDINGS.get(language, "").split()} | {"": ""}
        self._longest_ending = max(map(len, self._endings))
        tidy = sorted({" ".join(term.split()) for term in terms})
        self._terms = {
            term: _letters(term) for term in tidy if len(_letters(term)) >= LEAST_LETTERS
        }
        self._written = {_plain(t + e) for t in self._terms for e in self._endings.values()}

    def __bool__(self) -> bool:
        return bool(self._terms)

    def candidates(self, words: Sequence[str]) -> list[Candidate]:
        """Where words, as Whisper splits a text, may have been a term; the nearest first.

        Words that already match a term are left alone.
        """
        spans = _spans(words)
        right = [s for s in spans if _plain("".join(words[s[0] : s[1]])) in self._written]
        open_ = [s for s in spans if not any(_meet(s, other) for other in right)]
        letters_of = {span: _letters("".join(words[span[0] : span[1]])) for span in open_}
        found: list[Candidate] = []
        for term, letters in self._terms.items():
            near = (self._near(term, letters, letters_of[span], *span) for span in open_)
            found += _apart(sorted(filter(None, near), key=_by_distance))
        return sorted(found, key=_by_distance)[:MOST_CANDIDATES]

    def _near(self, term: str, letters: str, text: str, first: int, end: int) -> Candidate | None:
        """The term, with the ending that the words have, if it is near them."""
        least, most = (1 - MAX_DISTANCE) * len(letters), len(letters) / (1 - MAX_DISTANCE)
        if not least <= len(text) <= most + self._longest_ending:
            return None
        near = [
            (edits / max(length, len(letters)), len(ending), ending)
            for length, edits in enumerate(edits_of_beginnings(text, letters, MAX_DISTANCE))
            if (ending := self._endings.get(text[length:])) is not None
        ]
        distance, _, ending = min(near, default=(1.0, 0, ""))
        return Candidate(first, end, term + ending, distance) if distance <= MAX_DISTANCE else None


def edits_of_beginnings(text: str, term: str, most: float) -> list[int]:
    """Edit distance (Levenshtein) of a term to ``text[:0]``, ``text[:1]``, … ``text``.

    It stops early where no later beginning can be nearer than the share ``most`` of the letters.
    """
    row = list(range(len(term) + 1))
    found = [row[-1]]
    limit = most * max(len(text), len(term))
    for letter in text:
        before, row = row, [row[0] + 1]
        for j, other in enumerate(term, start=1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != other)))
        if min(row) > limit:
            break
        found.append(row[-1])
    return found


def taken(candidates: Sequence[Candidate], gain: Callable[[Candidate], float]) -> list[Candidate]:
    """The candidates that Whisper finds likely enough, in order, without overlaps.

    ``gain`` is how much likelier a candidate makes the text, in nats; usually negative.
    """
    gains = {c: gain(c) + NATS_PER_LETTER * len(_letters(c.text)) for c in candidates}
    likely = sorted((c for c in gains if gains[c] > 0), key=lambda c: (-gains[c], _by_distance(c)))
    return sorted(_apart(likely), key=lambda c: c.first)


def instead(words: Sequence[str], candidate: Candidate) -> str:
    """The candidate's text, with the space and punctuation of the words that it replaces."""
    old = "".join(words[candidate.first : candidate.end])
    alphanumeric = [i for i, c in enumerate(old) if c.isalnum()]
    return old[: alphanumeric[0]] + candidate.text + old[alphanumeric[-1] + 1 :]


def _spans(words: Sequence[str]) -> list[tuple[int, int]]:
    """Every one to ``MOST_WORDS`` words in a row that begin and end with a letter or digit."""
    spoken = [any(map(str.isalnum, word)) for word in words]
    return [
        (first, end)
        for first in range(len(words))
        for end in range(first + 1, min(first + MOST_WORDS, len(words)) + 1)
        if spoken[first] and spoken[end - 1]
    ]


def _meet(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _apart(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates that overlap none before them."""
    kept: list[Candidate] = []
    for c in candidates:
        if not any(_meet((c.first, c.end), (k.first, k.end)) for k in kept):
            kept.append(c)
    return kept


def _by_distance(candidate: Candidate) -> tuple[float, int, int, str]:
    return candidate.distance, candidate.first, candidate.end, candidate.text


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _plain(text: str) -> str:
    """The words of a text without punctuation, compared without case and 's."""
    return " ".join(filter(None, map(_letters, text.split())))
