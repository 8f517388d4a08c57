from __future__ import annotations

import pytest

from pipeline.pseudonymisation import addresses
from pipeline.pseudonymisation.turn_text import TurnText
from pipeline.records import Word


def hidden(said: str) -> list[str]:
    words = said.split()
    text = TurnText.of(0, [Word(0.0, 0.0, word, 1.0) for word in words])
    return [" ".join(words[f.first : f.last + 1]) for f in addresses.find(text)]


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("asun Kuusitie 12 A 5 ja", "Kuusitie 12 A 5"),
        ("se on Mäntykadulla 3:ssa nyt", "Mäntykadulla 3:ssa"),
        ("se on mäntykadulla viidessä nyt", "mäntykadulla viidessä"),
        ("Hämeenkatu kakskytviis on", "Hämeenkatu kakskytviis"),
        ("se on Aleksis Kiven katu 3 tuolla", "Aleksis Kiven katu 3"),
        ("osoite on Kuusikuja 7, 00100 Helsinki", "Kuusikuja 7,"),
        ("tuossa Lehtikaari 2–4 nurkalla", "Lehtikaari 2–4"),
        ("Koivuraitilla numero kahdeksan on", "Koivuraitilla numero kahdeksan"),
        ("Elielinaukio 2 F on", "Elielinaukio 2 F"),
        ("jag bor på Storgatan 12 B nu", "Storgatan 12 B"),
        ("jag bor på storgatan tolv nu", "storgatan tolv"),
        ("det är Norra vägen 5 tror jag", "Norra vägen 5"),
        ("I live at 221B Baker Street now", "221B Baker Street"),
        ("it is twelve Oak Lane I think", "twelve Oak Lane"),
        ("it is 12 baker street i think", "12 baker street"),
    ],
)
def test_a_street_with_its_number_is_an_address(said: str, address: str) -> None:
    assert hidden(said) == [address]


@pytest.mark.parametrize(
    "said",
    [
        "katu 5 ja tie 4",
        "moottoritie viiden kilometrin päässä",
        "kaupungin ranta kolme kertaa",
        "asun Kuusitiellä jo viidettä vuotta",
        "it was a 2 way street",
        "the road to 12 schools",
        "en gata med 12 hus",
    ],
)
def test_streets_without_a_number_and_numbers_of_other_things_stay(said: str) -> None:
    assert hidden(said) == []
