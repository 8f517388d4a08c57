"""Lengths of time as options take them: ``30s``, ``5m``, ``12h``, ``30d``."""

from __future__ import annotations

import re
from typing import Annotated, Self

import typer

UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
SHORTEST_S = 5
GRAMMAR = "a number and s, m, h or d, e.g. 30s, 5m, 12h or 30d"


class Duration(str):
    """A length of time as a person writes it, and in ``seconds``.

    Raises typer.BadParameter if the text is not a length, or is shorter than ``SHORTEST_S``.
    """

    seconds: float

    def __new__(cls, text: str) -> Self:
        found = re.fullmatch(r"\s*(\d+)\s*([smhd])\s*", text)
        if found is None:
            raise typer.BadParameter(f"Write {GRAMMAR}.")
        duration = super().__new__(cls, f"{found[1]}{found[2]}")
        duration.seconds = float(found[1]) * UNITS_S[found[2]]
        if duration.seconds < SHORTEST_S:
            raise typer.BadParameter(f"Give {SHORTEST_S}s or longer.")
        return duration


OFTEN = Duration("30s")
USUALLY = Duration("5m")
EveryOption = Annotated[
    Duration,
    typer.Option(
        metavar="DURATION",
        parser=Duration,
        help=f"How often to look at the inbox: {GRAMMAR}.",
    ),
]
