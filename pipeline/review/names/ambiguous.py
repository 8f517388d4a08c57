"""Closed lists: words that may be a name or identify a person, but look like common words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

# Finnish given names that are also common words.
_HOMOGRAPHS = """
aamu aarre ahti alku armas armo arvo aula auvo helmi hilja hilla ilma ilo ilta into jalo kaino kari
kauko kielo kukka lahja lauha lempi lilja lumi lumo mainio marja meri mesi minttu muisto myrsky
nuppu oiva onni orvokki otso paju pihla piki pilvi päivi rae raita rauha routa ruska ruusu sade
salama sampo sari satu sini sirkka sisu sointu sorja sulo suoma suometar suvi syksy säde taika taimi
taisto talvi tammi tarmo taru terho terttu tiera toivo tuike tuisku tuomi tuuli tyyne tyyni uljas
unelma urho usko utu vanamo varma varpu veli vesa viena vieno viima vilja virva visa voima voitto
"""
# Finnish words with the ending of a place that name no place.
_NO_PLACES = """
tässä siinä tuossa missä jossa näissä niissä noissa joissa jossain jossakin missään kanssa kaikissa
tällä sillä tuolla millä jolla näillä niillä joilla jollain millään meillä teillä heillä mulla sulla
hänellä minulla sinulla itsellä kellä kenellä jokaisella kaikilla monella muulla omalla yhdellä
täällä siellä muualla lopussa ohessa
"""

HOMOGRAPHS = frozenset(_HOMOGRAPHS.split())

# What numbers count or date without identifying a person.
OF_NOBODY = re.compile(
    r"prosent|euro|kello|klo|päivänä|minuut|tunti|tunnin|metri|kilo|\w*kuuta$|procent|kronor|klockan|"
    r"minute|timme|percent|o['’]clock|hour"
)


@dataclass(frozen=True, slots=True)
class Hints:
    """How a language refers to a person without a name; all patterns are for casefolded words.

    ``title`` is a rare post, ``only`` begins 'the only … in …', which a ``place`` ends, but none of
    ``no_places``; where ``place`` is a preposition, the place itself follows.
    """

    title: re.Pattern[str]
    only: re.Pattern[str]
    place: re.Pattern[str]
    no_places: frozenset[str] = frozenset()
    place_follows: bool = False


HINTS: Mapping[str, Hints] = {
    "fi": Hints(
        title=re.compile(
            r"\w*(?:johtaja(?!t)|johtaji|päällik(?:kö|ö)|pormestar|rehtor|kirkkoherra|rovasti|piispa|"
            r"ylilääkär|professor|kansanedusta|ministeri(?!ö|n?vali)|pääsihteer|päätoimitta|"
            r"dosent|valtuutet|kapellimestar|kunnansihteer)\w{0,7}"
        ),
        only=re.compile(r"ain(?:oa|oo|oana|oan|oon|oata|oota|ut|utta)"),
        place=re.compile(r"\w{3,}(?:ssa|ssä|lla|llä)"),
        no_places=frozenset(_NO_PLACES.split()),
    ),
    "sv": Hints(
        title=re.compile(
            r"\w*(?:chef|direktör|rektor|borgmästar|kyrkoherde|biskop|professor|överläkar|"
            r"ordförande|riksdagsledam)\w{0,5}"
        ),
        only=re.compile("enda|ende|endaste"),
        place=re.compile("i|på|vid"),
        place_follows=True,
    ),
    "en": Hints(
        title=re.compile(
            r"(?:director|ceo|principal|mayor|bishop|vicar|professor|headteacher|chairman|"
            r"chairwoman|chairperson|minister|surgeon)s?(?:['’]s)?"
        ),
        only=re.compile("only"),
        place=re.compile("in|at"),
        place_follows=True,
    ),
}
