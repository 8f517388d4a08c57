"""Make two spellings of the same talk equal before words are compared.

Every normaliser is applied to both sides, so it need not give correct language, only the same
string for both spellings. An error rate means nothing without its normaliser, so each says exactly
what it does, and the plain rate always stands beside the others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from benchmarks.numbers import spelled

Normaliser = Callable[[str], str]

HESITATIONS = {
    "en": {"uh", "uhh", "um", "umm", "uhm", "er", "erm", "hm", "hmm"},
    "fi": {"öö", "ööh", "öh", "ää", "ääh", "äh", "hm", "hmm"},
    "sv": {"eh", "öh", "äh", "hm", "hmm"},
}
_THOUSANDS = re.compile(r"(?<=\d)[,\s](?=\d{3}(?!\d))")

# Spoken forms that no rule below gives.
_SPOKEN = {
    **{"mä": "minä", "mun": "minun", "mua": "minua", "mulla": "minulla", "mulle": "minulle"},
    **{"multa": "minulta", "mussa": "minussa", "muhun": "minuun", "mut": "mutta"},
    **{"sä": "sinä", "sun": "sinun", "sut": "sinut", "sua": "sinua", "sulla": "sinulla"},
    **{"sulle": "sinulle", "sulta": "sinulta", "sussa": "sinussa", "susta": "sinusta"},
    **{"suhun": "sinuun", "meiän": "meidän", "teiän": "teidän", "heiän": "heidän"},
    **{"meiät": "meidät", "teiät": "teidät", "heiät": "heidät"},
    **{"tää": "tämä", "tän": "tämän", "nää": "nämä", "toi": "tuo", "ton": "tuon", "noi": "nuo"},
    **{"tota": "tuota", "tossa": "tuossa", "tosta": "tuosta", "tohon": "tuohon"},
    **{"tolla": "tuolla", "tolle": "tuolle", "tolta": "tuolta"},
    **{"oon": "olen", "oot": "olet", "oo": "ole", "tiiän": "tiedän", "tiiät": "tiedät"},
    **{"tiiä": "tiedä", "käyä": "käydä", "yhen": "yhden", "kahen": "kahden"},
    **{"nii": "niin", "niinku": "niin kuin", "sit": "sitten", "sitte": "sitten", "kyl": "kyllä"},
    **{"viel": "vielä", "siel": "siellä", "tääl": "täällä", "siin": "siinä", "täs": "tässä"},
    **{"miks": "miksi", "siks": "siksi", "eiks": "eikö", "oliks": "oliko", "voiks": "voiko"},
    **{"oikee": "oikea", "vaikee": "vaikea", "tärkee": "tärkeä", "nopee": "nopea"},
    **{"kauhee": "kauhea", "korkee": "korkea", "selkee": "selkeä", "hirvee": "hirveä"},
}
_TENS = {
    **{"kaks": "kaksi", "kol": "kolme", "nel": "neljä", "viis": "viisi", "kuus": "kuusi"},
    **{"seit": "seitsemän", "kaheksa": "kahdeksan", "yheksä": "yhdeksän"},
}
_QUESTION = re.compile(r"(\w*(?:[nt]|aa|ää|ee|oo))ks")
_RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(rf"^({'|'.join(_TENS)})kyt"), lambda found: _TENS[found[1]] + "kymmentä"),
    (re.compile(r"^seittemän"), "seitsemän"),
    (re.compile(r"^kaheksan"), "kahdeksan"),
    (re.compile(r"^yheksän"), "yhdeksän"),
    (re.compile(r"^(\w*kymmentä)?(yks|kaks|viis|kuus)(toista|sataa|tuhatta)?$"), r"\1\2i\3"),
    (re.compile(r"(?<=[aouyäö])(?=nen$)"), "i"),
    (re.compile(r"^(?:sella|tällä|tolla|milla|semmo|tämmö|tommo|mimmo)(?=s)"), r"\g<0>i"),
    (re.compile(r"^to(?=llai|mmoi)"), "tuo"),
    (re.compile(r"(?:ll|hn|nn|rr|ss|[aeiouyäö]n)[uy]$"), r"\g<0>t"),
    (re.compile(r"\wis$"), r"\g<0>i"),
)


def normalisers(language: str | None) -> dict[str, Normaliser]:
    """The normalisers that make sense in a language (ISO 639-1; None: not known), by name."""
    found: dict[str, Normaliser] = {
        "plain": plain,
        "normalised": lambda text: normalised(text, language),
    }
    return found | ({"spoken": spoken} if language == "fi" else {})


def plain(text: str) -> str:
    """Lower case, NFC, without punctuation; apostrophes inside words stay."""
    kept = "".join(
        c if c.isalnum() or c == "'" else " " for c in unicodedata.normalize("NFC", text.casefold())
    )
    return " ".join(word for word in (w.strip("'") for w in kept.split()) if word)


def normalised(text: str, language: str | None) -> str:
    """``plain``, with numbers in words and without hesitations.

    Numbers: digits are spelled as cardinals (English, Finnish, Swedish; ``numbers.spelled``); a
    comma or a space before a group of three digits is a separator of thousands. Ordinals ("3.")
    and decimals ("3,5") are not distinguished: "kolme", "kolme viisi".
    Hesitations: the sounds in ``HESITATIONS`` are left out. Minimal responses (mm, mhm, joo,
    yeah) are talk and stay. Nothing else: no contractions, no British and American spelling.
    """
    words = plain(_THOUSANDS.sub("", text)).split()
    hesitations = HESITATIONS.get(language or "", set())
    return " ".join(
        spelled(int(word), language) if word.isdecimal() else word
        for word in words
        if word not in hesitations
    )


def spoken(text: str) -> str:
    """``normalised`` Finnish, with frequent forms of *puhekieli* as in standard Finnish.

    The phenomena are those of the grammar of spoken Finnish in A. Hakulinen et al., *Iso suomen
    kielioppi* (2004; on the web: VISK); the choice of words is ours:

    - pronouns: mä, sä and their cases (mulla → minulla), tää, toi, noi, nää and cases;
    - olla and tietää: oon, oot, (ei) oo, tiiän → olen, olet, ole, tiedän;
    - loss of d: meiän, yhen, kahen, käyä → meidän, yhden, kahden, käydä;
    - loss of a final vowel: yks, kaks, viis, kuus, miks, siel, kyl → yksi …, and of i after
      is: olis → olisi;
    - numerals: seittemän, kaheksan, yheksän, kakskyt → seitsemän … kaksikymmentä;
    - loss of i in an unstressed diphthong: punanen → punainen, semmosta → semmoista;
    - loss of t in participles: ollu, menny, puhunu → ollut, mennyt, puhunut;
    - -ea > -ee in frequent adjectives: oikee → oikea;
    - the question clitic after n, t or a long vowel: onks, ootks, tuleeks → onko, oletko, tuleeko;
    - particles: nii, niinku, sit, mut → niin, niin kuin, sitten, mutta.

    Left alone: what is ambiguous (et, ku, vaan, musta), and what is grammar rather than form (me
    mennään, se for hän, no possessive suffix). The rules also reach words that they are not meant
    for (hevonen → hevoinen, kaunis → kaunisi), alike on both sides; they hide an error only where
    two words become one (mut, of minut; toi, of tuoda; hullu and hullut).
    """
    return " ".join(map(_standard, normalised(text, "fi").split()))


def _standard(word: str) -> str:
    if word in _SPOKEN:
        return _SPOKEN[word]
    if question := _QUESTION.fullmatch(word):
        stem = _standard(question[1])
        return stem + ("ko" if set(stem) & set("aou") else "kö")
    for pattern, replacement in _RULES:
        word = pattern.sub(replacement, word)
    return word
