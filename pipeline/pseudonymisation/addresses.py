"""Street addresses: a street with its house number, written or spoken.

A street without a number is left to the name detectors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.pseudonymisation.turn_text import Finding, TurnText

_FI_STREET = r"(?:kadu|katu|tie|kuja|polku|polu|kaari|kaare|raitti|raiti|bulevardi|esplanadi)"
_FI_PLACE = r"(?:tori|rinne|rintee|penger|penkeree|ranta|ranna|mäki|mäe|aukio)"  # also words
_FI_ENDING = r"(?:n|a|ä|e|tä|lla|llä|lta|ltä|lle|ssa|ssä|sta|stä|an|än|un|in|iin|en|een|on)?"
_SV_STREET = (
    r"(?:gata|gatan|väg|vägen|gränd|gränden|stig|stigen|torg|torget|allé|allén|backe|backen|"
    r"esplanaden|plan|planen)"
)
_EN_STREET = (
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Close|Court|Terrace|Crescent|Gardens|Square|"
    r"Boulevard|Grove|Way|Row|Hill|Place)"
)
_FI_UNIT = (
    r"(?:yksi|yhde|yks|kaksi|kahde|kaks|kolme|kolm|neljä|viisi|viide|viis|kuusi|kuude|kuus|"
    r"seitsemän?|seittemän?|kahdeksan?|kaheksan?|yhdeksän?|yheksän?|kymmene(?:n\b)?|kymppi)"
)
_FI_CASE = r"(?:n(?=toista|kymme)|ssa|ssä|sta|stä|lla|llä|een|än|ään)?"  # 'viiden' is a quantity
_FI_NUMBER = rf"(?:{_FI_UNIT}{_FI_CASE}(?:toista|kymmentä|kymmene{_FI_CASE}|kyt|sataa)?)+"
_SV_NUMBER = (
    r"(?:ett|en|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|(?:tret|fjor|fem|sex|sjut|ar|nit)ton"
    r"|(?:tjugo|trettio|fyrtio|femtio|sextio|sjuttio|åttio|nittio)\w*|hundra\w*)"
)
_EN_NUMBER = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|"
    r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:[- ]\w+)?)"
)
_DIGITS = r"\d{1,4}(?![\d:.,]*\d)"
_STAIR = r"(?:\s?[-–/]\s?\d{1,4}|\s?[a-zA-Z]\b(?:\s\d{1,3}\b(?![.:]\d))?)?"
_CAPITAL = r"[A-ZÅÄÖ][\w'’-]{0,40}"

# Words are bounded: a recogniser that loops within one must not stall a search.
_FORMS = (
    # Mannerheimintie 12 A 5; Aleksis Kiven katu 3; mannerheimintiellä viidessätoista
    re.compile(
        rf"(?<![\w-])(?:(?:{_CAPITAL}\s+){{1,2}}{_FI_STREET}|(?i:[a-zåäö-]{{3,40}}{_FI_STREET})|"
        rf"[A-ZÅÄÖ][a-zåäö-]{{2,40}}{_FI_PLACE}){_FI_ENDING}"
        rf"(?:\s+(?:numero|numerossa))?\s+(?:{_DIGITS}{_STAIR}|(?i:{_FI_NUMBER})\b)"
    ),
    # Storgatan 12 B; Norra vägen 5
    re.compile(
        rf"(?<![\w-])(?:(?:{_CAPITAL}\s+){{1,2}}{_SV_STREET}|(?i:[a-zåäö-]{{3,40}}{_SV_STREET}))"
        rf"(?:\s+nummer)?\s+(?:{_DIGITS}{_STAIR}|(?i:{_SV_NUMBER})\b)"
    ),
    # 221B Baker Street; twelve Oak Lane; 12 baker street
    re.compile(
        rf"\b(?:\d{{1,4}}[A-Za-z]?|(?i:{_EN_NUMBER}))\s+(?:{_CAPITAL}\s+){{1,3}}{_EN_STREET}\b"
    ),
    re.compile(r"\b\d{1,4}[a-z]?\s+(?!way\b|main\b)[a-z]{3,40}\s+(?:street|road|avenue|lane)\b"),
)


def find(text: TurnText) -> Iterator[Finding]:
    """Streets with house numbers, in Finnish, Swedish and English."""
    for form in _FORMS:
        for match in form.finditer(text.text):
            yield text.finding(*match.span(), "contact", "street_address")
