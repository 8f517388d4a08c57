"""Assemble words and speaker segments into turns.

Words are given to people one at a time (``turns.attribute``); overlap, pauses and the edges of
turns come from the *regular* diarisation. A turn is floor-holding: consecutive talk of one person,
pauses included, until another takes the floor or a lapse ends it. A minimal response (joo, mm,
okay) inside another's turn is a row of its own and does not cut that turn. Nor does other talk
that begins and ends while the floor holder keeps talking: it is a turn, but never had the floor.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from pipeline.records import (
    Audio,
    Conversation,
    Diarisation,
    Interval,
    Suspect,
    Transcript,
    TurnKind,
    Word,
)
from pipeline.records.times import Talk, total_s, union
from pipeline.settings import TurnSettings
from pipeline.turns.attribute import Said, attribute, is_response
from pipeline.turns.context import Piece, in_context, mean

MAX_PAUSE_S = 1.0  # people treat a longer silence as the end of something (Jefferson 1989)
MIN_PAUSE_S = 0.2  # a shorter one may be within a word
EDGE_TOLERANCE_S = 0.5  # a turn's edge moves to the segment's edge within this distance
MIN_WORDLESS_S = 0.2  # a shorter sound without a word does not count as a response
SURE_LANGUAGE = 0.5  # below it, the text may be in another language than was spoken
LITTLE_TURN_S = 1.0  # this much talk in a turn…
LITTLE_SPEAKER_S = 5.0  # …or this much of a speaker in a session halves the speaker's confidence


def assemble(
    audio: Audio, diarisation: Diarisation, transcript: Transcript, settings: TurnSettings
) -> Conversation:
    """The turns of a session in order of start, with real names still in the text."""
    talk = Talk.of(diarisation.regular)
    said = attribute(transcript.words, diarisation, settings.minimal_response_words)
    turns = _hold_floor(_runs(said), talk, settings)
    turns = _snapped(turns, talk)
    turns += _wordless_responses(turns, said, talk, settings)
    turns = sorted(turns, key=lambda t: (t.place.start_s, t.place.end_s, t.label))

    return in_context(
        [_piece(run, talk, transcript.suspects) for run in turns],
        talk,
        duration_s=audio.duration_s,
        language=transcript.language,
        language_probability=transcript.language_probability,
        flags=tuple(_flags(diarisation, transcript, said)),
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """Consecutive words of one speaker, later a whole turn of theirs."""

    label: str
    said: tuple[Said, ...]
    place: Interval
    kind: TurnKind = "turn"


def _runs(said: Sequence[Said]) -> list[_Run]:
    """Stretches of one speaker's words, in order of start.

    A stretch ends with a silence, or when another person begins to talk in a pause of its speaker.
    People on separate tracks may talk at once: then neither's stretch cuts the other's.
    """
    runs: list[list[Said]] = []
    latest: dict[str, list[Said]] = {}
    for item in said:
        own = latest.get(item.label)
        others = [run for label, run in latest.items() if label != item.label]
        if own is None or _is_over(own, item.word.start_s, others):
            own = latest[item.label] = []
            runs.append(own)
        own.append(item)
    return sorted(map(_run, runs), key=lambda run: run.place)


def _is_over(own: Sequence[Said], time_s: float, others: Sequence[Sequence[Said]]) -> bool:
    """Whether a speaker's stretch has ended when they say their next word."""
    end_s = own[-1].word.end_s
    if time_s - end_s < MIN_PAUSE_S:
        return False
    return time_s - end_s > MAX_PAUSE_S or any(run[0].word.start_s >= end_s for run in others)


def _run(said: Sequence[Said]) -> _Run:
    start = said[0].word.start_s
    end = max(max(s.word.end_s for s in said), start)
    return _Run(said[0].label, tuple(said), Interval(start, end))


def _hold_floor(runs: Sequence[_Run], talk: Talk, settings: TurnSettings) -> list[_Run]:
    """Join each floor holder's runs across talk of others that does not take the floor.

    Talk that ends before the floor holder's does not take the floor. It is a minimal response, or
    a turn within another's that goes no further.
    """
    turns: list[_Run] = []
    joined: set[int] = set()
    reach_s = -inf  # when the floor holders so far have ended
    for i, run in enumerate(runs):
        if i in joined:
            continue
        if run.place.end_s > reach_s:
            parts, responses = _held(i, runs, joined, talk, settings)
            joined.update(parts, responses)
            turns += [replace(runs[k], kind="minimal_response") for k in responses]
            run = _run([item for k in parts for item in runs[k].said])
        reach_s = max(reach_s, run.place.end_s)
        turns.append(run)
    return turns


