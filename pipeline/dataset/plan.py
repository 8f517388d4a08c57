"""The anonymisation plan of a data set: what could identify people, and what was done with it.

After the classes and the form of the plan in the Finnish Social Science Data Archive's *Data
Management Guidelines*, chapter Anonymisation and Personal Data: direct identifiers, strong
indirect identifiers, indirect identifiers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Language = Literal["fi", "en"]

_HEADS: Mapping[Language, tuple[str, str, str]] = {
    "fi": ("tunniste", "tieto", "mitä sille on tehty"),
    "en": ("identifier", "what", "what was done with it"),
}
_CLASSES: Mapping[Language, tuple[str, str, str]] = {
    "fi": ("suora", "vahva epäsuora", "epäsuora"),
    "en": ("direct", "strong indirect", "indirect"),
}
DIRECT, STRONG, INDIRECT = range(3)

# class, what (fi, en), what was done (fi, en); {…} are counts of mentions masked
_ROWS: tuple[tuple[int, str, str, str, str], ...] = (
    (
        DIRECT,
        "puhujien ja muiden henkilöiden nimet puheessa",
        "names of speakers and others in the talk",
        "korvattu peitetunnuksella, sama henkilö samalla ({n_masked_person} mainintaa)",
        "replaced by a pseudonym, the same person by the same ({n_masked_person} mentions)",
    ),
    (
        DIRECT,
        "ääni, kuva ja äänijälki",
        "voice, picture and voice print",
        "eivät ole aineistossa",
        "not in the data set",
    ),
    (
        DIRECT,
        "puhelinnumerot, osoitteet, henkilötunnukset, tilinumerot ja muut tunnisteet",
        "phone numbers, addresses, identity codes, account numbers and other identifiers",
        "korvattu lajin nimellä ({n_masked_other} mainintaa)",
        "replaced by the name of their kind ({n_masked_other} mentions)",
    ),
    (
        STRONG,
        "työyhteisöjen ja muiden organisaatioiden nimet",
        "names of work communities and other organisations",
        "korvattu peitetunnuksella ({n_masked_organisation} mainintaa)",
        "replaced by a pseudonym ({n_masked_organisation} mentions)",
    ),
    (
        STRONG,
        "paikannimet",
        "names of places",
        "korvattu peitetunnuksella ({n_masked_place} mainintaa)",
        "replaced by a pseudonym ({n_masked_place} mentions)",
    ),
    (
        STRONG,
        "harvinaiset ammattinimikkeet ja tehtävät puheessa",
        "rare occupations and positions in the talk",
        "jäävät tekstiin, ellei nimien tarkistaja ole peittänyt niitä",
        "stay in the text unless whoever reviewed the names masked them",
    ),
    (
        STRONG,
        "tiedostojen ja kansioiden nimet, tallentamisen ajat",
        "names of files and folders, times of recording",
        "eivät ole aineistossa; ryhmien tunnukset on arvottu",
        "not in the data set; the codes of groups were drawn at random",
    ),
    (
        INDIRECT,
        "rooli, ryhmä ja tapaamisen numero",
        "role, group and number of the meeting",
        "säilytetty: analyysi tarvitsee ne",
        "kept: the analysis needs them",
    ),
    (
        INDIRECT,
        "tutkimuksen omat taustatiedot (sarakkeet `x_…`, jos niitä on)",
        "the study's own background data (columns `x_…`, if there are any)",
        "säilytetty niin kuin tutkijat ne antoivat; luokittele ne tarvittaessa karkeammin",
        "kept as the researchers gave them; put them into coarser classes where needed",
    ),
    (
        INDIRECT,
        "puhutun sisältö, puhetapa, kieli",
        "what people tell, how they talk, their language",
        "säilytetty: tutkimuksen kohde; lue tekstit ennen jakamista",
        "kept: the subject of the research; read the texts before sharing",
    ),
)


def plan(masked: Mapping[str, int], language: Language) -> list[str]:
    """The plan as a Markdown table; ``masked`` counts masked mentions by their column in turns."""
    classes = _CLASSES[language]
    lines = [f"| {' | '.join(_HEADS[language])} |", "|---|---|---|"]
    for kind, what_fi, what_en, done_fi, done_en in _ROWS:
        what, done = (what_fi, done_fi) if language == "fi" else (what_en, done_en)
        lines.append(f"| {classes[kind]} | {what} | {done.format(**masked)} |")
    return lines
