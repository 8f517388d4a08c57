"""Flags of a session: what to know of its recording, and what to do about it.

A stage puts the id of a flag into its record; ``sessions.flags`` of the data set lists them. This
table is the only place that says what they mean: receipts, status, Prefect's page, reports, data
sheet and dictionary read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, Literal, get_args

from pipeline.records.languages import name_of

Level = Literal["look", "warning", "note"]  # the gravest first
Language = Literal["fi", "en"]


@dataclass(frozen=True, slots=True)
class Words:
    """What is the matter, as a phrase that stands by itself, and what to do, as sentences.

    ``amount`` goes with the phrase, and may name columns of the session's row in braces:
    ``{missing_s:.1f} s are missing``; ``{language}`` is the name of the language. It is left out
    where that is 0 or missing: nobody knows how much. ``do`` may name
    ``{session_id}`` alone: the data sheet says it of several sessions.
    """

    what: str
    do: str = ""
    amount: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag, in Finnish and English.

    ``level``: a ``note`` says what was done, a ``warning`` what to know before the session is used;
    a session with a flag of level ``look`` is not finished until a person has looked at it.
    """

    level: Level
    fi: Words
    en: Words

    def words(self, language: Language) -> Words:
        """The words of the flag in a language."""
        return self.fi if language == "fi" else self.en


@dataclass(frozen=True, slots=True)
class Remark:
    """A flag of one session: its words with what they name filled in."""

    id: str
    level: Level
    fi: Words
    en: Words

    def what(self, language: Language) -> str:
        """What is the matter, as a sentence."""
        words = self.fi if language == "fi" else self.en
        phrase = f"{words.what}: {words.amount}" if words.amount else words.what
        return f"{phrase[0].upper()}{phrase[1:]}."

    def do(self, language: Language) -> str:
        """What to do; "" where there is nothing to do."""
        return (self.fi if language == "fi" else self.en).do

    def sentence(self, language: Language) -> str:
        """What is the matter and what to do."""
        return f"{self.what(language)} {self.do(language)}".strip()


