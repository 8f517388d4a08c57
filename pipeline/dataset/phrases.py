"""How the methods section lists things, and states for which sessions something holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.texts import Text, counted

AND, OR = Text("{before} and {last}"), Text("{before} or {last}")


def in_sessions(what: object, n: int) -> Text:
    sessions = counted("{n} session", "{n} sessions").filled(n=n)
    return Text("{what} ({sessions})").filled(what=what, sessions=sessions)


def shares(values: Iterable[tuple[object, int]], n_sessions: int, last: Text = AND) -> object:
    """What holds for the sessions, most frequent first, with the number unless it is all."""
    ordered = sorted(values, key=lambda value: -value[1])
    if all(n == n_sessions for _, n in ordered):
        return listed([value for value, _ in ordered], last)
    return listed([in_sessions(value, n) for value, n in ordered], last)


def listed(parts: Sequence[object], last: Text = AND) -> object:
    """The parts in a sentence: A, B and C."""
    *before, final = parts
    return last.filled(before=tuple(before), last=final) if before else final


def joined(parts: Sequence[object], between: str) -> Text:
    """The parts with this between them."""
    names = [f"part{number}" for number in range(len(parts))]
    joined = Text(between.join(f"{{{name}}}" for name in names))
    return joined.filled(**dict(zip(names, parts, strict=True)))
