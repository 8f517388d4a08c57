"""The names that must not be in a release, and where they occur in a text.

Names are searched twice: as ``search.Names`` finds them in talk (lemmas and sound-alikes), and,
without any knowledge of language, every name and every form in which it was said as a run of
letters and digits: also in file names, metadata, addresses and tables, with digits glued to it,
with tags inside it, in look-alike letters (``spelling``) and without the dots of ä and ö.

Rule for names that are also ordinary words (Tuuli, Will), or have three letters at most: the run of
letters counts only with a capital where none is due, i.e. not at the start of a sentence (there
``search.Names`` decides, as it does when talk is masked); in names of files, columns and entries in
any spelling. In talk of another language than Finnish, whose ordinary words are not known, the rule
applies to every name of one word; there ``search.Names`` and the detectors decide about the rest.
It also applies to a word that is a name only without its dots ('sade' and Säde).
What people have judged to stay shields the shorter names inside it ('Turun yliopisto' the masked
'Turun'), never a name as long as itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain

from pipeline.pseudonymisation.entities import Entity, EntityTable
from pipeline.pseudonymisation.link import is_common
from pipeline.pseudonymisation.search import Names
from pipeline.records.ids import LabelLanguage, any_pseudonym, pseudonym
from pipeline.release.places import Passage, Place
from pipeline.release.spelling import bare, plain, without_tags

FROM_A_FILE_NAME = "a word of a recording's or group's own file name"
MIN_FILE_NAME_LETTERS = 4
SHORT = 3  # letters
MIN_DIGITS = 5
_TOKEN = re.compile(r"[^\W_]+")
_GLUED = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")  # letters and digits
_WORD = re.compile(r"\S+")
_DIGIT_RUN = re.compile(r"(?<!\w)\+?\(?\d(?:[\s().,/–−-]{0,3}\d)*(?!\w)")
_CAMEL = re.compile(r"(?<=[a-zåäö])(?=[A-ZÅÄÖ])")
_OPENS = frozenset(".?!…:\"'“”„«»‘’-–—(|*#>")
_ENDING = r"(?::[^\W\d_]+|['’][^\W\d_]*)?"
_FILLER = "\ufffc"  # in place of a pseudonym: neither letter nor punctuation
_NOWHERE = Place("")


@dataclass(frozen=True, slots=True)
class _Needle:
    """``pseudonym`` is None for what people have judged to stay: it only shields."""

    pseudonym: str | None
    weak: bool


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


class Needles:
    """Everything that must not be in a release, from the key and the recordings' file names."""

    def __init__(
        self,
        table: EntityTable,
        file_names: Iterable[str] = (),
        *,
        labels: LabelLanguage = "fi",
        masks: Iterable[str] = (),
    ) -> None:
        """``file_names`` are names that recordings and groups came with, without suffix; ``masks``
        what may stand in brackets besides the numbered pseudonyms."""
        self._labels: LabelLanguage = labels
        self._phrases: dict[tuple[str, ...], _Needle] = {}
        self._digits: dict[str, str] = {}
        masked = {key: entity for key, entity in table.by_name.items() if entity.is_masked}
        self.n_entities = len({entity.id for entity in masked.values()})
        for entity in table.judged:
            if not entity.is_masked:
                self._shield((*entity.names, *entity.forms))
        self._add_file_names(file_names)
        for entity in table.judged:
            if entity.is_masked:
                self._add(entity, (*entity.names, *entity.forms))
        for (_, name), entity in masked.items():
            self._add(entity, (name,))
        self._by_first: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
        for phrase in sorted(self._phrases, key=len, reverse=True):
            self._by_first[bare(phrase[0])].append(phrase)
        self._names = Names({key: entity.id for key, entity in masked.items()})
        others = sorted(re.escape(f"[{mask}]") for mask in masks)
        alternatives = "|".join([any_pseudonym(), *others])
        self._mask = re.compile(f"(?:{alternatives}){_ENDING}")

    @property
    def n_forms(self) -> int:
        """Return how many different forms of names are searched letter by letter."""
        return sum(n.pseudonym is not None for n in self._phrases.values()) + len(self._digits)

    def find(self, passage: Passage) -> list[str]:
        """Return whose names occur there, as pseudonyms in alphabetical order; [] if none."""
        text = self.plain(passage.text)
        readings = [text, without_tags(text), _GLUED.sub(" ", text)]
        if passage.kind != "talk":
            readings.append(_CAMEL.sub(" ", text))
        found = (self._in(reading, passage) for reading in dict.fromkeys(readings))
        return sorted({*chain.from_iterable(found)})

    def shown(self, name: str) -> str:
        """Return a name of a file, folder, column or entry as it may be shown, or a pseudonym."""
        found = self.find(Passage(_NOWHERE, name, "label"))
        return f"«{' '.join(found)}»" if found else name

    def without_pseudonyms(self, text: str, stand_in: str) -> str:
        """Return the text with ``stand_in`` for each pseudonym and its case ending."""
        return self._mask.sub(stand_in, text)

    def plain(self, text: str) -> str:
        """Return the text in one spelling (``spelling.plain``), pseudonyms blotted out."""
        # with a comma, over which ``search.Names`` reads no name
        return self._mask.sub(lambda match: _FILLER * (len(match.group()) - 1) + ",", plain(text))

    def _in(self, text: str, passage: Passage) -> Iterator[str]:
        shields: list[tuple[int, int]] = []
        yield from self._letter_by_letter(text, passage, shields)
        for match in _DIGIT_RUN.finditer(text):
            number = self._digits.get(_digits(match.group()))
            if number is not None:
                yield number
        spans = [match.span() for match in _WORD.finditer(text)]
        if passage.kind != "talk":
            spans = [match.span() for match in _TOKEN.finditer(text)]
        for hit in self._names.find([text[start:end] for start, end in spans]):
            start, end = spans[hit.first][0], spans[hit.last][1]
            if not any(s < end and start < e for s, e in shields):
                yield pseudonym(*hit.entity, self._labels)

    def _letter_by_letter(
        self, text: str, passage: Passage, shields: list[tuple[int, int]]
    ) -> Iterator[str]:
        """Yield the needles in the text, longest first; add what stays to ``shields``."""
        tokens = [_Token(match.start(), match.group()) for match in _TOKEN.finditer(text)]
        hits = self._runs(tokens, text)
        for run, needle in sorted(hits, key=lambda hit: -len(hit[0])):
            span = run[0].start, run[-1].end
            if needle.pseudonym is None:
                shields.append(span)
            elif not any(s <= span[0] and span[1] <= e for s, e in shields) and self._counts(
                text, run, needle, passage
            ):
                yield needle.pseudonym

    def _runs(self, tokens: Sequence[_Token], text: str) -> list[tuple[Sequence[_Token], _Needle]]:
        """Return where needles occur in a row of tokens; differing marks make them weak."""
        exact = [token.text.casefold() for token in tokens]
        words = [*map(bare, exact)]
        hits = []
        for first, word in enumerate(words):
            for phrase in self._by_first.get(word, ()):
                last = first + len(phrase)
                run = tokens[first:last]
                if [*map(bare, phrase)] != words[first:last] or len(run) < len(phrase):
                    continue
                if _FILLER in text[run[0].start : run[-1].end]:
                    continue
                needle = self._phrases[phrase]
                if (said := tuple(exact[first:last])) != phrase:
                    if needle.pseudonym is None or said in self._phrases:
                        continue
                    needle = replace(needle, weak=needle.weak or _is_weak(said))
                hits.append((run, needle))
        return hits

    def _counts(self, text: str, run: Sequence[_Token], needle: _Needle, passage: Passage) -> bool:
        foreign = passage.kind == "talk" and passage.language != "fi"
        weak = needle.weak or (foreign and len(run) == 1 and run[0].text.isalpha())
        if passage.kind == "label" or not weak:
            return True
        capitals = [token.text[0].isupper() for token in run]
        return any(capitals[1:]) or (capitals[0] and not _starts_sentence(text, run[0].start))

    def _add(self, entity: Entity, names: Iterable[str]) -> None:
        shown = pseudonym(entity.type, entity.number, self._labels)
        for name in names:
            phrase = _phrase(name)
            if phrase:
                data = entity.type in ("contact", "identifier")
                self._phrases[phrase] = _Needle(shown, not data and _is_weak(phrase))
                if data and len(digits := _digits(name)) >= MIN_DIGITS:
                    self._digits[digits] = shown

    def _shield(self, names: Iterable[str]) -> None:
        for name in names:
            if phrase := _phrase(name):
                self._phrases[phrase] = _Needle(None, weak=False)

    def _add_file_names(self, file_names: Iterable[str]) -> None:
        """Add words that can only be names, with a capital; not those judged to stay."""
        for file_name in file_names:
            for word in _phrase(_CAMEL.sub(" ", plain(file_name))):
                long = len(word) >= MIN_FILE_NAME_LETTERS and word.isalpha()
                if long and not _is_word(word):
                    self._phrases.setdefault((word,), _Needle(FROM_A_FILE_NAME, weak=True))


@cache
def _is_word(word: str) -> bool:
    """Whether it is an ordinary word of Finnish, or one that holds English sentences together."""
    from spacy.lang.en.stop_words import STOP_WORDS

    return word in STOP_WORDS or is_common(word)


def _is_weak(phrase: tuple[str, ...]) -> bool:
    return all(len(word) <= SHORT or _is_word(word) for word in phrase)


def _phrase(name: str) -> tuple[str, ...]:
    return tuple(token.casefold() for token in _TOKEN.findall(plain(name)))


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _starts_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip()
    return not before or before[-1] in _OPENS