def _held(
    first: int, runs: Sequence[_Run], joined: Collection[int], talk: Talk, settings: TurnSettings
) -> tuple[list[int], list[int]]:
    """The runs of the turn that begins with the ``first``, and those that are responses in it."""
    holder, end_s = runs[first].label, runs[first].place.end_s
    parts, responses, waiting = [first], list[int](), list[int]()
    for i in range(first + 1, len(runs)):
        run = runs[i]
        if run.place.start_s - end_s > settings.lapse_s:
            break
        if i in joined:
            continue
        if run.label == holder:
            parts.append(i)
            responses += waiting
            waiting, end_s = [], max(end_s, run.place.end_s)
        elif _is_minimal_response(run, holder, talk, settings):
            (responses if run.place.end_s <= end_s else waiting).append(i)
        elif run.place.end_s > end_s:
            break
    return parts, responses


def _is_minimal_response(run: _Run, holder: str, talk: Talk, settings: TurnSettings) -> bool:
    """Short, and either said while the floor holder talks or made of response words alone."""
    short = (
        len(run.said) <= settings.minimal_response_max_words
        and run.place.duration_s <= settings.minimal_response_max_s
    )
    if not short:
        return False
    if all(is_response(item.word.text, settings.minimal_response_words) for item in run.said):
        return True
    return total_s(talk.within(holder, run.place)) >= run.place.duration_s / 2


def _snapped(turns: Sequence[_Run], talk: Talk) -> list[_Run]:
    """Move the edges of turns, found from word times, to the speaker's segment edges nearby."""
    people: dict[str, list[_Run]] = {}
    for turn in sorted(turns, key=lambda t: t.place):
        people.setdefault(turn.label, []).append(turn)
    snapped: list[_Run] = []
    for label, own in people.items():
        parts = talk.by_label.get(label, [])
        earliest = 0.0  # no turn begins before its speaker's previous one has ended…
        latest = [*(turn.place.start_s for turn in own[1:]), inf]  # …nor ends in their next one
        for turn, next_s in zip(own, latest, strict=True):
            start = max(earliest, _nearest((p.start_s for p in parts), turn.place.start_s))
            end = min(next_s, _nearest((p.end_s for p in parts), turn.place.end_s))
            if start < end:
                turn = replace(turn, place=Interval(start, end))
            earliest = turn.place.end_s
            snapped.append(turn)
    return snapped


def _nearest(edges: Iterator[float], time_s: float) -> float:
    nearest = min(edges, key=lambda edge: abs(edge - time_s), default=time_s)
    return nearest if abs(nearest - time_s) <= EDGE_TOLERANCE_S else time_s


def _wordless_responses(
    turns: Sequence[_Run], said: Sequence[Said], talk: Talk, settings: TurnSettings
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


def _piece(run: _Run, talk: Talk, suspects: Sequence[Suspect]) -> Piece:
    return Piece(
        label=run.label,
        kind=run.kind,
        start_s=round(run.place.start_s, 3),
        end_s=round(run.place.end_s, 3),
        words=tuple(_within(item.word, run.place) for item in run.said),
        speaker_confidence=_speaker_confidence(run, talk),
        suspect=tuple(_reasons(run, suspects)),
    )


def _within(word: Word, place: Interval) -> Word:
    """The word with its times inside the turn's."""
    start, end = round(place.start_s, 3), round(place.end_s, 3)
    return replace(
        word,
        start_s=min(max(word.start_s, start), end),
        end_s=min(max(word.end_s, start), end),
    )


def _speaker_confidence(run: _Run, talk: Talk) -> float | None:
    """The mean agreement of the words, reduced if little talk supports it.

    The shorter the turn, and the less its speaker talks in the whole session, the less voice the
    diarisation could use. A label given by the recording itself needs no support.
    """
    agreement = mean([item.agreement for item in run.said])
    if agreement is None or all(item.word.label is not None for item in run.said):
        return agreement
    own_s = total_s(talk.within(run.label, run.place))
    speaker_s = total_s(talk.by_label.get(run.label, []))
    borne_out = own_s / (own_s + LITTLE_TURN_S) * speaker_s / (speaker_s + LITTLE_SPEAKER_S)
    return round(agreement * borne_out, 4)


def _reasons(run: _Run, suspects: Sequence[Suspect]) -> list[str]:
    """Why a turn's text is doubtful, sorted; empty if it is not."""
    if not run.said:
        return []
    words = [item.word for item in run.said]
    spoken = Interval(words[0].start_s, max(w.end_s for w in words))
    own = (s for s in suspects if s.label in (None, run.label))
    reasons = {s.reason for s in own if s.overlap_s(spoken) > 0}
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


def _flags(diarisation: Diarisation, transcript: Transcript, said: Sequence[Said]) -> Iterator[str]:
    if not diarisation.regular:
        yield "no_speech"
    elif not said:
        yield "no_words"
    if len(said) < len(transcript.words):
        yield "words_outside_speech"
    probability = transcript.language_probability
    if probability is not None and probability < SURE_LANGUAGE:
        yield "language_unsure"
    if transcript.differs:
        yield "language_differs"
