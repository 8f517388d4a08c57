"""What a person is shown first, on sentences whose answer was worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest
from reviewed import conversation

from pipeline.pseudonymisation.entities import Entity, Verdict
from pipeline.pseudonymisation.knowledge import Knowledge
from pipeline.pseudonymisation.turn_text import TurnText
from pipeline.records import EntityType
from pipeline.review.names.queues import Left, Queue, left, queue_of

# how often in ten million words; whatever is missing here, the language does not know
FREQUENCY: Mapping[str, int] = {
    **{"hiljaa": 2000, "Hiljaa": 300},
    **{"tuuli": 100, "Tuuli": 60, "tämä": 9000, "Tämä": 3000, "kylmä": 400, "Kylmä": 60},
    **{
        "Ville": 300,
        "ville": 2,
        "Jyväskylä": 200,
        "oli": 9000,
        "Oli": 900,
        "onni": 300,
        "Onni": 90,
    },
}


def frequency(word: str) -> float:
    return math.log(FREQUENCY[word] / 1e7) if word in FREQUENCY else -20.0


FINNISH = Knowledge("fi", frozenset({"mä", "joo", "internet"}), frequency)
ENGLISH = Knowledge("en", frozenset({"i"}))
SWEDISH = Knowledge("sv", frozenset({"jag"}))


def shown(
    said: str,
    hidden: Mapping[int, EntityType] | None = None,
    known: Knowledge = FINNISH,
    *,
    capitals: bool = True,
) -> set[tuple[Queue, str]]:
    """What of a turn is shown, by queue."""
    text = TurnText.of(0, conversation([said]).turns[0].words)
    return {
        (one.queue, " ".join(text.words[one.first : one.last + 1]))
        for one in left(text, hidden or {}, known, capitals=capitals)
    }


def queue(
    type: EntityType = "person",
    *names: str,
    verdict: Verdict = "open",
    detectors: tuple[str, ...] = ("capital", "entity"),
    count: int = 5,
) -> Queue:
    return queue_of(Entity(type, 7, names, verdict=verdict), detectors, count, FINNISH)


# --- what was left


def test_a_capital_inside_a_sentence_is_shown() -> None:
    assert shown("sit mä näin Nikulan siellä") == {("capital", "Nikulan")}


@pytest.mark.parametrize(
    "said", ["Kylmä päivä", "mä kävin Internet sivuilla", "kohta IV on", "joo TÄMÄ on"]
)
def test_a_capital_that_tells_nothing_is_not_shown(said: str) -> None:
    assert shown(said) == set()


def test_a_masked_word_is_not_shown() -> None:
    assert shown("sit mä näin Nikulan siellä", {3: "person"}) == set()


def test_a_word_that_opens_a_sentence_is_shown_if_it_is_usually_a_name() -> None:
    assert shown("Ville tuli. Tämä oli Ville.") == {("capital", "Ville"), ("capital", "Ville.")}
    assert shown("Villen tilalle ei tullut ketään") == {("capital", "Villen")}


def test_a_homograph_is_shown_with_a_capital_only_where_there_are_any() -> None:
    assert shown("Tuuli sanoi niin") == {("homograph", "Tuuli")}
    assert shown("ulkona oli kova tuuli") == set()
    assert shown("ja sit tuuli sanoi niin", capitals=False) == {("homograph", "tuuli")}


def test_an_inflected_homograph_is_shown_unless_it_is_an_everyday_word() -> None:
    assert shown("Onnin mielestä") == {("homograph", "Onnin")}
    assert shown("Hiljaa tuli") == set()


def test_a_compound_like_an_organisation_that_nobody_knows() -> None:
    assert shown("me käytiin mallilanpajassa eilen") == {("organisation", "mallilanpajassa")}
    assert shown("me käytiin pajassa eilen") == set()
    assert shown("se on ammattiliitossa") == set()


def test_a_number_beside_a_place_is_shown_with_its_noun() -> None:
    assert shown("muutin Mallilaan vuonna 1987 töihin", {1: "place"}) == {("digits", "vuonna 1987")}
    assert shown("Mallilassa on 12 työntekijää", {0: "place"}) == {("digits", "12 työntekijää")}


@pytest.mark.parametrize("said", ["Mallilassa 12 prosenttia", "Mallilassa on 5 ihmistä"])
def test_a_number_that_tells_nothing_is_not_shown(said: str) -> None:
    assert shown(said, {0: "place"}) == set()


def test_a_number_far_from_any_place_is_not_shown() -> None:
    assert shown("niitä oli 12 työntekijää") == set()
    assert shown("Mallilassa a b c d e 12 työntekijää", {0: "place"}) == set()


def test_a_job_title_beside_a_name_is_shown() -> None:
    assert shown("Mallilan toiminnanjohtajan mielestä", {0: "place"}) == {
        ("title", "toiminnanjohtajan")
    }
    assert shown("niiden toiminnanjohtajan mielestä") == set()
    assert shown("Mallilan johtajuus ja ministeriö", {0: "place"}) == set()


@pytest.mark.parametrize(
    ("said", "hidden", "phrase"),
    [
        ("oon ainoa psykologi koko läänissä nyt", {}, "ainoa psykologi koko läänissä"),
        ("oon ainoa psykologi Mallilassa", {3: "place"}, "ainoa psykologi"),
        ("se on ainut Mallilassa", {3: "place"}, "on ainut"),
    ],
)
def test_only_one_of_a_place_is_shown(
    said: str, hidden: dict[int, EntityType], phrase: str
) -> None:
    assert shown(said, hidden) == {("only", phrase)}


@pytest.mark.parametrize(
    "said",
    [
        "ainoa asia joka tässä on",
        "se on ainoa. Sitten mä olin läänissä",
        "ainoa mitä mä nyt sit oon joskus läänissä",
    ],
)
def test_only_one_without_a_place_is_not_shown(said: str) -> None:
    assert shown(said) == set()


def test_the_only_one_in_english_and_swedish() -> None:
    english = shown("I am the only nurse in town today", known=ENGLISH)
    assert english == {("only", "only nurse in town")}
    swedish = shown("jag är enda läraren i byn nu", known=SWEDISH)
    assert swedish == {("only", "enda läraren i byn")}


def test_left_words_keep_their_place() -> None:
    text = TurnText.of(0, conversation(["sit mä näin Nikulan siellä"]).turns[0].words)
    assert list(left(text, {}, FINNISH, capitals=True)) == [Left("capital", 3, 3)]


# --- what is masked


def test_a_name_that_is_a_usual_word() -> None:
    assert queue("person", "tuuli") == queue("person", "tämä") == "homograph"
    assert queue("person", "ville") == queue("person", "nikula") == "other"


def test_an_acronym_is_no_usual_word() -> None:
    assert queue("organisation", "tämä", detectors=("acronym",)) == "other"


def test_a_person_like_an_organisation() -> None:
    assert queue("person", "mallilan tukiliitto") == "organisation"
    assert queue("organisation", "mallilan tukiliitto") == "other"


def test_a_name_with_digits() -> None:
    assert queue("organisation", "malli 2011") == "digits"
    assert queue("contact", "040 123 4567") == "other"


def test_word_seen_once_by_its_capital_is_doubtful() -> None:
    assert queue("person", "nikula", detectors=("capital",), count=1) == "doubtful"
    assert queue("person", "nikula", detectors=("capital",), count=2) == "other"
    assert queue("person", "nikula", detectors=("entity",), count=1) == "other"


@pytest.mark.parametrize("verdict", ["name", "keep", "no_name"])
def test_what_is_decided_goes_to_the_end(verdict: Verdict) -> None:
    assert queue("person", "tuuli", verdict=verdict) == "judged"
