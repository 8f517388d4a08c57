"""Whole numbers as words, so that "21" and "twenty one" are the same word to a score."""

from __future__ import annotations

_EN = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_EN_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_FI = (
    *("nolla", "yksi", "kaksi", "kolme", "neljä", "viisi", "kuusi", "seitsemän", "kahdeksan"),
    *("yhdeksän", "kymmenen"),
)
_SV = (
    *("noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva"),
    *("tolv", "tretton", "fjorton", "femton", "sexton", "sjutton", "arton", "nitton"),
)
_SV_TENS = ("tjugo", "trettio", "fyrtio", "femtio", "sextio", "sjuttio", "åttio", "nittio")


def spelled(number: int, language: str | None) -> str:
    """``number`` in words: cardinal, nominative, as read aloud.

    English in separate words without "and", Finnish and Swedish as one word. Other languages and
    numbers of a million or more stay in digits.
    """
    if number >= 1_000_000 or language not in ("en", "fi", "sv"):
        return str(number)
    thousands, rest = divmod(number, 1000)
    if not thousands:
        return {"en": _english, "fi": _finnish, "sv": _swedish}[language](rest)
    if language == "en":
        return f"{_english(thousands)} thousand {_english(rest) if rest else ''}".strip()
    if language == "fi":
        head = "tuhat" if thousands == 1 else _finnish(thousands) + "tuhatta"
        return head + (_finnish(rest) if rest else "")
    head = ("" if thousands == 1 else _swedish(thousands)) + "tusen"
    return head + (_swedish(rest) if rest else "")


def _english(number: int) -> str:
    if number < 20:
        return _EN[number]
    if number < 100:
        tens, rest = divmod(number, 10)
        return _EN_TENS[tens - 2] + (f" {_EN[rest]}" if rest else "")
    hundreds, rest = divmod(number, 100)
    return f"{_EN[hundreds]} hundred {_english(rest) if rest else ''}".strip()


def _finnish(number: int) -> str:
    if number <= 10:
        return _FI[number]
    if number < 20:
        return _FI[number - 10] + "toista"
    if number < 100:
        tens, rest = divmod(number, 10)
        return _FI[tens] + "kymmentä" + (_FI[rest] if rest else "")
    hundreds, rest = divmod(number, 100)
    head = "sata" if hundreds == 1 else _FI[hundreds] + "sataa"
    return head + (_finnish(rest) if rest else "")


def _swedish(number: int) -> str:
    if number < 20:
        return _SV[number]
    if number < 100:
        tens, rest = divmod(number, 10)
        return _SV_TENS[tens - 2] + (_SV[rest] if rest else "")
    hundreds, rest = divmod(number, 100)
    head = ("" if hundreds == 1 else _SV[hundreds]) + "hundra"
    return head + (_swedish(rest) if rest else "")
