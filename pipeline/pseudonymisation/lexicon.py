"""Closed lists: words that are capitalised or tagged as names but are not names."""

from __future__ import annotations

from dataclasses import dataclass

_FINNISH = """
mä sä mää sää mie sie minä sinä hän me te he ne se mun sun mulla sulla mulle sulle meidän teidän
heidän meillä teillä meille teille siis niinku niinkun tota tuota noni no niin joo juu jep moi
moikka moro hei heippa terve kiitos kiitti okei oke anteeksi hyvä hyvää huomenta päivää iltaa
tervetuloa totta just juuri kyllä ei eli eiku emmä mut mutta ja että koska kun kuin nyt sitten
sit tosi ihan varmaan ehkä vai vaan vain aha ahaa öö mm mhm hmm hm ai jaa jaaha joulu pääsiäinen
juhannus vappu herra rouva jumala luoja internet netti
"""
_ENGLISH = """
the a an my our your this that what oh wow maybe i i'm i've i'll i'd i’m i’ve i’ll i’d
monday tuesday wednesday thursday friday saturday sunday
mondays tuesdays wednesdays thursdays fridays saturdays sundays january february march april may
june july august september october november december christmas easter english finnish swedish
norwegian danish german french spanish italian russian estonian british american european african
asian chinese japanese arabic somali mr mrs ms dr miss sir madam god okay ok yeah yes no well so
and but hi hello hey thanks thank bye internet
"""
_SWEDISH = """
jag du han hon den det vi ni de dom mig dig honom henne oss er dem min mitt mina din ditt dina vår
vårt våra ert era hans hennes deras sin sitt sina en ett och men eller så att om när då nu som vad
vem var hur varför ja jo nej nä nja okej hej hejdå tack tackar förlåt kanske faktiskt alltså liksom
precis just bra herr fru gud måndag tisdag onsdag torsdag fredag lördag söndag januari februari mars
april maj juni juli augusti september oktober november december jul påsk midsommar svenska finska
engelska norska danska tyska svensk finsk finlandssvensk internet
"""
_ACRONYMS = """
ok okei tv cv pdf it hr wc dvd cd pc sms usb ai gps yt tes tki q a kpl eur id pin vpn wifi www
atk nato-tes sd hd rai sote ääh
"""

_BY_LANGUAGE = {"fi": _FINNISH, "en": _ENGLISH, "sv": _SWEDISH}


def no_names(language: str | None) -> frozenset[str]:
    """The casefolded words that are not names in talk of this language."""
    return frozenset(
        (_BY_LANGUAGE.get(language or "", _FINNISH + _ENGLISH + _SWEDISH) + _ACRONYMS).split()
    )


@dataclass(frozen=True, slots=True)
class OrganisationWords:
    """How organisations' names end in a language, as regular expressions of casefolded words.

    ``compound_heads`` name an organisation as the head of a compound only (Tukiliitto, but not
    'Pekan liitto'), unless what is before them is among ``generic_modifiers`` (ammattiliitto);
    ``free_heads`` do so after their owner (Mallilan yliopisto), which is in the genitive if
    ``owner_in_genitive``. ``ending`` are the case endings that either may have.
    """

    compound_heads: str
    free_heads: str
    ending: str
    generic_modifiers: frozenset[str]
    owner_in_genitive: bool


LEGAL_FORMS = frozenset({"ry", "rf", "oy", "oyj", "ab"})

_FINNISH_GENERIC = """
ammatti avio avo keskus katto emo kansalais jäsen potilas vapaaehtois paikallis piiri tuki kylä
asukas urheilu tytär sisar pien maakunta vaali
"""
_SWEDISH_GENERIC = """
fack intresse patient stöd idrotts lokal hyres by kvarters bostadsrätts ideell
"""
_FINNISH_ORGANISATIONS = OrganisationWords(
    compound_heads="liit(?:to|o)|yhdisty(?:s|kse|st|ks)|seura|säätiö|ministeriö",
    free_heads=(
        r"\w*(?:opisto|koulu|lukio|sairaala|(?:seura|tiede|lauta|palis|edus|keisari|kuningas|maa|"
        "hiippa|valio|toimi|neuvottelu|osa)kun(?:ta|na)|keskus|keskuks|keskukse|keskust|"
        "laito(?:s|kse|st|ks)|tasaval(?:ta|la)|tuomioistui(?:n|me)|oikeu(?:s|de|t)|ministeriö|"
        "hallitu(?:s|kse|st|ks)|parlament(?:ti|i)|kanslia|puisto|akatemia|neuvosto|virasto|"
        "teatteri|museo|kirjasto|orkesteri|instituut(?:ti|i)|komitea|jaosto|yhtiö|yhteisö|konserni|"
        "pank(?:ki|i)|leh(?:ti|de)|sanomat|radio|studio|tehda|tehtaa|hotelli|ravintola|kahvila|"
        "apteek(?:ki|i)|kerho|klubi|liiga|joukkue|poliisi|pataljoona|rykment(?:ti|i)|prikaati|"
        "divisioona|asema|satama|halli|stadion|areena|yksik(?:kö|ö)|paja|lääni|kirk(?:ko|o)|"
        "(?:päivä|hoito|vanhain|vanhus|nuoriso)ko(?:ti|di)|järjestö|verkosto|foorumi|rahasto|"
        "kamari|kent(?:tä|ä)|linna|kartano|palatsi|piiri)|"
        r"\w+talo|\w+voimi?|kaupun(?:ki|gi)|kun(?:ta|na)|valtio|puolue|unioni|komissio|"
        "senaat(?:ti|i)|luostari|armeija"
    ),
    ending=(
        "(?:n|t|a|ä|ta|tä|on|ön|an|än|ssa|ssä|sta|stä|lla|llä|lta|ltä|lle|na|nä|ksi|een|iin|ja|jä)?"
    ),
    generic_modifiers=frozenset(_FINNISH_GENERIC.split()),
    owner_in_genitive=True,
)
_SWEDISH_ORGANISATIONS = OrganisationWords(
    compound_heads="förbund|förening|stiftelse|sällskap|församling|fond",
    free_heads=(
        r"kommun|stad|\w*(?:universitet|kyrka|stiftelse|förbund|förening|församling|fond|skola|"
        "bibliotek|sjukhus)"
    ),
    ending="(?:en|et|n|s|ens|ets|ns|ar|er|arna|erna)?",
    generic_modifiers=frozenset(_SWEDISH_GENERIC.split()),
    owner_in_genitive=False,
)
_ORGANISATIONS = {"fi": _FINNISH_ORGANISATIONS, "sv": _SWEDISH_ORGANISATIONS}


def organisation_words(language: str | None) -> OrganisationWords | None:
    """How organisations' names end in this language; None if unknown."""
    return _ORGANISATIONS.get(language or "")
