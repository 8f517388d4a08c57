"""Apply edits, one after another, to the turns of a session and the talk behind them.

An edit holds for the stretch that it was made on. If a row now reaches beyond it, only the part
within is changed. If a correction leaves a speaker's talk next to their own, with no other turn
between, it becomes one turn, as it would have from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.records import Interval, Segment, Word
from pipeline.records.times import Talk
from pipeline.turns.context import Piece
from pipeline.turns.edits.edit import About, Action, Edit
from pipeline.turns.edits.find import (
    ALIKE,
    EDGE_S,
    NEAR_S,
    SHARED,
    alike,
    find,
    is_within,
    words_within,
)
from pipeline.turns.edits.pieces import (
    Rows,
    clipped,
    cut,
    hull,
    in_order,
    isolated,
    joined,
    marked,
    moved,
    rejoined,
)
from pipeline.turns.edits.retime import timed

SAME_TALK = 0.7  # likeness of words from which a model has recognised what a human added
OTHER_WORD_S = 0.25  # penalty (s) for a word beside a cut that differs from what the human saw


def carry_out(rows: Rows, edit: Edit) -> Rows | None:
    """The rows after an edit; None if it does not find its place."""
    if edit.action == "add":
        return _add(rows, edit.about)
    found = find(edit.about, rows.turns)
    if found:
        return _ACTIONS[edit.action](rows, found, edit)
    return _write(rows, edit) if edit.action == "text" else None


def _write(rows: Rows, edit: Edit) -> Rows | None:
    """A row of the human's where a model recognised no word, if the speaker talks there."""
    about = edit.about
    talk = Talk.of(rows.regular)
    if about.duration_s <= 0 or talk.share(about.label, about) < SHARED:
        return None
    words = timed(about.words, edit.text or "", about)
    return rows.with_turns([], [_humans(about, words, "text")])


def _add(rows: Rows, about: About) -> Rows | None:
    """Add a row of missed talk, and the talk behind it; None if its speaker is not there.

    The human's words replace those that a model now recognises for that talk.
    """
    if about.label not in rows.labels:
        return None
    place = Interval(about.start_s, about.end_s)
    gave_way = [
        (turn, replace(turn, words=tuple(word for word in turn.words if word not in same)))
        for turn in rows.turns
        if (same := words_within(turn, about)) and alike(same, about.words) >= SAME_TALK
    ]
    left = [rest for _, rest in gave_way if rest.words]
    talk = tuple(sorted([*rows.regular, Segment(about.start_s, about.end_s, about.label)]))
    rows = replace(rows, regular=talk)
    come = [*left, _humans(about, about.words, "added")]
    return rejoined(rows.with_turns([turn for turn, _ in gave_way], come), place)


def _humans(about: About, words: Sequence[Word], mark: str) -> Piece:
    """A row whose words are a human's."""
    return Piece(
        label=about.label,
        kind=about.kind,
        start_s=about.start_s,
        end_s=about.end_s,
        words=tuple(replace(word, probability=1.0) for word in words),
        speaker_confidence=1.0 if mark == "added" else None,
        suspect=(),
        edited=(mark,),
    )


def _rewrite(rows: Rows, found: Sequence[int], edit: Edit) -> Rows | None:
    """Replace everything recognised of that talk by the human's words."""
    own = [rows.turns[i] for i in found]
    recognised = [word for turn in own for word in words_within(turn, edit.about)]
    place = clipped(edit.about, hull(own))
    words = timed(recognised, edit.text or "", place)
    rewritten = [
        marked(
            replace(
                turn,
                words=in_order([*(w for w in turn.words if w not in recognised), *mine]),
                suspect=(),
            ),
            "text",
        )
        for turn, mine in zip(own, _shared_out(words, own), strict=True)
    ]
    filled = [turn for turn in rewritten if turn.words] or rewritten[:1]
    missing = [w for w in edit.about.words if not any(_is_same(w, other) for other in recognised)]
    gave_way = [
        (turn, rest)
        for i, turn in enumerate(rows.turns)
        if i not in found and (rest := _giving_way(turn, own[0].label, missing, edit.about))
    ]
    left = [rest for _, rest in gave_way if rest.words]
    return rows.with_turns([*own, *(turn for turn, _ in gave_way)], [*filled, *left])


def _shared_out(words: Sequence[Word], turns: Sequence[Piece]) -> list[list[Word]]:
    """The words by the row during which they are said, or the nearest one."""
    shares: list[list[Word]] = [[] for _ in turns]
    for word in words:
        middle_s = (word.start_s + word.end_s) / 2
        off_s = [max(t.start_s - middle_s, middle_s - t.end_s, 0.0) for t in turns]
        shares[off_s.index(min(off_s))].append(word)
    return [
        [_inside(word, turn) for word in share] for share, turn in zip(shares, turns, strict=True)
    ]


def _inside(word: Word, turn: Piece) -> Word:
    """The word with its times inside the row's."""
    start, end = (min(max(t, turn.start_s), turn.end_s) for t in (word.start_s, word.end_s))
    return replace(word, start_s=start, end_s=end)


