"""Contact data and identifiers, recognised by their form, written or spoken.

Speech recognition writes them wrong as often as right (a misheard check character, a space inside,
digits as words), so only the form decides and check digits are not verified.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.pseudonymisation import addresses
from pipeline.pseudonymisation.turn_text import Finding, TurnText, core
from pipeline.records import EntityType

MIN_SPOKEN_DIGITS = 5
MIN_DIGITS = 7

_AT = r"(?:\s*@\s*|\s+(?:ät|at|ätmerkki|ät-merkki|miukumauku|miuku|kissanhäntä|snabel-?\s?a)\s+)"
_DOT = r"(?:\.|\s+(?:piste|dot|punkt)\s+)"
_JOINT = r"(?:\.|\s+(?:piste|dot|punkt|viiva|alaviiva|väliviiva|underscore|dash|hyphen)\s+)"
_LABEL = r"[\w+-]{1,64}"
_TOP = r"(?:fi|com|org|net|eu|info|edu|gov|uk|ax|ee|se|no|de|io)"
_SPOKEN_TOP = r"(?:fi|com|org|net|eu|info|edu|gov|uk)"  # 'se', 'no' are also words

# Repetitions are bounded: a recogniser that loops ("piste piste piste …") must not stall a search.
_EMAIL = re.compile(
    rf"(?:\b\w\s+){{0,30}}{_LABEL}(?:{_JOINT}{_LABEL}){{0,5}}{_AT}{_LABEL}(?:{_DOT}{_LABEL}){{1,4}}",
    re.IGNORECASE,
)
_WRITTEN_AT = re.compile(r"\S*@\S+")
_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_HOST = re.compile(rf"\b(?:[\w-]+\.)+{_TOP}\b(?:/\S*)?")
_SPOKEN_HOST = re.compile(
    rf"(?:\b(?:www|vee\s*vee\s*vee){_DOT})?\b{_LABEL}(?:{_DOT}{_LABEL}){{0,4}}"
    rf"\s+(?:piste|dot|punkt)\s+{_SPOKEN_TOP}\b",
    re.IGNORECASE,
)

# 'punkt se' also means 'point: see …': only after a word that can be a name, and where no
# object follows.
_SWEDISH_HOST = re.compile(
    r"(?<![\w-])(?:(?:www|ve\s+ve\s+ve)\s+punkt\s+[\w-]{1,64}|"
    r"(?!(?:viktig|denna|varje|första|sista|samma|annan|andra|svag|stark|enda)\b)[\w-]{4,64})"
    r"\s+punkt\s+se(?=$|[.,;!?]|\s+(?:och|så|eller|för|där|tack)\b)",
    re.IGNORECASE,
)

_IDENTITY_CODE = re.compile(
    r"(?<!\d)(?:\d[\s.]?){6}(?:[-–−+ABCDEFUVWXY]|viiva|väliviiva|miinus|plus|dash|hyphen|minus)"
    r"\s?(?:\d\s?){3}[0-9A-Z]\b",
    re.IGNORECASE,
)
_SWEDISH_IDENTITY_CODE = re.compile(
    r"(?<!\d)(?:19|20)?\d\d(?:0[1-9]|1[0-2])(?:[0-8]\d|9[01])"
    r"\s?(?:[-–−+]|streck|bindestreck|minus|plus)?\s?\d{4}(?!\d)",
    re.IGNORECASE,
)
_IBAN = re.compile(
    r"\b(?:(?i:fi)\s?\d{2}(?:\s?\d){14}|[A-Z]{2}\s?\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?)\b"
)
_BUSINESS_ID = re.compile(r"(?<!\d)(?:\d{7}\s?[-–−]\s?\d|(?i:fi)\s?\d{8})(?!\d)")

_DIGIT_RUN = re.compile(r"(?<!\w)(?:\+\s?)?\(?\d(?:[\s().,/–−-]{0,3}\d)*")
_DIALLED = re.compile(r"\+|\(?0")
_AMOUNT = re.compile(r"\d{1,3}(?:[ .,]\d{3})+(?:[.,]\d{1,2})?")
_DATE = re.compile(r"\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}")
_YEARS = re.compile(r"(?:1\d|20)\d\d(?:[\s,–−-]{1,3}(?:1\d|20)\d\d)*")

_FI_DIGIT = (
    r"nolla|yksi|yks|yy|kaksi|kaks|kolme|kol|neljä|nelj|viisi|viis|kuusi|kuus|seitsemän|seittemän|"
    r"seiska|kahdeksan|kaheksan|kasi|yhdeksän|yheksän|ysi"
)
_FI_NUMBER = rf"(?:(?:{_FI_DIGIT}|kymmenen|kymmentä|kyt|toista|sata|sataa|tuhat|tuhatta)+)"
_EN_NUMBER = (
    r"(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|"
    r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?|hundred|double|triple)"
)
_SV_NUMBER = r"(?:noll|ett|två|tre|fyra|fem|sex|sju|åtta|nio|tio)"
_NUMBER_WORD = re.compile(rf"{_FI_NUMBER}|{_EN_NUMBER}|{_SV_NUMBER}", re.IGNORECASE)
_DIGITS = re.compile(r"[\d-]*\d[\d-]*")
_BETWEEN_DIGITS = frozenset({"viiva", "väliviiva", "miinus", "plus", "dash", "hyphen", "minus"})

_FORMS: tuple[tuple[re.Pattern[str], EntityType, str], ...] = (
    (_EMAIL, "contact", "email"),
    (_WRITTEN_AT, "contact", "email"),
    (_URL, "contact", "web_address"),
    (_HOST, "contact", "web_address"),
    (_SPOKEN_HOST, "contact", "web_address"),
    (_SWEDISH_HOST, "contact", "web_address"),
    (_IDENTITY_CODE, "identifier", "identity_code"),
    (_SWEDISH_IDENTITY_CODE, "identifier", "identity_code"),
    (_IBAN, "identifier", "iban"),
    (_BUSINESS_ID, "identifier", "business_id"),
)


def find(text: TurnText) -> list[Finding]:
    """E-mail and web addresses, phone numbers, identity codes, IBANs, business ids, addresses.

    Also spoken: 'matti piste virtanen ät esimerkki piste fi', 'nolla neljäkymmentä viis viis …'.
    Identity codes are Finnish and Swedish.
    """
    written = [
        text.finding(*match.span(), type, detector)
        for pattern, type, detector in _FORMS
        for match in pattern.finditer(text.text)
    ]
    streets = addresses.find(text)
    return [*written, *streets, *_phone_numbers(text), *_spoken_digits(text)]


def _phone_numbers(text: TurnText) -> Iterator[Finding]:
    """Digit runs that can be dialled: long enough, and not an amount, date or year."""
    for match in _DIGIT_RUN.finditer(text.text):
        run = match.group().strip()
        digits = sum(character.isdigit() for character in run)
        dialled = _DIALLED.match(run) is not None
        other = any(form.fullmatch(run) for form in (_AMOUNT, _DATE, _YEARS))
        if digits >= MIN_DIGITS - dialled and (dialled or ("," not in run and not other)):
            yield text.finding(*match.span(), "contact", "phone")


def _spoken_digits(text: TurnText) -> Iterator[Finding]:
    """Runs of number words (digits may stand among them) too long to be a quantity."""
    run: list[int] = []
    for position, word in enumerate((*text.words, "")):
        name = core(word)
        if _NUMBER_WORD.fullmatch(name) or (run and _DIGITS.fullmatch(name)):
            run.append(position)
        elif not (run and name.casefold() in _BETWEEN_DIGITS):
            if len(run) >= MIN_SPOKEN_DIGITS:
                yield Finding(run[0], run[-1], "contact", "spoken_digits")
            run = []
