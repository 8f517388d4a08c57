from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from pipeline.pseudonymisation.entities import EntityTable
from pipeline.pseudonymisation.link import linked
from pipeline.records import EntityType

Link = Callable[..., int | None]


@pytest.fixture
def link() -> Link:
    """Number of the known name that a new one is linked to, by position; None for none."""

    def made(name: str, *known: str, type: EntityType = "person") -> int | None:
        ids = {(type, other): (type, number) for number, other in enumerate(known)}
        found = linked((type, name), ids)
        return None if found is None else found[1]

    return made


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("aino", "aino mäkelä"),  # first name
        ("mäkelä", "aino mäkelä"),  # surname
        ("niemen sari", "sari niemi"),  # surname first, in the genitive
        ("virtanen pekka", "pekka virtanen"),
        ("marjaleena", "marja-leena"),  # hyphens are the recogniser's
        ("marjaleena", "marja-leena korhonen"),
        ("anna korhonen", "anna maria korhonen"),
        ("miikan", "miika"),  # a form that nothing in its session told apart
        ("mirjan", "mirja lehto"),
        ("hessu", "heikki"),
        ("hessu", "heikki salonen"),
        ("hessu salonen", "heikki salonen"),
        ("bosse", "bo lindqvist"),
        ("peka virtanen", "pekka virtanen"),
        ("virbi rantanen", "virpi rantanen"),
        ("virttanen", "virtanen"),
        ("virttanen", "pekka virtanen"),
        ("salosen heiki", "heikki salonen"),
    ],
)
def test_names_of_one_person_are_linked_either_way_round(link: Link, one: str, other: str) -> None:
    assert link(one, "tuntematon", other) == 1
    assert link(other, "tuntematon", one) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("aimo", "aino"),
        ("mika", "miika"),
        ("miika", "miikka"),
        ("sari", "sara"),
        ("marja", "marjo"),
        ("marja", "maria"),
        ("jari", "jani"),
        ("kari", "kai"),
        ("tiina", "tina"),
        ("miikael", "mikael"),
        ("villiam", "william"),
        ("julia", "julian"),
        ("maria", "marian"),
        ("mari", "marissa"),
        ("simo", "simon"),
        ("dani", "danielle"),
        ("johan", "johann"),
        ("marja", "marja-leena"),
        ("virtanen", "virta"),
        ("julian korhonen", "julia korhonen"),
        ("pekka korhonen", "pekka virtanen"),
        ("aimo mäkelä", "aino mäkelä"),
        ("mika niemi", "miika niemi"),
    ],
)
def test_two_real_names_are_never_one(link: Link, one: str, other: str) -> None:
    assert link(one, other) is None
    assert link(other, one) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ehyt ry", "ehyt"),
        ("ehyt", "ehkäisevä päihdetyö ehyt"),
        ("keskisuomen työpajayhdistys", "keski-suomen työpajayhdistys"),
        ("työpajayhdistys", "keski-suomen työpajayhdistys"),
        ("sininauha", "sininauhaliitto"),
        ("mll", "mannerheimin lastensuojeluliitto"),
        ("mtl", "mielenterveysliitto"),
        ("spr", "suomen punainen risti"),
        ("suomen punaisen risti", "suomen punainen risti"),
        ("nuorten ystävi", "nuorten ystävät"),
        ("setlemenntiliitto", "setlementtiliitto"),
    ],
)
def test_names_of_one_organisation_are_linked(link: Link, one: str, other: str) -> None:
    assert link(one, "tuntematon", other, type="organisation") == 1
    assert link(other, "tuntematon", one, type="organisation") == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("liitto", "suomen mielenterveysliitto"),
        ("yhdistys", "mallilan yhdistys"),
        ("mielenterveysliitto", "mielenterveysseura"),
        ("mlk", "mannerheimin lastensuojeluliitto"),
        ("tampereen", "tampereen yliopisto"),
    ],
)
def test_organisations_that_share_a_word_stay_two(link: Link, one: str, other: str) -> None:
    assert link(one, other, type="organisation") is None


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("aino", ("aino mäkelä", "aino korhonen")),
        ("lehto", ("marko lehto", "mirja lehto")),
        ("miikan", ("miika", "miikka")),
        ("make", ("markku", "marko")),
        ("juha", ("juha lahti", "juha niemi", "lahti")),
    ],
)
def test_a_name_of_two_is_of_neither(link: Link, name: str, known: tuple[str, ...]) -> None:
    assert link(name, *known) is None


def test_a_full_name_goes_by_its_like_then_its_first_name_then_its_surname(link: Link) -> None:
    assert link("pekka virtanen", "pekka", "virtanen", "peka virtanen") == 2
    assert link("pekka virtanen", "virtanen", "pekka") == 1
    assert link("pekka virtanen", "virtanen", "matti") == 0


def test_names_of_one_entity_count_once() -> None:
    known: dict[tuple[EntityType, str], tuple[EntityType, int]] = {
        ("person", "pekka virtanen"): ("person", 7),
        ("person", "peka virtanen"): ("person", 7),
    }
    assert linked(("person", "pekka"), known) == ("person", 7)


def test_whoever_has_another_full_name_is_somebody_else() -> None:
    known: dict[tuple[EntityType, str], tuple[EntityType, int]] = {
        ("person", "pekka"): ("person", 7),
        ("person", "pekka virtanen"): ("person", 7),
    }
    assert linked(("person", "pekka korhonen"), known) is None


def test_a_person_is_no_place_but_an_organisation_may_be() -> None:
    assert linked(("person", "lahti"), {("place", "lahti"): ("place", 1)}) is None
    assert linked(("place", "lahti"), {("person", "lahti"): ("person", 1)}) is None
    known: dict[tuple[EntityType, str], tuple[EntityType, int]] = {
        ("place", "mallila"): ("place", 1),
    }
    assert linked(("organisation", "mallila"), known) == ("place", 1)


def test_numbers_are_one_however_they_are_set_apart(link: Link) -> None:
    assert link("040 123 4567", "0401234567", type="contact") == 0
    assert link("040 123 4567", "040 123 4577", type="contact") is None
    assert link("a.b@mallila.fi", "ab@mallila.fi", type="contact") is None


def test_the_table_links_across_sessions() -> None:
    table = EntityTable().add({("person", "pekka virtanen"): ["Pekka Virtanen"]}, random=Random(1))
    table = table.add(
        {("person", "virtanen"): ["Virtaselta"], ("person", "peka virtanen"): ["Peka Virtanen"]},
        random=Random(1),
    )
    assert len(table.entities) == 1
    assert table.entities[0].forms == ("Peka Virtanen", "Pekka Virtanen", "Virtaselta")
