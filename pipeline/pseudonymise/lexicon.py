"""Closed lists: words that are capitalised or tagged as names without being any."""

from __future__ import annotations

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
_ACRONYMS = """
ok okei tv cv pdf it hr wc dvd cd pc sms usb ai gps yt tes tki q a kpl eur id pin vpn wifi www
atk nato-tes sd hd rai sote ääh
"""

_BY_LANGUAGE = {"fi": _FINNISH, "en": _ENGLISH}


def no_names(language: str | None) -> frozenset[str]:
    """The words, casefolded, that are no names in talk of this language."""
    return frozenset((_BY_LANGUAGE.get(language or "", _FINNISH + _ENGLISH) + _ACRONYMS).split())


# Last parts of organisations' names. Some name an organisation as the head of a compound only
# (Tukiliitto, but not 'Pekan liitto'), some also as a word of their own (Mallilan yliopisto).
COMPOUND_HEADS = "liit(?:to|o)|yhdisty(?:s|kse|st|ks)|seura|säätiö"
FREE_HEADS = (
    r"\w*(?:opisto|koulu|lukio|sairaala|seurakun(?:ta|na))|terveyskesku(?:s|kse|st|ks)|"
    "kaupun(?:ki|gi)|kun(?:ta|na)|valtio|puolue|kirk(?:ko|o)"
)
_GENERIC = """
ammatti avio avo keskus katto emo kansalais jäsen potilas vapaaehtois paikallis piiri tuki kylä
asukas urheilu tytär sisar pien maakunta
"""
GENERIC_MODIFIERS = frozenset(_GENERIC.split())
LEGAL_FORMS = frozenset({"ry", "rf", "oy", "oyj", "ab"})
