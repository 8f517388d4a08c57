"""Absolute dates: a day of a year, as it is written in files and in talk."""

from __future__ import annotations

import re

_MONTHS = (
    r"(?:tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu)kuu\w*"
    r"|januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december"
    r"|january|february|march|may|june|july|august|october"
)
_YEAR = r"(?:19|20)\d\d"
_MONTH, _DAY = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_TWO_DIGIT_MONTH, _TWO_DIGIT_DAY = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_NTH = r"(?:st|nd|rd|th)"

_FULL = (
    rf"(?<!\d){_YEAR}([-/._]){_TWO_DIGIT_MONTH}\1{_TWO_DIGIT_DAY}(?!\d)",  # 2015-03-12
    rf"(?<![\d.]){_DAY}\.\s?{_MONTH}\.\s?{_YEAR}(?!\d)",  # 12.3.2015
    rf"(?<![\d/])(?:{_DAY}[/-]{_MONTH}|{_MONTH}/{_DAY})[/-]{_YEAR}(?![\d/])",  # 12/3/2015
    rf"(?<![\da-f]){_YEAR}{_TWO_DIGIT_MONTH}{_TWO_DIGIT_DAY}(?![\da-f])",  # 20150312, in no digest
    rf"(?<!\w){_DAY}(?:\.|{_NTH})?\s(?:of\s)?(?:{_MONTHS}),?\s{_YEAR}(?!\d)",  # 12 mars 2015
    rf"(?<!\w)(?:{_MONTHS})\s{_DAY}{_NTH}?,?\s{_YEAR}(?!\d)",  # March 12, 2015
)
# In files, three short numbers are mostly the version of a program.
_SHORT = rf"(?<![\d.]){_DAY}\.\s?{_MONTH}\.\s?\d\d(?!\d|\.\d)"  # 12.3.15

_IN_FILES = [re.compile(form, re.IGNORECASE) for form in _FULL]
_IN_TALK = [*_IN_FILES, re.compile(_SHORT)]
_TURN_ID = re.compile(r"-T\d{8,}")


def has_date(text: str, *, talk: bool) -> bool:
    """Whether a day of a year is in the text; a day without a year, or a year alone, is not."""
    plain = _TURN_ID.sub("", text)
    return any(form.search(plain) for form in (_IN_TALK if talk else _IN_FILES))
