"""Words to people, against conversations worked out by hand.

A word is weighed where it is likely to have been said: from its start to 0.15 s after its end. To
give it to somebody silent costs 1, and 2 more for each second from the nearest talk of theirs to
its middle; a change of speaker inside a sentence costs 1.5, less 3 for each second of pause.
"""

import pytest

from pipeline.records import Diarisation, Segment, Word
from pipeline.turns.attribute import Said, attribute, is_response

RESPONSES = ("joo", "mm", "hm")


def word(start_s: float, end_s: float, text: str, label: str | None = None) -> Word:
    return Word(start_s, end_s, text, 0.9, label)


def given(
    words: list[Word], regular: list[Segment], exclusive: list[Segment] | None = None
) -> list[Said]:
    diarisation = Diarisation(tuple(regular), tuple(exclusive or regular), ())
    return attribute(words, diarisation, RESPONSES)


def speakers(said: list[Said]) -> str:
    return " ".join(f"{item.label}:{item.word.text}" for item in said)


ANSWER = [Segment(0, 2, "A"), Segment(2, 5, "B")]


def test_a_word_past_a_boundary_stays_in_its_sentence() -> None:
    """B is heard over all of "viikolla", but to give it to A costs 1 + 2 × 0.2 < 1.5."""
    words = [word(0.5, 1.9, "viime"), word(2.0, 2.25, "viikolla."), word(2.6, 4.9, "Ahaa.")]
    assert speakers(given(words, ANSWER)) == "A:viime A:viikolla. B:Ahaa."


def test_the_first_word_of_a_sentence_goes_with_it() -> None:
    """A is heard over all of "Olen", and nobody paused before "Teksasista"."""
    words = [word(0.5, 1.4, "siellä."), word(1.5, 1.85, "Olen"), word(1.9, 4.9, "Teksasista.")]
    assert speakers(given(words, ANSWER)) == "A:siellä. B:Olen B:Teksasista."


def test_without_a_sentence_end_whoever_has_more_of_the_word_says_it() -> None:
    words = [word(0.1, 1.7, "yksi"), word(1.7, 2.0, "kaksi"), word(2.2, 4.9, "kolme")]
    assert speakers(given(words, ANSWER)) == "A:yksi A:kaksi B:kolme"


def test_an_island_inside_a_sentence_is_given_back() -> None:
    """B for 0.3 s inside A's sentence, and A's talk closes in on both sides."""
    segments = [Segment(0, 2, "A"), Segment(2, 2.3, "B"), Segment(2.3, 5, "A")]
    words = [word(0.5, 1.9, "me"), word(2.0, 2.2, "ollaan"), word(2.4, 4.8, "täällä")]
    assert speakers(given(words, segments)) == "A:me A:ollaan A:täällä"


def test_an_answer_between_pauses_is_no_island() -> None:
    """No sentence ends, but the pauses of 0.5 s before and after make each change cost 0.45."""
    segments = [Segment(0, 2, "A"), Segment(2.4, 2.9, "B"), Segment(3.3, 6, "A")]
    words = [word(0.1, 1.9, "montako"), word(2.4, 2.8, "kolme"), word(3.3, 5.9, "selvä")]
    assert speakers(given(words, segments)) == "A:montako B:kolme A:selvä"


def test_a_response_inside_a_sentence_is_the_listeners() -> None:
    """In overlap, where the exclusive diarisation gives B the floor for a moment."""
    regular = [Segment(0, 5, "A"), Segment(2, 2.4, "B")]
    exclusive = [Segment(0, 2, "A"), Segment(2, 2.4, "B"), Segment(2.4, 5, "A")]
    words = [word(0.5, 1.9, "me"), word(2.0, 2.3, "joo"), word(2.5, 4.8, "ollaan")]
    assert speakers(given(words, regular, exclusive)) == "A:me B:joo A:ollaan"


def test_words_that_nobody_was_heard_to_say_are_left_out() -> None:
    words = [word(0.1, 1.9, "sanoin"), word(2.3, 2.4, "vielä"), word(8, 9, "kiitos")]
    assert speakers(given(words, [Segment(0, 2, "A")])) == "A:sanoin A:vielä"
    assert given(words, []) == []


@pytest.mark.parametrize(
    ("segments", "agreement"),
    [
        ([Segment(0, 4, "A")], 1.0),
        ([Segment(0, 4, "A", confidence=0.6)], 0.6),
        ([Segment(0, 1.5, "A")], 0.5),  # half of [1, 2)
    ],
)
def test_agreement_is_the_share_of_a_word_in_its_segments(
    segments: list[Segment], agreement: float
) -> None:
    (said,) = given([word(1.0, 1.85, "niin")], segments)
    assert said.agreement == pytest.approx(agreement)


def test_agreement_in_overlap_is_half() -> None:
    regular = [Segment(0, 4, "A"), Segment(0, 4, "B")]
    (said,) = given([word(1.0, 1.85, "niin")], regular, [Segment(0, 4, "A")])
    assert said.label == "A"
    assert said.agreement == pytest.approx(0.5)


def test_a_word_that_comes_with_its_label_keeps_it() -> None:
    """Against the diarisation, and where nobody was heard at all."""
    words = [word(0.5, 1.0, "minä", "B"), word(20, 21, "minä", "A")]
    said = given(words, [Segment(0, 2, "A")])
    assert [(item.label, item.agreement) for item in said] == [("B", 1.0), ("A", 1.0)]


def test_words_come_in_order_of_time() -> None:
    words = [word(3.0, 3.5, "c"), word(1.0, 1.5, "a", "B"), word(2.0, 2.5, "b")]
    assert speakers(given(words, [Segment(0, 4, "A")])) == "B:a A:b A:c"


def test_responses_are_made_of_response_words_alone() -> None:
    assert is_response("Mm-hm.", RESPONSES)
    assert not is_response("joopa", RESPONSES)
    assert not is_response("12", RESPONSES)
