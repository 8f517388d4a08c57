"""Words and speaker segments become turns.

Each word is given to a speaker by the *exclusive* diarisation, one at a time; overlap, pauses and
the edges of turns come from the *regular* one. A turn is floor-holding: consecutive talk of one
person, pauses included, until another takes the floor or a lapse ends it. A minimal response
(joo, mm, okay) inside another's turn is a row of its own and does not cut that turn.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.records import (
    Audio,
    Conversation,
    Diarisation,
    Interval,
    Segment,
    Suspect,
    Transcript,
    Turn,
    TurnKind,
    Word,
)
from pipeline.settings import TurnSettings
from pipeline.timeline import Talk, total_s, union

# A word this near to a speaker's segment is still that speaker's: recognised word times and
# segment edges are each uncertain by about 0.2 s. Farther off, nobody was heard to say it.
WORD_TOLERANCE_S = 0.5
EDGE_TOLERANCE_S = 0.5  # a turn's edge moves to the segment's edge if that is this near
MIN_WORDLESS_S = 0.2  # a shorter sound without a word is not taken for a response


def assemble(
    audio: Audio, diarisation: Diarisation, transcript: Transcript, settings: TurnSettings
) -> Conversation:
    """The turns of a session in order of start, with real names still in the text."""
    talk = Talk.of(diarisation.regular)
    said = list(_attribute(transcript.words, diarisation.exclusive))
    runs = list(_runs(said, settings.lapse_s))
    turns = _hold_floor(runs, talk, settings)
    turns = _snapped(turns, talk)
    turns += _wordless_responses(turns, said, talk, settings)
    turns = sorted(turns, key=lambda t: (t.place.start_s, t.place.end_s, t.label))

    speech_s = talk.speech_s()
    return Conversation(
        turns=tuple(_finished(turns, talk, transcript.suspects)),
        language=transcript.language,
        language_probability=transcript.language_probability,
        speech_s=round(speech_s, 3),
        overlap_s=round(talk.overlap_s(), 3),
        silence_s=round(max(0.0, audio.duration_s - speech_s), 3),
        flags=tuple(_flags(diarisation, transcript, said)),
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """A word with its speaker; ``agreement`` is the share of it inside the speaker's segments."""

    word: Word
    label: str
    agreement: float


@dataclass(frozen=True, slots=True)
class _Run:
    """Consecutive words of one speaker, later a whole turn of theirs."""

    label: str
    said: tuple[_Said, ...]
    place: Interval
    kind: TurnKind = "turn"


def _attribute(words: Sequence[Word], exclusive: Sequence[Segment]) -> Iterator[_Said]:
    """Give each word to the speaker whose segments cover most of it, or lie nearest to it.

    Words that no segment is near to were never said (a recogniser talks in silence): dropped.
    """
    segments = sorted(exclusive)
    starts = [s.start_s for s in segments]
    for word in sorted(words, key=lambda w: (w.start_s, w.end_s)):
        place = Interval(word.start_s, max(word.end_s, word.start_s + 0.01))
        first = bisect.bisect_right(starts, place.start_s) - 1
        last = bisect.bisect_left(starts, place.end_s + WORD_TOLERANCE_S)
        near = segments[max(0, first) : last]
        covered: dict[str, float] = {}
        for segment in near:
            covered[segment.label] = covered.get(segment.label, 0.0) + segment.overlap_s(place)
        label = max(covered, key=lambda name: covered[name], default=None)
        if label is not None and covered[label] > 0:
            yield _Said(word, label, min(1.0, covered[label] / place.duration_s))
            continue
        nearest = min(near, key=lambda s: _distance_s(s, place), default=None)
        if nearest is not None and _distance_s(nearest, place) <= WORD_TOLERANCE_S:
            yield _Said(word, nearest.label, 0.0)


def _distance_s(first: Interval, second: Interval) -> float:
    return max(0.0, first.start_s - second.end_s, second.start_s - first.end_s)


def _runs(said: Sequence[_Said], lapse_s: float) -> Iterator[_Run]:
    """Consecutive words of one speaker, cut at lapses."""
    current: list[_Said] = []
    for item in said:
        if current and (
            item.label != current[-1].label or item.word.start_s - current[-1].word.end_s > lapse_s
        ):
            yield _run(current)
            current = []
        current.append(item)
    if current:
        yield _run(current)


def _run(said: Sequence[_Said]) -> _Run:
    start = said[0].word.start_s
    end = max(max(s.word.end_s for s in said), start)
    return _Run(said[0].label, tuple(said), Interval(start, end))


def _hold_floor(runs: Sequence[_Run], talk: Talk, settings: TurnSettings) -> list[_Run]:
    """Join each floor holder's runs over the minimal responses between them."""
    turns: list[_Run] = []
    i = 0
    while i < len(runs):
        floor = runs[i]
        i += 1
        while (back := _floor_comes_back(runs, i, floor, talk, settings)) is not None:
            turns += [replace(run, kind="minimal_response") for run in runs[i:back]]
            floor = _run((*floor.said, *runs[back].said))
            i = back + 1
        turns.append(floor)
    return turns


def _floor_comes_back(
    runs: Sequence[_Run], start: int, floor: _Run, talk: Talk, settings: TurnSettings
) -> int | None:
    """Where ``floor``'s holder goes on, if only minimal responses stand between; else None."""
    for i in range(start, len(runs)):
        if runs[i].label == floor.label:
            pause_s = runs[i].place.start_s - floor.place.end_s
            return i if pause_s <= settings.lapse_s else None
        if not _is_minimal_response(runs[i], floor.label, talk, settings):
            return None
    return None