def _giving_way(turn: Piece, label: str, missing: Sequence[Word], about: About) -> Piece | None:
    """Another row without the words that the human's text covers; None if it has none of them.

    Those are all words of the speaker in its stretch, and the speaker's former words that are
    ``missing`` now; on separate tracks, no one's words belong to another.
    """
    if "text" in turn.edited or about.overlap_s(Interval(turn.start_s, turn.end_s)) == 0:
        return None
    if turn.label == label:
        gone = words_within(turn, about)
    else:
        unlabelled = (word for word in turn.words if word.label is None)
        gone = tuple(word for word in unlabelled if any(_is_same(word, was) for was in missing))
    return replace(turn, words=tuple(w for w in turn.words if w not in gone)) if gone else None


def _is_same(word: Word, was: Word) -> bool:
    """Whether a word is one that a model recognised at that time, perhaps spelt differently."""
    meet = max(word.start_s, was.start_s) < min(word.end_s, was.end_s) + EDGE_S
    return meet and alike([word], [was]) >= ALIKE


def _split(rows: Rows, found: Sequence[int], edit: Edit) -> Rows | None:
    """Split the row in two; if another model has already cut it there, mark both."""
    cuts = [
        (_off(before, after, edit), i, number)
        for i in found
        for number, (before, after) in enumerate(pairwise(rows.turns[i].words), start=1)
    ]
    cuts += [
        (_off(one.words[-1], other.words[0], edit), i, 0)
        for i, k in pairwise(found)
        for one, other in [(rows.turns[i], rows.turns[k])]
        if one.words and other.words
    ]
    off, at, number = min(cuts, default=(NEAR_S, 0, 0))
    if off >= NEAR_S:
        return None
    if number:
        gone = [rows.turns[at]]
        parts = cut(gone[0], number)
    else:
        gone = parts = [rows.turns[at], rows.turns[found[found.index(at) + 1]]]
    first, second = (marked(part, "split") for part in parts)
    rows = rows.with_turns(gone, [first, second])
    return rows if edit.speaker is None else _give(rows, [second], edit.speaker)


def _off(before: Word, after: Word, edit: Edit) -> float:
    """The distance of a place between two words from the cut: seconds, plus word penalties."""
    assert edit.cut_s is not None
    off_s = max(before.end_s - edit.cut_s, edit.cut_s - after.start_s, 0.0)
    saw = [pair for pair in pairwise(edit.about.words) if pair[1].start_s >= edit.cut_s]
    if not saw:
        return off_s
    others = sum(
        alike([one], [two]) < ALIKE for one, two in zip((before, after), saw[0], strict=True)
    )
    return off_s + OTHER_WORD_S * others


def _set_kind(rows: Rows, found: Sequence[int], edit: Edit) -> Rows | None:
    assert edit.kind is not None
    rows, parts = isolated(rows, found, edit.about)
    changed = [marked(replace(turn, kind=edit.kind), "kind") for turn in parts]
    return rejoined(rows.with_turns(parts, changed), edit.about)


def _give_to(rows: Rows, found: Sequence[int], edit: Edit) -> Rows | None:
    assert edit.speaker is not None
    rows, parts = isolated(rows, found, edit.about)
    return _give(rows, parts, edit.speaker)


def _give(rows: Rows, parts: Sequence[Piece], label: str) -> Rows | None:
    """Give the parts, and the talk behind them, to another speaker; None if they are not there."""
    if label not in rows.labels:
        return None
    given = [
        marked(replace(turn, label=label, speaker_confidence=1.0), "speaker") for turn in parts
    ]
    regular = moved(rows, parts, label)
    rows = replace(rows, regular=regular).with_turns(parts, given)
    return rejoined(rows, hull(given))


def _delete(rows: Rows, found: Sequence[int], edit: Edit) -> Rows | None:
    rows, parts = isolated(rows, found, edit.about)
    regular = moved(rows, parts, None)
    rows = replace(rows, regular=regular).with_turns(parts, [])
    return rejoined(rows, edit.about)


def _merge(rows: Rows, found: Sequence[int], edit: Edit) -> Rows | None:
    """Merge the rows found into one; None unless they are all of what the human saw as one.

    A row that reaches beyond it, because its speaker's talk was joined to it, counts by its words.
    """
    label, place = rows.turns[found[0]].label, Interval(edit.about.start_s, edit.about.end_s)
    every = [i for i, t in enumerate(rows.turns) if t.label == label and _speaks(t, place)]
    turns = [rows.turns[i] for i in sorted({*found, *every})]
    whole = hull(turns)
    beyond_s = max(whole.start_s - place.start_s, place.end_s - whole.end_s)
    return rows.with_turns(turns, [joined(turns)]) if beyond_s < NEAR_S else None


def _speaks(turn: Piece, place: Interval) -> bool:
    return any(is_within(word, place) for word in turn.words)


_ACTIONS: Mapping[Action, Callable[[Rows, Sequence[int], Edit], Rows | None]] = {
    "text": _rewrite,
    "split": _split,
    "kind": _set_kind,
    "delete": _delete,
    "speaker": _give_to,
    "merge": _merge,
}
