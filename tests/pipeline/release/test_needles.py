from __future__ import annotations

import pytest

from pipeline.pseudonymisation.entities import Entity, EntityTable
from pipeline.release.needles import Needles
from pipeline.release.places import Passage, Place

NEEDLES = Needles(
    EntityTable(
        (
            Entity("person", 1, ("matti mäkelä", "mäkelä"), ("Mäkelän",)),
            Entity("person", 2, ("will",), ("Will",)),
            Entity("organisation", 3, ("hyvä mieli",), ("Hyvä Mieli",)),
            Entity("place", 4, ("kotka",), ("Kotkassa",), verdict="no_name"),
            Entity("identifier", 5, ("131052-308t",), ("131052-308T",)),
            Entity("person", 6, ("anna-liisa",), ("Anna-Liisa",)),
            Entity("person", 7, ("anna lindqvist",), ("Anna Lindqvist",)),
        )
    ),
    ["Koskenniemi_palaveri_3", "kotka"],
    labels="en",
)


def found(text: str, **how: str) -> list[str]:
    return NEEDLES.find(Passage(Place("x"), text, **how))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("a;MÄKELÄ;b", "[Person 1]"),
        ("a;Ma\u0308kela\u0308;b", "[Person 1]"),  # decomposed, as macOS writes file names
        ("https://x.fi/m%C3%A4kel%C3%A4", "[Person 1]"),
        ("M&auml;kel&auml;", "[Person 1]"),
        ("ryhmä_mäkelän_1", "[Person 1]"),
        ("MattiMäkelä", "[Person 1]"),
        ("tunnus 131052-308T oli", "[identifier]"),
        ("tunnus 131052 308 oli", "[identifier]"),
        ("anna liisa", "[Person 6]"),
        ("se Hyvä Mieli siellä", "[Organisation 3]"),
        ("ＭÄＫＥＬÄ", "[Person 1]"),  # full width
        ("𝐌𝐚𝐭𝐭𝐢 𝐌ä𝐤𝐞𝐥ä", "[Person 1]"),  # mathematical bold
        ("M\u0430tti M\u00e4k\u0435l\u00e4", "[Person 1]"),  # Cyrillic a and e
        ("Μatti Μäkelä", "[Person 1]"),  # Greek capital mu
        ("Mäkelä2", "[Person 1]"),
        ("3Mäkelä", "[Person 1]"),
        ("x99mäkelä", "[Person 1]"),
        ("Lindqvist12", "[Person 7]"),  # a part of a full name
        ("x99lindqvist", "[Person 7]"),
        ("Makela", "[Person 1]"),
        ("Mä<b>ke</b>lä", "[Person 1]"),
        ("Mä\u2060ke\U000e0041lä", "[Person 1]"),  # characters that are not shown
        ("Mä&shy;kelä", "[Person 1]"),
        ("on Koskenniemi täällä", "a word of a recording's or group's own file name"),
    ],
)
def test_found_however_it_is_written(text: str, whose: str) -> None:
    assert found(text) == [whose]


@pytest.mark.parametrize(
    "text",
    [
        "this will do",
        "[Person 1]'s friend",
        "Kotkassa",  # judged to be no name, whatever the recording was called
        "palaveri Palaveri",  # an ordinary word of a file name
        "131052 30 muuta",
        "se oli wíll siellä",  # an ordinary word, but for a mark
        "Kotka5",
    ],
)
def test_harmless_text_holds_no_needle(text: str) -> None:
    assert found(text) == []


def test_names_across_a_pseudonym_are_no_phrase() -> None:
    assert found("anna [Person 9] liisa", kind="talk", language="fi") == []


def test_ordinary_words_count_in_the_names_of_files() -> None:
    assert found("will", kind="label") == ["[Person 2]"]
    assert NEEDLES.shown("will") == "«[Person 2]»"
    assert NEEDLES.shown("results.csv") == "results.csv"
