"""Finnish nicknames of given names, where the nickname is not a given name itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

_NICKNAMES = """
affe alf | aksu aki akseli aleksi | ale aleksi aleksanteri | allu alma aleksandra albert | anki
ann-kristin ann-christine | anski anne anna annukka anu | antsa antti | artsi arto ari | berra
bertil | bettan elisabet elisabeth birgitta | bosse bo | danne daniel | eki erkki | ellu ellen
elina eeva ella | erkka erkki esko | frasse frans | fredde fredrik | gittan birgitta | haka harri
hannu | hansku hanna | harza harri | hasse hans | hessu heikki | hilkku hilkka | immu ilmari irkku
irma irmeli | jaska jaakko jari | jassu jasmin jasmiina | jokke joakim jorma | jonttu joonatan
joona | jopi johanna jouni | jorkka jorma | jorppa jorma | jukkis jukka | jultsu julia juulia |
kake kari kalevi | kale kalevi | kape kari | karde kari | kassu kasper kasperi | kicki kristina
christina | kike kirsi kirsti | kikka kirsi kirsti kristiina | kirre kirsi | klasu klaus | krisu
kristiina kristian | kusti kustaa kustaavi | lare lauri lari | lasse lars | late lauri lasse |
lelle lennart | lissu liisa elisabet | lode lauri | lollo louise charlotta | maggan margareta |
maikki maija maria | maisku maija | make markku marko markus | mape marja-leena marko | marsa
marjatta | masa matti | matte mats mattias | maukka mauri | micke mikael michael | miksu mikael
mika mikko | mirkku mirja mirjami | nettan annette anette | nipa niilo niko | nipe niilo | nisse
nils | oka oskari otto | olle olof | oltsu olli | osku oskari | pate patrik patrick | pelle per |
pena pentti | penna pentti | pepe petri pekka pertti | pera pertti perttu | pertsa pertti perttu |
piksu pekka | pirran birgitta | pirre pirjo pirkko | pirsku pirjo pirkko | poke pekka | raikku
raija raili | ramppe raimo | rane raimo rainer | reiska reijo reino | repa reijo reino | riksu
riikka rikhard | ritu riitta ritva | robban robert | roffe rolf | rolle roland rolf | salkku salla
salme | samppa sampo samuli samuel | sanski sanna | santtu aleksanteri santeri | sape sakari |
satsku satu | sepe seppo | sepi seppo | sigge sigurd sigvard | simppa simo | sirkku sirkka sirpa |
steffe stefan | sussie susanne | sussu susanna | svenne sven | tane taneli | tapsa tapio tapani |
teme teemu | tepa tapio tapani | tige tiia tiina | tiksu tiina | timppa timo | tipe timo | tobbe
tobias torbjörn | tomppa tommi tuomas tomi | totte torsten | tuksu tuulikki | tume tuomas | tumppi
tuomas | uffe ulf | upi urpo | vesku vesa veijo | vickan viktoria | vilppu ville | viltsu ville
vilma | ykä yrjö
"""


def _read() -> Mapping[str, frozenset[str]]:
    names: defaultdict[str, set[str]] = defaultdict(set)
    for entry in _NICKNAMES.split("|"):
        nickname, *given = entry.split()
        names[nickname].update(given)
    return {nickname: frozenset(given) for nickname, given in names.items()}


NICKNAMES = _read()


def is_nickname(one: str, other: str) -> bool:
    """Whether people of one of these casefolded names are called by the other."""
    return other in NICKNAMES.get(one, ()) or one in NICKNAMES.get(other, ())
