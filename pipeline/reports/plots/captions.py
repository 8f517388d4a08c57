"""All words that pictures and reports use for the data, and how they write numbers."""

from __future__ import annotations

from pipeline.tables.session_table import REPORTED
from pipeline.tables.values import CALLED, ROLES, SESSION_KINDS, TURN_KINDS
from pipeline.texts import Language, Text, sense

WORDS: dict[str, Text] = {
    **{value: CALLED[value] for value in (*SESSION_KINDS, *TURN_KINDS, *ROLES)},
    # axes and legends
    "person": Text("person"),
    "people": Text("people"),
    "session": Text("session"),
    "session_number": Text("session number"),
    "group": Text("group"),
    "role": Text("role"),
    "minutes": Text("minutes"),
    "time": Text("time from the start of the recording (min:s)"),
    "at_once": Text("at once"),
    "turns": Text("turns"),
    "share_of_turns": Text("share of turns"),
    "offset": Text("floor transfer offset (s): gap > 0, overlap < 0"),
    "outside": Text("out of range"),
    "turn_length": Text("length of the turn (s)"),
    "median": Text("median"),
    "per_100_turns": Text("times per 100 turns"),
    "residual": Text("residual: > 0 more often than expected"),
    "from": Text("the floor goes from"),
    "to": sense("to", "the floor goes from … to"),
    "talk": Text("one talks"),
    "overlap": Text("several talk"),
    "silence": Text("nobody talks"),
    "n_interruptions_successful": Text("interrupts and\ngets the floor"),
    "n_interruptions_unsuccessful": Text("interrupts, does\nnot get it"),
    "n_interrupted_successfully": Text("is interrupted,\nloses the floor"),
    "n_interrupted_unsuccessfully": Text("is interrupted,\nkeeps the floor"),
    "n_overlaps_cooperative": Text("overlaps\ncooperatively"),
    "here": Text("talks"),
    "absent": Text("no talk"),
    "code": Text("code"),
    "occurrences": Text("occurrences"),
    "nothing": Text("No data"),
    "speaking_share": Text("share of the talking time"),
    # titles
    "title_shares": Text("Who talks"),
    "title_shares_over": Text("Shares of talking time by session"),
    "title_role_shares": Text("Shares of talking time by role"),
    "title_attendance": Text("Attendance"),
    "title_network": Text("Who takes the floor after whom"),
    "title_timeline": Text("The course of the session"),
    "title_offsets": Text("Floor transfer offsets"),
    "title_lengths": Text("Lengths of turns"),
    "title_overlaps": Text("Overlaps and interruptions"),
    "title_time_use": Text("Talk, overlap and silence"),
    "title_codes": Text("Shares of turns by code"),
    "title_words": Text("The most frequent words"),
}


def word(key: str, language: Language) -> str:
    """The name of ``key``; a value without an entry, such as a person's id, is its own name."""
    called = WORDS.get(key) or REPORTED.get(key)
    return called.to(language) if called else key


def heading(key: str, language: Language) -> str:
    """The same, as the beginning of a line."""
    said = word(key, language)
    return said[:1].upper() + said[1:]


def number(value: float, digits: int, language: Language) -> str:
    """With a comma in Finnish, a point in English, and a true minus sign."""
    text = f"{value + 0.0:.{digits}f}".replace("-", "−")
    if not any(digit in text for digit in "123456789"):
        text = text.removeprefix("−")
    return text.replace(".", ",") if language == "fi" else text


def percent(share: float, language: Language, digits: int = 0) -> str:
    """A share of 0–1 as per cent."""
    return f"{number(100 * share, digits, language)} %"


def clock(seconds: float) -> str:
    """``3725.4`` as ``62:05``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
