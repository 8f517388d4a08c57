"""Names where people introduce themselves: 'mun nimi on …', 'my name is …', 'jag heter …'."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.pseudonymisation.knowledge import Knowledge
from pipeline.pseudonymisation.turn_text import Finding, TurnText, core, is_capitalised

MAX_WORDS = 2  # given name and surname

_FORMS = {
    "fi": r"(?:mun|minun|mu) nimi on|(?:mun |minun )?nimeni on",
    "en": r"my name is|my name['’]s|i['’]m called",
    "sv": r"jag heter|mitt namn är",
}


def find(text: TurnText, known: Knowledge) -> Iterator[Finding]:
    """One or two words after an introduction, if they can be a name.

    The second must have a capital if the first has one.
    """
    form = _FORMS.get(known.language or "", "|".join(_FORMS.values()))
    for match in re.finditer(rf"\b(?:{form}) (?=\S)", text.text, re.IGNORECASE):
        first = text.word_at(match.end())
        capital = is_capitalised(core(text.words[first]))
        last = first - 1
        for word in range(first, min(first + MAX_WORDS, len(text.words))):
            name = core(text.words[word])
            if not name or known.is_common(name) or is_capitalised(name) != capital:
                break
            last = word
            if text.ends_phrase(word):
                break
        if last >= first:
            yield Finding(first, last, "person", "introduction")
