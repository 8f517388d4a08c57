"""Words next to which a possible name is a name, in talk without capitals."""

from __future__ import annotations

_SAYS = """
sanoi sano sanoo kysyi kysy kysyy kertoi kerto kertoo mietti miettii soitti soittaa vastasi vastas
vastaa ehdotti ehdottaa puhui puhuu totesi totes toteaa mainitsi kirjoitti kirjotti
säger sa sade frågade frågar berättade said says asked told
"""
_ROLES_AND_CALLS = """
työpari työparini työkaveri työkaverini kollega kollegani esihenkilö esihenkilöni esimies pomo
johtaja toiminnanjohtaja puheenjohtaja ohjaaja vertaisohjaaja vetäjä fasilitaattori sihteeri
sijainen ystävä ystäväni kaveri kaverini mies mieheni vaimo vaimoni poika tytär sisko veli
nimi nimeltä hei moi moikka heippa kiitos kiitti chef kollegan tack hej
"""
_OF_SOMEBODY = """
kanssa kans kaa mielestä tilalle tilalla sijaan jälkeen puolesta luona luokse luota ehdotus
kysymys kysymykseen ajatus idea puheenvuoro ääni vuoro sijainen työpari puhelin mikki kamera
"""
_BEFORE = frozenset(_ROLES_AND_CALLS.split())
_AFTER_NAME = frozenset(_SAYS.split())
_AFTER_GENITIVE = frozenset(_OF_SOMEBODY.split())


def is_somebody(before: str, after: str) -> bool:
    """Whether an uninflected name is likely between these casefolded words ('' for none)."""
    return before in _BEFORE or after in _AFTER_NAME


def is_of_somebody(after: str) -> bool:
    """Whether a name in the genitive is likely before this casefolded word."""
    return after in _AFTER_GENITIVE