_LETTERS = re.compile(r"[^\W\d_]+")


def _is_minimal_response(run: _Run, holder: str, talk: Talk, settings: TurnSettings) -> bool:
    """Short, and either said while the floor holder talks or made of response words alone."""
    short = (
        len(run.said) <= settings.minimal_response_max_words
        and run.place.duration_s <= settings.minimal_response_max_s
    )
    if not short:
        return False
    spoken = [_LETTERS.findall(item.word.text.casefold()) for item in run.said]
    if all(part in settings.minimal_response_words for word in spoken for part in word):
        return True
    return total_s(talk.within(holder, run.place)) >= run.place.duration_s / 2


def _snapped(turns: Sequence[_Run], talk: Talk) -> list[_Run]:
    """Move the edges of turns, found from word times, to the speaker's segment edges nearby."""
    snapped: list[_Run] = []
    latest: dict[str, float] = {}  # nobody's turn begins before their last one ended
    for turn in sorted(turns, key=lambda t: t.place):
        parts = talk.by_label.get(turn.label, [])
        start = _nearest((p.start_s for p in parts), turn.place.start_s)
        end = _nearest((p.end_s for p in parts), turn.place.end_s)
        start = max(start, latest.get(turn.label, 0.0))
        if start < end:
            turn = replace(turn, place=Interval(start, end))
        latest[turn.label] = turn.place.end_s
        snapped.append(turn)
    return snapped


def _nearest(edges: Iterator[float], time_s: float) -> float:
    nearest = min(edges, key=lambda edge: abs(edge - time_s), default=time_s)
    return nearest if abs(nearest - time_s) <= EDGE_TOLERANCE_S else time_s


def _wordless_responses(
    turns: Sequence[_Run], said: Sequence[_Said], talk: Talk, settings: TurnSettings
) -> Iterator[_Run]:
    """Short sounds of others inside a turn in which no word was recognised, mostly *mm*."""
    floors = [t for t in turns if t.kind == "turn"]
    worded: dict[str, list[Interval]] = {}
    for item in said:
        near = Interval(item.word.start_s - MIN_WORDLESS_S, item.word.end_s + MIN_WORDLESS_S)
        worded.setdefault(item.label, []).append(near)
    worded = {label: union(places) for label, places in worded.items()}
    for label, parts in talk.by_label.items():
        for part in parts:
            if not MIN_WORDLESS_S <= part.duration_s <= settings.minimal_response_max_s:
                continue
            if any(part.overlap_s(place) > 0 for place in worded.get(label, [])):
                continue
            if any(
                floor.label != label
                and floor.place.start_s <= part.start_s
                and part.end_s <= floor.place.end_s
                for floor in floors
            ):
                yield _Run(label, (), part, "minimal_response")


def _finished(runs: Sequence[_Run], talk: Talk, suspects: Sequence[Suspect]) -> Iterator[Turn]:
    """Each turn with its place in the conversation."""
    previous: _Run | None = None
    for run in runs:
        overlaps = talk.overlaps(run.label, run.place)
        own_s = total_s(talk.within(run.label, run.place))
        offset_s = None
        if run.kind == "turn" and previous is not None and previous.label != run.label:
            offset_s = round(run.place.start_s - previous.place.end_s, 3)
        yield Turn(
            label=run.label,
            kind=run.kind,
            start_s=round(run.place.start_s, 3),
            end_s=round(run.place.end_s, 3),
            words=tuple(_within(item.word, run.place) for item in run.said),
            overlap_s=round(total_s(union(p for parts in overlaps.values() for p in parts)), 3),
            overlapped_by=tuple(sorted(overlaps)),
            pause_s=round(max(0.0, run.place.duration_s - own_s), 3),
            previous_label=previous.label if previous is not None else None,
            offset_from_previous_s=offset_s,
            asr_confidence=_mean([item.word.probability for item in run.said]),
            speaker_confidence=_mean([item.agreement for item in run.said]),
            suspect=tuple(_reasons(run, suspects)),
        )
        if run.kind == "turn":
            previous = run


def _within(word: Word, place: Interval) -> Word:
    """The word with its times inside the turn's."""
    start, end = round(place.start_s, 3), round(place.end_s, 3)
    return replace(
        word,
        start_s=min(max(word.start_s, start), end),
        end_s=min(max(word.end_s, start), end),
    )


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _reasons(run: _Run, suspects: Sequence[Suspect]) -> list[str]:
    """Why a turn's text is doubtful, sorted; empty if it is not."""
    if not run.said:
        return []
    words = [item.word for item in run.said]
    spoken = Interval(words[0].start_s, max(w.end_s for w in words))
    reasons = {s.reason for s in suspects if s.overlap_s(spoken) > 0}
    if _loops([w.text.casefold().strip(".,!?…") for w in words]):
        reasons.add("repetition")
    return sorted(reasons)


def _loops(words: Sequence[str], times: int = 4, longest: int = 4) -> bool:
    """Whether a phrase of up to ``longest`` words comes ``times`` times in a row."""
    return any(
        all(words[i + k] == words[i + k % size] for k in range(size * times))
        for size in range(1, longest + 1)
        for i in range(len(words) - size * times + 1)
    )


def _flags(
    diarisation: Diarisation, transcript: Transcript, said: Sequence[_Said]
) -> Iterator[str]:
    if not diarisation.regular:
        yield "no_speech"
    elif not said:
        yield "no_words"
    if len(said) < len(transcript.words):
        yield "words_outside_speech"
