"""Flags of a session: what to know of its recording, in one sentence each with what to do.

A stage puts the id of a flag into its record; ``sessions.flags`` of the data set lists them. This
table is the only place that says what they mean: receipts, status, Prefect's page, reports and the
dictionary read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["note", "warning", "look"]
Language = Literal["fi", "en"]


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag: what is the matter and what to do, in Finnish and English.

    ``level``: a ``note`` says what was done, a ``warning`` what to know before the session is used;
    a session with a flag of level ``look`` is not finished until a person has looked at it.
    Sentences may name columns of the session's row in braces, e.g. ``{missing_s:.1f}``.
    """

    level: Level
    fi: str
    en: str

    def sentence(self, session: Mapping[str, Any], language: Language) -> str:
        """The sentence of the flag for a session, whose row of ``sessions`` this is."""
        return (self.fi if language == "fi" else self.en).format(**session)


FLAGS: dict[str, Flag] = {
    # the sound
    "silent": Flag(
        "look",
        "Tallenteessa ei kuulu mitään. Tarkista, oliko mikrofoni päällä ja onko tiedosto oikea.",
        "Nothing can be heard. Check that the microphone was on and that this is the right file.",
    ),
    "truncated": Flag(
        "warning",
        "Tallenne katkeaa kesken: {missing_s:.1f} s puuttuu. Kopioi tiedosto uudelleen, jos "
        "ehjä kopio on olemassa.",
        "The recording breaks off: {missing_s:.1f} s are missing. Copy the file again if there is "
        "a whole copy.",
    ),
    "decode_errors": Flag(
        "warning",
        "Osa äänestä on vioittunut: {missing_s:.1f} s puuttuu. Kopioi tiedosto uudelleen, jos "
        "ehjä kopio on olemassa.",
        "Part of the sound is damaged: {missing_s:.1f} s are missing. Copy the file again if there "
        "is a whole copy.",
    ),
    "separate_tracks": Flag(
        "note",
        "Jokainen puhuja on omalla raidallaan.",
        "Each person has a track of their own.",
    ),
    "track_lengths_differ": Flag(
        "warning",
        "Raidat ovat eri pituisia. Tarkista, että ne alkavat samasta hetkestä.",
        "The tracks differ in length. Check that they begin at the same moment.",
    ),
    # the talk
    "no_speech": Flag(
        "look",
        "Tallenteessa ei kuulu puhetta. Tarkista, että tiedosto on oikea.",
        "No speech can be heard. Check that this is the right file.",
    ),
    "no_words": Flag(
        "look",
        "Puheesta ei tunnistettu yhtään sanaa. Kuuntele tallenne; kokeile suurempaa "
        "Whisper-mallia.",
        "No word of the talk was recognised. Listen to the recording; try a larger Whisper model.",
    ),
    "words_outside_speech": Flag(
        "note",
        "Puheen ulkopuolelta tunnistetut sanat jätettiin pois.",
        "Words that were recognised outside the speech were left out.",
    ),
    "language_unsure": Flag(
        "warning",
        "Kieli ({language}) on epävarma. Tarkista se ja aseta tarvittaessa oikea kieli.",
        "The language ({language}) is unsure. Check it and set the right one if it is wrong.",
    ),
    # what people did with it
    "name_detection_weak": Flag(
        "warning",
        "Nimiä on voinut jäädä peittämättä. Lue litteraatti läpi ennen jakamista.",
        "Names may be left in clear. Read the transcript before sharing it.",
    ),
    "edits_lost": Flag(
        "warning",
        "Jokin korjaus ei löytänyt paikkaansa. Avaa korjaustaulukko ja katso, mikä.",
        "A correction did not find its place. Open the sheet of corrections to see which.",
    ),
    "person_withdrawn": Flag(
        "note",
        "Joku on perunut osallistumisensa; hänen puheensa on poistettu.",
        "A person has withdrawn; their speech has been removed.",
    ),
}


def sentences(session: Mapping[str, Any], language: Language) -> list[str]:
    """What to know of a session and what to do, a sentence a flag, in order of its flags."""
    return [FLAGS[flag].sentence(session, language) for flag in session["flags"]]


def needs_a_look(flags: Iterable[str]) -> bool:
    """Whether a person must look at a session with these flags before it is finished."""
    return any(FLAGS[flag].level == "look" for flag in flags)
