from __future__ import annotations

import time

import pytest

from pipeline.pseudonymisation import patterns
from pipeline.pseudonymisation.turn_text import TurnText
from pipeline.records import Word


def hidden(said: str) -> list[tuple[str, str]]:
    """Type and words of everything found, each stretch of words once, in order."""
    words = said.split()
    text = TurnText.of(0, [Word(0.0, 0.0, word, 1.0) for word in words])
    found = sorted({(f.first, f.last, f.type or "") for f in patterns.find(text)})
    return [(type, " ".join(words[first : last + 1])) for first, last, type in found]


@pytest.mark.parametrize(
    ("said", "type", "words"),
    [
        ("laita matti.virtanen@esimerkki.fi niin", "contact", "matti.virtanen@esimerkki.fi"),
        (
            "se on matti piste virtanen ät esimerkki piste fi",
            "contact",
            "matti piste virtanen ät esimerkki piste fi",
        ),
        ("write to jo at example dot org please", "contact", "jo at example dot org"),
        (
            "min adress anna punkt berg snabel-a exempel punkt com tack",
            "contact",
            "anna punkt berg snabel-a exempel punkt com",
        ),
        ("soita 0401234567 heti", "contact", "0401234567"),
        ("soita 040 123 4567 heti", "contact", "040 123 4567"),
        ("soita 040, 123, 4567, heti", "contact", "040, 123, 4567,"),
        ("call +44 20 7946 0958 now", "contact", "+44 20 7946 0958"),
        ("soita (09) 123 456 heti", "contact", "(09) 123 456"),
        ("puh.0401234567 toimii", "contact", "puh.0401234567"),
        (
            "numero nolla neljäkymmentä viis viis viis kaks joo",
            "contact",
            "nolla neljäkymmentä viis viis viis kaks",
        ),
        ("it is oh seven double one two three okay", "contact", "oh seven double one two three"),
        ("se on nolla 50 kaks kolme neljä siis", "contact", "nolla 50 kaks kolme neljä"),
        ("sivu www.esimerkki.fi/ryhma on", "contact", "www.esimerkki.fi/ryhma"),
        ("sivu esimerkki.fi on", "contact", "esimerkki.fi"),
        ("lue http://10.0.0.1/asia tai", "contact", "http://10.0.0.1/asia"),
        ("avaa www piste esimerkki piste fi nyt", "contact", "www piste esimerkki piste fi"),
        ("anna snabel a exempel punkt se tack", "contact", "anna snabel a exempel punkt se"),
        ("titta på exempel punkt se och läs", "contact", "exempel punkt se"),
        ("personnummer 850412-1234 tack", "identifier", "850412-1234"),
        ("personnummer 19850412-1234 tack", "identifier", "19850412-1234"),
        ("det är 19850412 streck 1234 tack", "identifier", "19850412 streck 1234"),
        ("asun Kuusikuja 5 B ja", "contact", "Kuusikuja 5 B"),
        ("tunnus 1234567-8 siinä", "identifier", "1234567-8"),
        ("tili FI21 1234 5600 0007 85 on", "identifier", "FI21 1234 5600 0007 85"),
        ("konto DE89 3704 0044 0532 0130 00 da", "identifier", "DE89 3704 0044 0532 0130 00"),
    ],
)
def test_each_form_is_found_whole(said: str, type: str, words: str) -> None:
    assert (type, words) in hidden(said)


@pytest.mark.parametrize(
    "code",
    [
        "131052-308T",  # the check character that the code should have
        "131052-308A",  # and one that a recogniser misheard
        "131052-308t",
        "13 10 52 - 308 T",
        "131052 viiva 308T",
        "010203A123B",
        "010203+123B",
        "010203Y123B",  # century signs given since 2023
        "010203E123B",
    ],
)
def test_an_identity_code_is_found_in_any_spelling(code: str) -> None:
    assert ("identifier", code) in hidden(f"tunnus oli {code} lomakkeessa")


@pytest.mark.parametrize(
    "said",
    [
        "vuosina 2014–2015 meitä oli 25",
        "rahaa oli 1 000 000 euroa",
        "se oli 12.3.2024 kello 12.30",
        "yks kaks kolme neljä",
        "mä katson at home ja piste",
        "päädyttiin siihen piste se on siinä",
        "noin 3,5 tai 123 456 kappaletta",
        "look at this point in time",
        "det är en viktig punkt se till att den tas upp",
        "vi kom till den punkt se där",
    ],
)
def test_quantities_and_dates_stay(said: str) -> None:
    assert hidden(said) == []


def test_a_word_is_taken_whole_and_its_neighbours_stay() -> None:
    said = "mun numero, 040 123 4567, on uusi"
    assert hidden(said) == [("contact", "040 123 4567,")]


@pytest.mark.parametrize("word", ["piste", "a", "1.", "a.b", "www"])
def test_a_looping_transcript_does_not_stall_the_search(word: str) -> None:
    began = time.monotonic()
    hidden(" ".join([word] * 10_000))
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("piece", ["ha-", "Kuusi", "12", "katu", "ve"])
def test_a_loop_within_one_word_does_not_stall_the_search(piece: str) -> None:
    began = time.process_time()
    hidden(piece * 5_000)
    assert time.process_time() - began < 10
