"""Check that the rows of one session agree. Pure; each table is already valid on its own.

Each function gives one sentence for each problem. None quotes text.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise, permutations

from pipeline.tables import TURNS, WORDS
from pipeline.tables.columns import Row, Table, in_rows
from pipeline.tables.dynamics_tables import TRANSITIONS
from pipeline.tables.person_table import DYNAMICS_PERSON
from pipeline.tables.session_table import DYNAMICS_SESSION

ROUNDING_S = 0.0015  # a difference of two times, each rounded to milliseconds
END_TOLERANCE_S = 0.1  # the last frame of the diarisation may reach past the end of the sound


def session_problems(session: Row, turns: list[Row]) -> Iterator[str]:
    """How the row of a session contradicts its turns."""
    n_turns = sum(turn["kind"] == "turn" for turn in turns)
    counted = {
        "n_people": len({turn["person_id"] for turn in turns}),
        "n_turns": n_turns,
        "n_minimal_responses": len(turns) - n_turns,
        "n_words": sum(turn["n_words"] for turn in turns),
    }
    for name, n in counted.items():
        if session[name] != n:
            yield f"{name} is {session[name]}, but the rows of turns make {n}"
    for name in ("speech_s", "overlap_s", "silence_s"):
        if session[name] > session["duration_s"] + END_TOLERANCE_S:
            yield f"{name} is longer than the session"


def turn_problems(session: Row, turns: list[Row], words: list[Row]) -> Iterator[str]:
    """Numbers, order and times of the turns of one session, and their words."""
    prefix = f"{session['session_id']}-T"
    end_s = session["duration_s"] + END_TOLERANCE_S
    words_of = _by_turn(words)
    yield from _numbering("turn_number", [turn["turn_number"] for turn in turns])
    for before, turn in pairwise(turns):
        if turn["start_s"] < before["start_s"]:
            yield f"start_s is before that of the row before in {turn['turn_id']}"
            break
    rules: dict[str, Callable[[Row], bool]] = {
        "turn_id does not begin with the session": lambda t: not t["turn_id"].startswith(prefix),
        "the end is before the start": lambda t: t["end_s"] < t["start_s"],
        "the end is after the end of the session": lambda t: t["end_s"] > end_s,
        "duration_s is not end_s minus start_s": lambda t: (
            abs(t["end_s"] - t["start_s"] - t["duration_s"]) > ROUNDING_S
        ),
        "overlap_s is longer than the turn": lambda t: _exceeds_turn(t, "overlap_s"),
        "pause_s is longer than the turn": lambda t: _exceeds_turn(t, "pause_s"),
        "n_words is not the number of rows in words": lambda t: (
            t["n_words"] != len(words_of[t["turn_id"]])
        ),
        "text is not the words of the turn": lambda t: (
            (t["text"] or "") != " ".join(word["word"] for word in words_of[t["turn_id"]])
        ),
    }
    for message, breaks in rules.items():
        yield from _broken(message, [t for t in turns if breaks(t)], TURNS)


def word_problems(turns: list[Row], words: list[Row]) -> Iterator[str]:
    """Numbers, order and times of the words of one session."""
    turn_of = {turn["turn_id"]: turn for turn in turns}
    outside = [
        word
        for word in words
        if (turn := turn_of.get(word["turn_id"]))
        and not turn["start_s"] <= word["start_s"] <= word["end_s"] <= turn["end_s"]
    ]
    yield from _broken("the word is not within its turn", outside, WORDS)
    for turn_id, spoken in _by_turn(words).items():
        for message in _numbering("word_number", [word["word_number"] for word in spoken]):
            yield f"{message} in {turn_id}"
        late = [b for a, b in pairwise(spoken) if b["start_s"] < a["start_s"]]
        yield from _broken("start_s is before that of the word before", late, WORDS)


def session_dynamics_problems(session: Row, turns: list[Row]) -> Iterator[str]:
    """How the turn-taking of a session contradicts its turns."""
    offsets_s = [turn["offset_from_previous_s"] for turn in _transfers(turns)]
    counted = {
        "n_people": len({turn["person_id"] for turn in turns}),
        "n_floor_transfers": len(offsets_s),
        "n_overlaps_between": sum(offset_s < 0 for offset_s in offsets_s),
    }
    for name, n in counted.items():
        if session[name] != n:
            yield f"{name} is {session[name]}, but the rows of turns make {n}"
    yield from _interval_problems([session], DYNAMICS_SESSION)


def person_dynamics_problems(people: list[Row], turns: list[Row]) -> Iterator[str]:
    """How the turn-taking of the people in a session contradicts its turns."""
    if {row["person_id"] for row in people} != {turn["person_id"] for turn in turns}:
        yield "the people are not those of turns"
        return
    full = Counter(turn["person_id"] for turn in turns if turn["kind"] == "turn")
    responses = [turn for turn in turns if turn["kind"] == "minimal_response"]
    by_column = {
        "n_turns": full,
        "n_floor_taken": Counter(turn["person_id"] for turn in _transfers(turns)),
        "n_floor_yielded": Counter(turn["previous_person_id"] for turn in _transfers(turns)),
        "n_minimal_responses_given": Counter(turn["person_id"] for turn in responses),
        "n_minimal_responses_received": Counter(
            turn["previous_person_id"]
            for turn in responses
            if turn["previous_person_id"] != turn["person_id"]
        ),
    }
    for column, counts in by_column.items():
        wrong = [row for row in people if row[column] != counts[row["person_id"]]]
        yield from _broken(f"{column} is not that of turns", wrong, DYNAMICS_PERSON)
    speech_s: defaultdict[str, float] = defaultdict(float)
    for turn in turns:
        speech_s[turn["person_id"]] += turn["duration_s"] - turn["pause_s"]
    wrong = [
        row for row in people if abs(row["speech_s"] - speech_s[row["person_id"]]) > ROUNDING_S
    ]
    yield from _broken("speech_s is not that of turns", wrong, DYNAMICS_PERSON)
    yield from _interval_problems(people, DYNAMICS_PERSON)


def transition_problems(transitions: list[Row], turns: list[Row]) -> Iterator[str]:
    """How the transitions of a session contradict its turns."""
    pairs = {(row["from_person_id"], row["to_person_id"]) for row in transitions}
    if pairs != set(permutations({turn["person_id"] for turn in turns}, 2)):
        yield "the pairs are not those of the people in turns"
        return
    n = Counter((turn["previous_person_id"], turn["person_id"]) for turn in _transfers(turns))
    wrong = [r for r in transitions if r["n"] != n[r["from_person_id"], r["to_person_id"]]]
    yield from _broken("n is not that of turns", wrong, TRANSITIONS)


def _interval_problems(rows: list[Row], table: Table) -> Iterator[str]:
    """Measures outside their interval, and intervals with only one end."""
    for column in table.columns:
        measure = column.name.removesuffix("_low")
        if measure != column.name:
            ends = [(row, row[f"{measure}_low"], row[f"{measure}_high"]) for row in rows]
            wrong = [row for row, low, high in ends if not _is_within(row[measure], low, high)]
            yield from _broken(f"{measure} is not within its interval", wrong, table)


def _is_within(value: float | None, low: float | None, high: float | None) -> bool:
    if low is None or high is None:
        return low is high
    return value is not None and low <= value <= high


def _transfers(turns: list[Row]) -> list[Row]:
    """The turns that take the floor from another person."""
    return [
        turn
        for turn in turns
        if turn["offset_from_previous_s"] is not None
        and turn["previous_person_id"] not in (None, turn["person_id"])
    ]


def _by_turn(words: list[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for word in words:
        grouped[word["turn_id"]].append(word)
    return grouped


def _exceeds_turn(turn: Row, column: str) -> bool:
    return bool(turn[column] > turn["duration_s"] + ROUNDING_S)


def _numbering(column: str, numbers: list[int]) -> Iterator[str]:
    for expected, number in enumerate(numbers, start=1):
        if number != expected:
            yield f"{column} does not run 1, 2, 3 …: {number} stands where {expected} should"
            return


def _broken(message: str, rows: list[Row], table: Table) -> Iterator[str]:
    if rows:
        yield f"{message} in {in_rows(table.row_name(rows[0]), len(rows))}"
