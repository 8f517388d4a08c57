"""One key for all inflections of a name, without a dictionary of names.

A Finnish form is undone in two steps: the ending that the tagger's case allows is removed, and the
remaining stem is turned into every nominative that it can be the stem of (Peka- → Peka, Pekka;
Virtase- → Virtase, Virtanen). The one that the session itself uses is taken, else the one that is
by far the most common in the language. Where two are equally likely (Miikan: Miika or Miikka), the
form stays its own key: one person with two pseudonyms does less harm than two with one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pipeline.pseudonymisation.knowledge import Knowledge
from pipeline.pseudonymisation.tagging import CLITIC_ONLY, RARE, Frequency

CLEARLY_MORE = 3.0  # natural logarithm: twenty times as common
SHORTEST_STEM = 2
SHORTEST_TAIL = 4

_ENDINGS: Mapping[str, str] = {
    "Gen": "n",
    "Par": "tta|ttä|ta|tä|a|ä",
    "Ine": "ssa|ssä",
    "Ela": "sta|stä",
    "Ill": "seen|hVn|Vn",
    "Ade": "lla|llä",
    "Abl": "lta|ltä",
    "All": "lle",
    "Ess": "na|nä",
    "Tra": "ksi",
}
_CLITIC = "kin|kaan|kään|kohan|köhän|han|hän|ko|kö|pa|pä"
_FORMS: Mapping[str, re.Pattern[str]] = {
    case: re.compile(
        rf"(?P<stem>.+?)(?P<suffix>(?:{endings.replace('V', '[aeiouyäö]')})(?:{_CLITIC})?)"
    )
    for case, endings in _ENDINGS.items()
} | {CLITIC_ONLY: re.compile(rf"(?P<stem>.+?)(?P<suffix>{_CLITIC})")}
_COLON = re.compile(r"(?P<stem>.+):(?P<suffix>[a-zåäö]+)")
_ACRONYM = re.compile(r"(?P<stem>[A-ZÅÄÖ]{2,})(?P<suffix>[a-zåäö]{1,6})")
_POSSESSIVE = re.compile(r"(?P<stem>.+?)(?P<suffix>['’]s|(?<=s)['’])")
_LEGAL_FORM = re.compile(r"(?P<stem>.+) (?:ry|rf|oy|oyj|ab|ltd|inc|oy ab)")

_LAST_SYLLABLE = re.compile(r"(?P<head>.*?)(?P<consonants>[^aeiouyäöå]*)(?P<vowel>[aeiouyäöå])")
_STRONG_GRADES: Mapping[str, tuple[str, ...]] = {
    "": ("k",),
    "k": ("kk",),
    "p": ("pp",),
    "t": ("tt",),
    "v": ("p",),
    "d": ("t",),
    "hd": ("ht",),
    "ng": ("nk",),
    "nn": ("nt",),
    "ll": ("lt",),
    "rr": ("rt",),
    "mm": ("mp",),
    "r": ("rk",),
    "l": ("lk",),
    "h": ("hk",),
    "lj": ("lk",),
    "rj": ("rk",),
    **{c + s: (c + s + s,) for c in "lnrm" for s in "kpt"},
}


@dataclass(frozen=True, slots=True)
class Form:
    """A name's last word analysed: its possible nominatives, casefolded, and its ending."""

    nominatives: tuple[str, ...]
    suffix: str


def take_apart(word: str, case: str) -> Form:
    """The possible nominatives of a word whose case the tagger gives ('' for none).

    A nominative is returned alone; with a clitic, the case is CLITIC_ONLY.

    'Pekalle', 'All' → ('peka', 'pekka', …), 'lle'; 'MLL:n' → ('mll',), 'n'.
    """
    for pattern in (_COLON, _ACRONYM, _POSSESSIVE):
        if match := pattern.fullmatch(word):
            return Form((match["stem"].casefold(),), match["suffix"])
    folded = word.casefold()
    match = _FORMS[case].fullmatch(folded) if case in _FORMS else None
    if match is None or not _is_stem(match["stem"], match["suffix"], case):
        return Form((folded,), "")
    return Form(tuple(dict.fromkeys(_nominatives(match["stem"]))), match["suffix"])


def possible(word: str) -> frozenset[str]:
    """All nominatives that a word of unknown case may have, except its own form."""
    forms = (take_apart(word, case) for case in _FORMS)
    return frozenset(name for form in forms if form.suffix for name in form.nominatives)


def nominative(word: str, form: Form, spoken: Collection[str], known: Knowledge) -> str:
    """The nominative that this form most certainly has, or the casefolded word itself if in doubt.

    ``spoken`` are the casefolded nominatives that occur in the session.
    """
    if len(form.nominatives) == 1:
        return form.nominatives[0]
    in_session = [name for name in form.nominatives if name in spoken]
    if in_session or known.frequency is None:
        return in_session[0] if len(in_session) == 1 else word.casefold()
    bases = known.morphology(word).bases if known.morphology else frozenset()
    if len(bases) == 1 and bases <= set(form.nominatives):
        return next(iter(bases))
    return _most_usual(form.nominatives, known.frequency) or word.casefold()


def without_legal_form(name: str) -> str:
    """'ehyt ry' is the organisation 'ehyt'."""
    match = _LEGAL_FORM.fullmatch(name)
    return match["stem"] if match else name


def _is_stem(stem: str, suffix: str, case: str) -> bool:
    """Whether a name can have this stem: long enough, and an illative repeats its last vowel."""
    repeats = case != "Ill" or suffix[0] in "hs" or suffix[0] == stem[-1]
    return len(stem) >= SHORTEST_STEM and repeats


def _nominatives(stem: str) -> Iterator[str]:
    """Every nominative that this stem can belong to; the likeliest first."""
    if stem.endswith("kse"):
        yield stem[:-3] + "s"
    if stem.endswith("se"):
        yield stem[:-2] + "nen"
    if stem.endswith("s"):
        yield stem[:-1] + "nen"
    yield from _grades(stem)
    if stem.endswith("e"):
        yield from _grades(stem[:-1] + "i")
        yield stem[:-1]
    if stem.endswith("i"):
        yield stem[:-1]
    if stem[-2:] in ("aa", "ää", "ee", "ii", "oo", "uu", "yy"):
        yield stem[:-1]
        yield stem[:-1] + "s"
    if stem.endswith("t"):
        yield stem[:-1]


def _grades(stem: str) -> Iterator[str]:
    """The stem as it is and with the consonant gradation of its last syllable undone."""
    yield stem
    if match := _LAST_SYLLABLE.fullmatch(stem):
        for strong in _STRONG_GRADES.get(match["consonants"], ()):
            yield match["head"] + strong + match["vowel"]


def _most_usual(names: tuple[str, ...], frequency: Frequency) -> str | None:
    """The name far more common than the others; None where two compete.

    An unknown name is judged by its last part, the head of a Finnish compound. If that is unknown
    too, the first name is taken.
    """
    shared = min(map(len, names)) - SHORTEST_TAIL
    for cut in range(max(0, shared) + 1):
        tails = {name[cut:]: name for name in reversed(names)}
        ranked = sorted(
            ((max(frequency(t.title()), frequency(t) if cut else RARE), t) for t in tails),
            reverse=True,
        )
        if ranked[0][0] > RARE:
            clear = len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= CLEARLY_MORE
            return tails[ranked[0][1]] if clear else None
    return names[0]
