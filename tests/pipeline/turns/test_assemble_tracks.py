"""Turns of people who were recorded on a track each, so that their words may overlap in time."""

from itertools import pairwise

from pipeline.records import Audio, Conversation, Diarisation, Segment, Transcript, Word
from pipeline.settings import TurnSettings
from pipeline.turns.assemble import assemble


def said(label: str, *words: tuple[float, float, str]) -> list[Word]:
    return [Word(start, end, text, 0.9, label) for start, end, text in words]


def even(label: str, start_s: float, end_s: float, n_words: int) -> list[Word]:
    """Words without pauses."""
    step_s = (end_s - start_s) / n_words
    edges = [round(start_s + i * step_s, 3) for i in range(n_words + 1)]
    return said(label, *((a, b, f"{label.lower()}{i}") for i, (a, b) in enumerate(pairwise(edges))))


def turns(*people: list[Word]) -> Conversation:
    """Each word is a segment of the diarisation."""
    words = sorted((w for person in people for w in person), key=lambda w: w.start_s)
    segments = tuple(Segment(w.start_s, w.end_s, str(w.label)) for w in words)
    return assemble(
        Audio("audio.wav", 16_000, 60.0, 0.5),
        Diarisation(segments, segments, ()),
        Transcript("fi", 0.9, tuple(words)),
        TurnSettings(),
    )


def rows(found: Conversation) -> list[tuple[str, str, float, float]]:
    return [(t.label, t.kind, t.start_s, t.end_s) for t in found.turns]


def test_simultaneous_talk_is_not_shattered() -> None:
    """Word by word A and B alternate for 2 s; each has one turn, and B's takes the floor."""
    found = turns(even("A", 0, 6, 12), even("B", 4.1, 9.1, 10))
    assert rows(found) == [("A", "turn", 0, 6), ("B", "turn", 4.1, 9.1)]
    assert [len(t.words) for t in found.turns] == [12, 10]
    assert found.turns[1].offset_from_previous_s == -1.9
    assert [t.overlap_s for t in found.turns] == [1.9, 1.9]


def test_responses_inside_anothers_talk_are_rows_of_their_own() -> None:
    """Each of B's, though B says nothing else and A never pauses."""
    found = turns(even("A", 0, 12, 24), said("B", (2.1, 2.4, "joo"), (4.7, 5.0, "mm")))
    assert rows(found) == [
        ("A", "turn", 0, 12),
        ("B", "minimal_response", 2.1, 2.4),
        ("B", "minimal_response", 4.7, 5.0),
    ]


def test_a_response_in_a_pause_does_not_cut_the_turn() -> None:
    found = turns(even("A", 0, 3, 6), said("B", (3.2, 3.5, "joo")), even("A", 3.8, 6, 4))
    assert rows(found) == [("A", "turn", 0, 6), ("B", "minimal_response", 3.2, 3.5)]


def test_an_answer_in_a_pause_is_a_turn() -> None:
    found = turns(
        said("A", (0, 1, "montako")), said("B", (1.2, 1.6, "kolme")), said("A", (1.9, 2.5, "selvä"))
    )
    assert rows(found) == [("A", "turn", 0, 1), ("B", "turn", 1.2, 1.6), ("A", "turn", 1.9, 2.5)]
    assert [t.offset_from_previous_s for t in found.turns] == [None, 0.2, 0.3]


def test_a_remark_within_anothers_turn_does_not_have_the_floor() -> None:
    """B's five words are no minimal response; A talks on, so C's turn follows A's, not B's."""
    found = turns(even("A", 0, 10, 20), even("B", 3.1, 5.6, 5), even("C", 10.5, 13, 5))
    assert rows(found) == [("A", "turn", 0, 10), ("B", "turn", 3.1, 5.6), ("C", "turn", 10.5, 13)]
    assert [t.previous_label for t in found.turns] == [None, "A", "A"]
    assert [t.offset_from_previous_s for t in found.turns] == [None, None, 0.5]


def test_a_turn_goes_on_over_a_remark_within_it() -> None:
    """B spoke and stopped before A paused: nobody took the floor."""
    found = turns(even("A", 0, 5, 10), even("B", 2.1, 4.6, 5), even("A", 7, 9, 4))
    assert rows(found) == [("A", "turn", 0, 9), ("B", "turn", 2.1, 4.6)]


def test_whoever_talks_on_after_an_overlap_has_the_floor() -> None:
    """A, B over A's end, A again over B's end: three turns."""
    found = turns(even("A", 0, 4, 8), even("B", 3.6, 8, 8), even("A", 7.7, 11, 6))
    assert rows(found) == [("A", "turn", 0, 4), ("B", "turn", 3.6, 8), ("A", "turn", 7.7, 11)]
    assert [t.offset_from_previous_s for t in found.turns] == [None, -0.4, -0.3]


def test_a_response_to_one_of_two_who_talk_at_once_stands_once() -> None:
    found = turns(even("A", 0, 6, 12), even("B", 4.1, 10, 12), said("C", (5.0, 5.3, "joo")))
    assert rows(found) == [
        ("A", "turn", 0, 6),
        ("B", "turn", 4.1, 10),
        ("C", "minimal_response", 5, 5.3),
    ]


def test_no_word_is_lost_or_doubled() -> None:
    people = [even("A", 0, 9, 18), even("B", 2.2, 12, 15), even("C", 1.1, 30, 40)]
    found = turns(*people)
    kept = sorted(word.text for turn in found.turns for word in turn.words)
    assert kept == sorted(word.text for person in people for word in person)


def test_the_recording_itself_is_sure_who_talks() -> None:
    found = turns(even("A", 0, 6, 12), said("B", (2.1, 2.4, "joo")))
    assert [t.speaker_confidence for t in found.turns] == [1.0, 1.0]
