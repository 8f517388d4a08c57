"""Columns that the tables of turn-taking share."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.tables.columns import Column, count, seconds
from pipeline.tables.place import GROUP_ID, KIND, SESSION_ID, SESSION_NUMBER
from pipeline.tables.values import ROLES

SESSION = (SESSION_ID, GROUP_ID, SESSION_NUMBER, KIND)
"""The session, to put sessions in order and separate interviews from meetings."""

SPEECH_RATE = Column(
    "speech_rate",
    "float64",
    "Recognised words a minute of turns, pauses included, over turns with words (Goldman-Eisler "
    "1968); a masked name counts as the words of its mask. Null without words.",
    "Tunnistettuja sanoja minuutissa, tauot mukana, niistä vuoroista joissa on sanoja "
    "(Goldman-Eisler 1968); peitetty nimi lasketaan peitteen sanoina. Tyhjä, jos sanoja ei ole.",
    unit="words/min",
    minimum=0,
    nullable=True,
)
SHIFTS = (
    count(
        "n_ab_ba",
        "Participation shifts AB-BA, turn receiving (Gibson 2003): who held the floor before the "
        "last holder takes it again. Assumed: a speaker addresses the previous floor holder.",
        "Osallistumisen siirtymät AB-BA, vuoron vastaanotto (Gibson 2003): vuoron ottaa "
        "takaisin se, jolla se oli ennen edellistä haltijaa. Oletus: puhe osoitetaan edelliselle "
        "haltijalle.",
    ),
    count(
        "n_ab_xa",
        "Participation shifts AB-XA, turn usurping (Gibson 2003): someone other than the assumed "
        "addressee takes the floor. Assumed: a speaker addresses the previous floor holder.",
        "Osallistumisen siirtymät AB-XA, vuoron kaappaus (Gibson 2003): vuoron ottaa joku muu kuin "
        "oletettu vastaanottaja. Oletus: puhe osoitetaan edelliselle haltijalle.",
    ),
)


def person(name: str, en: str, fi: str) -> Column:
    return Column(name, "string", en, fi, references="people.person_id")


def role(name: str, en: str, fi: str) -> Column:
    return Column(name, "string", en, fi, values=ROLES)


def maybe_s(name: str, en: str, fi: str, *, signed: bool = False) -> Column:
    return seconds(name, en, fi, signed=signed, nullable=True)


def with_interval(measure: Column) -> Iterator[Column]:
    """A measure and the two ends of its interval, defined in ``pipeline.dynamics.intervals``.

    The ends are null if the measure is, or if it is based on too few turns.
    """
    yield measure
    for end, en, fi in (("low", "Lower", "alaraja"), ("high", "Upper", "yläraja")):
        yield Column(
            f"{measure.name}_{end}",
            "float64",
            f"{en} end of the 95 % interval of {measure.name}: turns resampled in blocks (Künsch "
            "1989), each given to another person as often as speaker_confidence doubts who talks. "
            "The interval does not cover talk that was not recognised.",
            f"Tunnusluvun {measure.name} 95 %:n luottamusvälin {fi}: vuorot poimittu uudelleen "
            "jaksoina (Künsch 1989) ja annettu toiselle sitä useammin, mitä pienempi "
            "speaker_confidence on. "
            "Väli ei kata puhetta, jota ei tunnistettu.",
            unit=measure.unit,
            nullable=True,
            minimum=measure.minimum,
            maximum=measure.maximum,
        )
