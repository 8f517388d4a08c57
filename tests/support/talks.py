"""Made-up sessions for property tests: who talks when, and the words that are recognised."""

from __future__ import annotations

from hypothesis import strategies as st

from pipeline.records import Audio, Diarisation, Segment, Transcript, Word

LENGTH_S = 40.0
AUDIO = Audio("audio.wav", 16_000, LENGTH_S, 0.5)
LABELS = ("A", "B", "C")
TEXTS = ("niin", "mä", "olin", "siellä.", "joo", "mm", "Tuletko?", "okei", "no", "kyllä")


def _times(longest_s: float) -> st.SearchStrategy[tuple[float, float]]:
    """Start and end, whole milliseconds; they may be the same."""
    longest = round(longest_s * 1000)
    start = st.integers(0, round(LENGTH_S * 1000) - longest)
    return st.tuples(start, st.integers(0, longest)).map(
        lambda drawn: (drawn[0] / 1000, (drawn[0] + drawn[1]) / 1000)
    )


segments = st.builds(
    lambda times, label, confidence: Segment(times[0], times[1] + 0.01, label, confidence),
    _times(8.0),
    st.sampled_from(LABELS),
    st.integers(0, 10).map(lambda tenth: tenth / 10),
)


def _numbered(drawn: list[tuple[tuple[float, float], str, str | None]]) -> tuple[Word, ...]:
    """The words in order of start, as a recogniser gives them; the probability tells them apart."""
    ordered = sorted(drawn, key=lambda word: word[0])
    return tuple(
        Word(start_s, end_s, text, (number + 1) / 1000, label)
        for number, ((start_s, end_s), text, label) in enumerate(ordered)
    )


def words(on_tracks: bool = False) -> st.SearchStrategy[tuple[Word, ...]]:
    label = st.sampled_from(LABELS) if on_tracks else st.none()
    word = st.tuples(_times(1.5), st.sampled_from(TEXTS), label)
    return st.lists(word, max_size=25).map(_numbered)


diarisations = st.builds(
    lambda regular, exclusive: Diarisation(
        tuple(sorted(regular)), tuple(sorted(regular[: exclusive or None])), ()
    ),
    st.lists(segments, max_size=10),
    st.integers(0, 10),
)

transcripts = st.booleans().flatmap(words).map(lambda said: Transcript("fi", 0.9, said))
