"""One spelling for what looks alike, so that a name is found however it was written.

Compatibility forms (full width, mathematical letters) become plain ones (Unicode NFKC, UAX #15),
letters of other scripts that look like Latin ones become Latin (a part of Unicode's confusables,
UTS #39), and invisible characters are removed (Default_Ignorable_Code_Point).
"""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import unquote

_NOT_SHOWN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_TAG = re.compile(r"<[^<>]{0,200}>")
_LOOK_ALIKE = str.maketrans(
    # Cyrillic
    "аеорсухіјѕԁһԛԝӏкмнтвАЕОРСУХІЈЅԌКМНТВЅӀ"
    # Greek
    "αονικρτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
    # Latin letters with a plain look-alike
    "ıɑɡʟɪłŁøØđĐ",
    "aeopcyxijsdhqwlkmhtbAEOPCYXIJSGKMHTBSIaovikptuxABEZHIKMNOPTYXiaglilLoOdD",
)


def plain(text: str) -> str:
    """A text in one spelling, without escapes of HTML and addresses; å, ä and ö stay."""
    text = html.unescape(text)
    if "%" in text:
        text = unquote(text, errors="replace")
    text = unicodedata.normalize("NFKC", _NOT_SHOWN.sub("", text))
    return text if text.isascii() else text.translate(_LOOK_ALIKE)


def bare(text: str) -> str:
    """A text without the marks on its letters: ``Hämäläinen`` is ``Hamalainen``."""
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text)
    return "".join(part for part in parts if not unicodedata.combining(part))


def without_tags(text: str) -> str:
    """A text without mark-up: ``Mä<b>ke</b>lä`` is ``Mäkelä``."""
    return _TAG.sub("", text) if "<" in text else text
