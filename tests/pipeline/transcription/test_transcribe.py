"""The stretches that Whisper gets, worked by hand; the model itself is tested in tests/e2e."""

from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.errors import ModelError
from pipeline.records import Interval, Word
from pipeline.settings import MachineSettings
from pipeline.transcription.doubts import repeated, too_fast
from pipeline.transcription.whisper import load
from pipeline.transcription.windows import (
    MAX_GAP_S,
    PADDING_S,
    WINDOW_S,
    joined,
    windows,
    within_speech,
)


def test_no_speech_gives_no_window() -> None:
    assert windows([]) == []


def test_short_speech_is_one_padded_window() -> None:
    assert windows([Interval(5, 7), Interval(7.5, 9)]) == [Interval(4.8, 9.2)]


def test_padding_stays_inside_the_recording_and_off_the_neighbour() -> None:
    far, near = MAX_GAP_S + 1, 0.1
    found = windows([Interval(near, 2), Interval(2 + far, 8)])
    assert found[0].start_s == near - near / 2
    assert found[0].end_s == 2 + PADDING_S
    assert found[1].start_s == 2 + far - PADDING_S


def test_long_talk_is_cut_at_its_longest_central_gap() -> None:
    # 34 s: a quarter is 8.5 s, so the pause of 2.5 s after 3 s is too near the start
    parts = [Interval(0, 3), Interval(5.5, 12), Interval(14, 24), Interval(25, 34)]
    assert windows(parts) == [Interval(0, 12.2), Interval(13.8, 34.2)]


def test_halves_that_are_too_long_are_halved_again() -> None:
    parts = [Interval(i * 10, i * 10 + 9) for i in range(8)]  # 79 s, pauses of 1 s alike
    found = windows(parts)
    assert [round(w.duration_s, 3) for w in found] == [19.2, 19.4, 19.4, 19.4]


def test_talk_without_a_gap_is_cut_all_the_same() -> None:
    found = windows([Interval(0, 100)])
    assert all(w.duration_s <= WINDOW_S for w in found)
    assert found[0].start_s == 0
    assert found[-1].end_s == 100 + PADDING_S
    assert all(a.end_s == b.start_s for a, b in pairwise(found))


def test_all_speech_is_in_some_window_and_none_twice() -> None:
    parts = [Interval(i * 3.0, i * 3.0 + 2.6) for i in range(60)]
    found = windows(parts)
    for part in parts:
        assert sum(w.start_s <= part.start_s and part.end_s <= w.end_s for w in found) == 1
    assert all(a.end_s <= b.start_s for a, b in pairwise(found))
    assert all(w.duration_s <= WINDOW_S for w in found)


def test_gaps_that_words_bridge_are_closed() -> None:
    assert joined([Interval(1, 2), Interval(2.25, 3), Interval(3.5, 4)]) == [
        Interval(1, 3),
        Interval(3.5, 4),
    ]


def test_a_word_keeps_to_the_speech_that_has_most_of_it() -> None:
    speech = [Interval(0, 2), Interval(4, 6)]
    late = within_speech(Word(1.75, 4.5, "so", 0.9), speech)
    assert (late.start_s, late.end_s) == (4, 4.5)
    assert within_speech(Word(1, 1.5, "yes", 0.9), speech) == Word(1, 1.5, "yes", 0.9)
    assert within_speech(Word(2.5, 3, "thanks", 0.9), speech) == Word(2.5, 3, "thanks", 0.9)


def test_words_faster_than_anybody_speaks_are_found() -> None:
    slow = [Word(i * 0.5, i * 0.5 + 0.5, "words", 0.9) for i in range(8)]
    fast = [Word(4 + i * 0.125, 4.125 + i * 0.125, "words", 0.9) for i in range(8)]
    assert too_fast(slow) == []
    assert too_fast(fast) == [Interval(4, 5)]  # 40 letters in a second


def row(text: str) -> list[Word]:
    """These words, each a quarter of a second long, from 0 on."""
    return [Word(i / 4, i / 4 + 0.25, word, 0.9) for i, word in enumerate(text.split())]


def test_a_refrain_is_found() -> None:
    assert repeated(row("so Music music, Music music. Music and")) == [Interval(0.25, 1.5)]
    assert repeated(row("well " + 5 * "thank you " + "all")) == [Interval(0.25, 2.75)]


def test_talk_is_no_refrain() -> None:
    assert repeated(row("Joo, joo, joo, joo. Niin just.")) == []
    assert repeated(row("I think I think I know that I know you know")) == []


def test_a_whisper_folder_without_its_tokenizer_is_refused(tmp_path: Path) -> None:
    """Faster-whisper would look for one on the net."""
    (tmp_path / "model.bin").write_bytes(bytes(2**20))
    with pytest.raises(ModelError, match=r"has no tokenizer\.json") as error:
        load(tmp_path, MachineSettings(), "cpu")
    assert str(tmp_path) not in str(error.value)
