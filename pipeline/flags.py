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
    "end_missing": Flag(
        "warning",
        "Tallenne katkeaa kesken; puuttuvan osan pituus ei ole tiedossa. Kopioi tiedosto "
        "uudelleen, jos ehjä kopio on olemassa.",
        "The recording breaks off; how much is missing cannot be known. Copy the file again if "
        "there is a whole copy.",
    ),
    "parts_joined": Flag(
        "note",
        "Tiedostossa on useita tallenteita peräkkäin. Ne yhdistettiin samalle aikajanalle ilman "
        "niiden välisiä taukoja.",
        "The file holds several recordings one after the other. They were joined on one time line "
        "without the pauses between them.",
    ),
    "several_sound_tracks": Flag(
        "note",
        "Tiedostossa on useita ääniraitoja. Kaikki puhe yhdistettiin; raita, joka sisältyy "
        "toiseen, jätettiin pois.",
        "The file has several sound tracks. All talk was put together; a track that is contained "
        "in another one was left out.",
    ),
    "separate_tracks": Flag(
        "note",
        "Jokainen puhuja on omalla raidallaan.",
        "Each person has a track of their own.",
    ),
    "mix_left_out": Flag(
        "note",
        "Yksi raidoista on muiden yhdistelmä; se jätettiin pois.",
        "One of the tracks is a mix of the others; it was left out.",
    ),
    "track_shifted": Flag(
        "note",
        "Raidat eivät ala samasta hetkestä. Ne sovitettiin yhteen äänen perusteella, suurin "
        "siirto {track_shift_s:.1f} s.",
        "The tracks do not begin at the same moment. They were aligned by their sound, by up to "
        "{track_shift_s:.1f} s.",
    ),
    "track_lengths_differ": Flag(
        "warning",
        "Raitojen pituudet eroavat {track_shift_s:.1f} s, eikä ääni kerro, kuuluvatko ne samaan "
        "kohtaan. Tarkista, että ne alkavat samasta hetkestä ja ovat ehjiä.",
        "The tracks differ in length by {track_shift_s:.1f} s, and their sound does not tell how "
        "they belong together. Check that they begin at the same moment and are whole.",
    ),
    "inverted_channel": Flag(
        "note",
        "Yksi kanavista oli vastakkaisvaiheinen; se käännettiin oikein päin.",
        "One of the channels was inverted; it was turned back.",
    ),
    "noisy_channel": Flag(
        "note",
        "Yhdellä kanavista on vain kohinaa; se jätettiin pois.",
        "One of the channels holds only noise; it was left out.",
    ),
    "level_changed": Flag(
        "note",
        "Äänen voimakkuus oli kaukana tavallisesta; se muutettiin tavalliseksi.",
        "The volume was far from ordinary; it was changed to an ordinary one.",
    ),
    "files_joined": Flag(
        "note",
        "Tallenne tuli useana tiedostona, jotka on liitetty peräkkäin.",
        "The recording came in several files, laid one after another.",
    ),
    "gap_unknown": Flag(
        "note",
        "Tallenteen osien välinen tauko ei ole tiedossa, joten se on jätetty pois.",
        "How long the pause between the parts of the recording was is not known: it is left out.",
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