FLAGS: dict[str, Flag] = {
    # the sound
    "silent": Flag(
        "look",
        Words(
            "tallenteessa ei kuulu mitään",
            "Tarkista, oliko mikrofoni päällä ja onko tiedosto oikea.",
        ),
        Words(
            "nothing can be heard",
            "Check that the microphone was on and that this is the right file.",
        ),
    ),
    "truncated": Flag(
        "warning",
        Words(
            "tallenne katkeaa kesken",
            "Kopioi tiedosto uudelleen, jos ehjä kopio on olemassa.",
            "{missing_s:.1f} s puuttuu",
        ),
        Words(
            "the recording breaks off",
            "Copy the file again if there is a whole copy.",
            "{missing_s:.1f} s are missing",
        ),
    ),
    "decode_errors": Flag(
        "warning",
        Words(
            "osa äänestä on vioittunut",
            "Kopioi tiedosto uudelleen, jos ehjä kopio on olemassa.",
            "{missing_s:.1f} s puuttuu",
        ),
        Words(
            "part of the sound is damaged",
            "Copy the file again if there is a whole copy.",
            "{missing_s:.1f} s are missing",
        ),
    ),
    "end_missing": Flag(
        "warning",
        Words(
            "tallenne katkeaa kesken, eikä puuttuvan osan pituus ole tiedossa",
            "Kopioi tiedosto uudelleen, jos ehjä kopio on olemassa.",
        ),
        Words(
            "the recording breaks off, and how much is missing cannot be known",
            "Copy the file again if there is a whole copy.",
        ),
    ),
    "parts_joined": Flag(
        "note",
        Words(
            "tiedoston peräkkäiset tallenteet yhdistettiin samalle aikajanalle ilman niiden "
            "välisiä taukoja"
        ),
        Words(
            "the recordings in the file were joined on one time line, without the pauses between "
            "them"
        ),
    ),
    "several_sound_tracks": Flag(
        "note",
        Words("ääniraitoja on useita; niiden puhe yhdistettiin niin, että kaikki on mukana kerran"),
        Words("there are several sound tracks; their talk was put together, all of it once"),
    ),
    "separate_tracks": Flag(
        "note",
        Words("jokainen puhuja on omalla raidallaan"),
        Words("each person has a track of their own"),
    ),
    "mix_left_out": Flag(
        "note",
        Words("yksi raidoista on muiden yhdistelmä, ja se jätettiin pois"),
        Words("one of the tracks is a mix of the others, and was left out"),
    ),
    "track_shifted": Flag(
        "note",
        Words(
            "raidat, jotka eivät ala samasta hetkestä, sovitettiin yhteen äänen perusteella",
            amount="enintään {track_shift_s:.1f} s",
        ),
        Words(
            "tracks that do not begin at the same moment were aligned by their sound",
            amount="by up to {track_shift_s:.1f} s",
        ),
    ),
    "track_lengths_differ": Flag(
        "warning",
        Words(
            "raidat ovat eri pituisia, eikä ääni kerro, kuuluvatko ne samaan kohtaan",
            "Tarkista, että ne alkavat samasta hetkestä ja ovat ehjiä.",
            "{track_shift_s:.1f} s",
        ),
        Words(
            "the tracks differ in length, and their sound does not tell how they belong together",
            "Check that they begin at the same moment and are whole.",
            "{track_shift_s:.1f} s",
        ),
    ),
    "inverted_channel": Flag(
        "note",
        Words("yksi kanavista oli vastakkaisvaiheinen ja käännettiin oikein päin"),
        Words("one of the channels was inverted, and was turned back"),
    ),
    "noisy_channel": Flag(
        "note",
        Words("yhdellä kanavista on vain kohinaa, ja se jätettiin pois"),
        Words("one of the channels holds only noise, and was left out"),
    ),
    "level_changed": Flag(
        "note",
        Words("äänen voimakkuus oli kaukana tavallisesta ja muutettiin tavalliseksi"),
        Words("the volume was far from ordinary, and was changed to an ordinary one"),
    ),
    "files_joined": Flag(
        "note",
        Words("tallenne tuli useana tiedostona, jotka on liitetty peräkkäin"),
        Words("the recording came in several files, which were laid one after another"),
    ),
    "gap_unknown": Flag(
        "note",
        Words("tallenteen osien välisen tauon pituus ei ole tiedossa, joten se on jätetty pois"),
        Words("the pause between the parts of the recording is of unknown length and left out"),
    ),
    # the talk
    "no_speech": Flag(
        "look",
        Words("tallenteessa ei kuulu puhetta", "Tarkista, että tiedosto on oikea."),
        Words("no speech can be heard", "Check that this is the right file."),
    ),
    "no_words": Flag(
        "look",
        Words(
            "puheesta ei tunnistettu yhtään sanaa",
            "Kuuntele tallenne; kokeile suurempaa Whisper-mallia.",
        ),
        Words(
            "no word of the talk was recognised",
            "Listen to the recording; try a larger Whisper model.",
        ),
    ),
    "words_outside_speech": Flag(
        "note",
        Words("puheen ulkopuolelta tunnistetut sanat jätettiin pois"),
        Words("words that were recognised outside the speech were left out"),
    ),
    "language_unsure": Flag(
        "warning",
        Words(
            "kieli on epävarma",
            "Jos se on väärä, kerro oikean kielen koodi (fi, sv, en …): "
            "`vuoro session {session_id} --language KOODI`.",
            "{language}",
        ),
        Words(
            "the language is unsure",
            "If it is wrong, state the code of the right one (fi, sv, en …): "
            "`vuoro session {session_id} --language CODE`.",
            "{language}",
        ),
    ),
    "language_differs": Flag(
        "warning",
        Words(
            "puhe ei kuulosta kieleltä, joka sille on annettu",
            "Kuuntele alkua; anna tarvittaessa oikean kielen koodi (fi, sv, en …): "
            "`vuoro session {session_id} --language KOODI`.",
            "{language}",
        ),
        Words(
            "the talk does not sound like the language that was set",
            "Listen to its beginning; if need be, state the code of the right one (fi, sv, en …): "
            "`vuoro session {session_id} --language CODE`.",
            "{language}",
        ),
    ),
    # what people did with it
    "name_detection_weak": Flag(
        "warning",
        Words("nimiä on voinut jäädä peittämättä", "Lue litteraatti läpi ennen jakamista."),
        Words("names may be left in clear", "Read the transcript before sharing it."),
    ),
    "edits_lost": Flag(
        "warning",
        Words(
            "jokin korjaus ei löytänyt paikkaansa",
            "Avaa korjaustaulukko ja katso, mikä: `vuoro edit {session_id}`.",
        ),
        Words(
            "a correction did not find its place",
            "Open the sheet of corrections to see which: `vuoro edit {session_id}`.",
        ),
    ),
    "talk_left_out": Flag(
        "note",
        Words("jonkun puhe on jätetty pois tästä kopiosta, koska hänen suostumustaan ei ole"),
        Words("the talk of a person who has not consented is left out of this copy"),
    ),
    "person_withdrawn": Flag(
        "note",
        Words("joku on perunut osallistumisensa, ja hänen puheensa on poistettu"),
        Words("a person has withdrawn, and their speech has been removed"),
    ),
}


def remarks(session: Mapping[str, Any]) -> tuple[Remark, ...]:
    """The flags of a session, whose row of ``sessions`` this is, the gravest first."""
    order = [*FLAGS]
    said_by = {"no_speech": "silent"}  # where nothing is heard, no speech is
    given = [id for id in session["flags"] if said_by.get(id) not in session["flags"]]
    flags = sorted(given, key=lambda id: order.index(id) if id in FLAGS else len(order))
    found = [
        Remark(id, flag.level, _filled(flag.fi, session, "fi"), _filled(flag.en, session, "en"))
        for id, flag in ((id, flag_of(id)) for id in flags)
    ]
    return tuple(sorted(found, key=lambda remark: get_args(Level).index(remark.level)))


def asked_about(what: str, do: str) -> Remark:
    """The remark on a session whose language is asked about; it is not in the data set."""
    words = Words(what.rstrip("."), do)
    return Remark("language_question", "look", words, words)


def flag_of(id: str) -> Flag:
    """The flag of this id; of one that another version of vuoro put, its id alone is known."""
    return FLAGS.get(id) or Flag("note", Words(id), Words(id))


def looked_for(flags: Iterable[str]) -> frozenset[str]:
    """Those of these flags for which a person must look at the session."""
    return frozenset(id for id in flags if flag_of(id).level == "look")


def meanings(language: Language) -> str:
    """All flags with what they mean, for the dictionary."""
    return "; ".join(f"{id} ({flag.words(language).what})" for id, flag in FLAGS.items())


def _filled(words: Words, session: Mapping[str, Any], language: Language) -> Words:
    spoken = session["language"]
    values = {**session, "language": name_of(spoken, language) if spoken else ""}
    named = [column for _, column, _, _ in Formatter().parse(words.amount) if column]
    amount = words.amount.format_map(values) if all(values[column] for column in named) else ""
    return Words(words.what, words.do.format_map(values), amount)
