"""The public tables, declared once.

Schema, validation, dictionary and data sheet all derive from these declarations. Times are
seconds from the start of the recording, rounded to milliseconds; a missing value is null, never 0
or an empty text; an empty list means that there is none.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.tables.columns import Column, Table, count, probability, seconds
from pipeline.tables.dynamics_tables import DYNAMICS
from pipeline.tables.flags import FLAGS, meanings
from pipeline.tables.people_tables import ATTENDANCE, PEOPLE
from pipeline.tables.place import KIND, SESSION_ID, SESSION_NUMBER
from pipeline.tables.values import EDITS, TURN_KINDS
from pipeline.tables.values import ROLES as ROLES

SCHEMA_VERSION = "4"

SESSIONS = Table(
    "sessions",
    "One meeting or group interview a row.",
    "Rivi on yksi tapaaminen tai ryhmähaastattelu.",
    key=("session_id",),
    sort_by=("session_id",),
    columns=(
        Column("session_id", "string", "The session.", "Istunnon tunnus."),
        Column("group_id", "string", "The group that met.", "Ryhmä, joka kokoontui."),
        SESSION_NUMBER,
        KIND,
        Column(
            "interviewer",
            "list<string>",
            "In a group interview, who asks, as the roster tells; empty in meetings.",
            "Ryhmähaastattelussa se, joka kysyy, jäsenluettelon mukaan; tapaamisissa tyhjä.",
            references="people.person_id",
        ),
        seconds("duration_s", "Length of the recording.", "Tallenteen kesto."),
        Column(
            "language",
            "string",
            "Language of the talk (ISO 639-1); null if there was none to recognise.",
            "Puheen kieli (ISO 639-1); tyhjä, jos tunnistettavaa ei ollut.",
            nullable=True,
        ),
        probability(
            "language_probability",
            "How sure the language is; null if it was not detected.",
            "Kielen varmuus; tyhjä, jos kieltä ei tunnistettu.",
        ),
        count(
            "n_people",
            "People with at least one row in turns.",
            "Henkilöt, joilla on ainakin yksi rivi turns-taulussa.",
        ),
        count(
            "n_turns",
            "Turns; minimal responses not counted.",
            "Puheenvuorot ilman minimipalautteita.",
        ),
        count("n_minimal_responses", "Minimal responses.", "Minimipalautteet."),
        count("n_words", "Recognised words.", "Tunnistetut sanat."),
        seconds(
            "speech_s",
            "Time in which at least one person talks.",
            "Aika, jolloin ainakin yksi henkilö puhuu.",
        ),
        seconds(
            "overlap_s",
            "Time in which two or more people talk.",
            "Aika, jolloin kaksi tai useampi puhuu yhtä aikaa.",
        ),
        seconds("silence_s", "Time in which no one talks.", "Aika, jolloin kukaan ei puhu."),
        seconds(
            "missing_s",
            "Sound that the recording should hold and that could not be decoded.",
            "Ääni, joka tallenteessa pitäisi olla mutta jota ei saatu auki.",
        ),
        seconds(
            "track_shift_s",
            "How far apart tracks are: the largest shift that aligned them, or by how much their "
            "lengths differ where their sound does not tell.",
            "Kuinka kaukana raidat ovat toisistaan: suurin siirto, jolla ne sovitettiin yhteen, "
            "tai pituuksien ero, jos ääni ei kerro, miten ne kuuluvat yhteen.",
        ),
        Column(
            "flags",
            "list<string>",
            f"What to know about the recording before using it: {meanings('en')}.",
            f"Mitä tallenteesta on syytä tietää ennen käyttöä: {meanings('fi')}.",
            values=tuple(FLAGS),
        ),
        Column(
            "models",
            "list<string>",
            "Models that recognised the speech, the speakers and the names.",
            "Mallit, jotka tunnistivat puheen, puhujat ja nimet.",
        ),
        Column(
            "settings_digest",
            "string",
            "Digest of the settings: the same for sessions made with the same settings.",
            "Asetusten tiiviste: sama istunnoilla, jotka on tehty samoin asetuksin.",
        ),
    ),
)

TURNS = Table(
    "turns",
    "One turn (stretch of holding the floor) or minimal response a row.",
    "Rivi on yksi puheenvuoro tai minimipalaute.",
    key=("turn_id",),
    sort_by=("turn_number",),
    columns=(
        Column(
            "turn_id",
            "string",
            "The turn: session and start in milliseconds.",
            "Puheenvuoron tunnus: istunto ja alkuhetki millisekunteina.",
        ),
        SESSION_ID,
        count(
            "turn_number",
            "Number of the row within the session, in order of start, from 1.",
            "Rivin järjestysnumero istunnossa alkuhetken mukaan, alkaen 1:stä.",
            minimum=1,
        ),
        Column("person_id", "string", "Who talks.", "Kuka puhuu.", references="people.person_id"),
        Column(
            "kind",
            "string",
            "Turn, or minimal response (joo, mm) within another's turn.",
            "Puheenvuoro (turn) vai minimipalaute (joo, mm) toisen vuoron aikana.",
            values=TURN_KINDS,
        ),
        seconds("start_s", "Start.", "Alku."),
        seconds("end_s", "End.", "Loppu."),
        seconds("duration_s", "End minus start.", "Loppu miinus alku."),
        Column(
            "text",
            "string",
            "What was said, names masked; null if no words were recognised.",
            "Mitä sanottiin, nimet peitettyinä; tyhjä, jos sanoja ei tunnistettu.",
            nullable=True,
        ),
        count("n_words", "Recognised words.", "Tunnistetut sanat."),
        Column(
            "language",
            "string",
            "Language of the session (ISO 639-1).",
            "Istunnon kieli (ISO 639-1).",
            nullable=True,
        ),
        seconds(
            "offset_from_previous_s",
            "Floor transfer offset: start minus end of the previous floor holder's turn. "
            "Positive is a gap, negative an overlap; null for minimal responses, for talk within "
            "another's turn and where no one else held the floor before.",
            "Vuoronvaihdon viive: alku miinus edellisen vuoron loppu. Positiivinen on väli, "
            "negatiivinen päällekkäispuhunta; tyhjä minimipalautteilla, toisen vuoron sisällä ja "
            "jos kukaan muu ei ollut äänessä ennen.",
            signed=True,
            nullable=True,
        ),
        Column(
            "previous_person_id",
            "string",
            "The previous floor holder; null at the beginning.",
            "Edellinen vuoron haltija; alussa tyhjä.",
            nullable=True,
            references="people.person_id",
        ),
        seconds(
            "overlap_s",
            "Time of the turn in which others talk too.",
            "Vuoron aika, jolloin muutkin puhuvat.",
        ),
        Column(
            "overlapped_by",
            "list<string>",
            "The others who talk during the turn.",
            "Muut, jotka puhuvat vuoron aikana.",
            references="people.person_id",
        ),
        seconds("pause_s", "Silence within the turn.", "Hiljaisuus vuoron sisällä."),
        probability(
            "asr_confidence",
            "How sure the words are, on average; null without words.",
            "Sanojen keskimääräinen varmuus; tyhjä, jos sanoja ei ole.",
        ),
        probability(
            "speaker_confidence",
            "Confidence in the speaker, from the diarisation: low in overlap, in short turns and "
            "for people who say little; null if it cannot be said.",
            "Puhujan varmuus: pieni päällekkäispuhunnassa, lyhyissä vuoroissa ja vähän puhuvilla; "
            "tyhjä, jos sitä ei voi sanoa.",
        ),
        Column(
            "suspect",
            "list<string>",
            "Reasons to doubt the text, e.g. repetition, speaking_rate, low_confidence.",
            "Syyt epäillä tekstiä, esim. repetition (toisto), speaking_rate (puhenopeus), "
            "low_confidence (epävarma).",
        ),
        Column(
            "edited",
            "list<string>",
            "What a human corrected: text, speaker, split, merged, kind, added (talk that was "
            "missed); empty if nothing.",
            "Mitä ihminen korjasi: teksti (text), puhuja (speaker), jako (split), yhdistäminen "
            "(merged), laji (kind), lisätty puhe (added); tyhjä luettelo, jos ei mitään.",
            values=EDITS,
        ),
        count(
            "question",
            "Number of the interview guide's question that the turn belongs to; null if there is "
            "no guide or it is before the first question.",
            "Haastattelurungon kysymys, johon vuoro kuuluu; tyhjä, jos runkoa ei ole tai vuoro on "
            "ennen ensimmäistä kysymystä.",
            minimum=1,
            nullable=True,
        ),
        count("n_masked_person", "Masked names of people.", "Peitetyt henkilönnimet."),
        count(
            "n_masked_organisation",
            "Masked names of organisations.",
            "Peitetyt organisaatioiden nimet.",
        ),
        count("n_masked_place", "Masked names of places.", "Peitetyt paikannimet."),
        count(
            "n_masked_other",
            "Masked contact data and identifiers.",
            "Peitetyt yhteystiedot ja tunnisteet.",
        ),
    ),
)

WORDS = Table(
    "words",
    "One recognised word a row, names masked.",
    "Rivi on yksi tunnistettu sana, nimet peitettyinä.",
    key=("turn_id", "word_number"),
    sort_by=("turn_id", "word_number"),
    columns=(
        Column(
            "turn_id", "string", "The turn.", "Puheenvuoron tunnus.", references="turns.turn_id"
        ),
        count(
            "word_number",
            "Number of the word within the turn, from 1.",
            "Sanan järjestysnumero vuorossa, alkaen 1:stä.",
            minimum=1,
        ),
        seconds(
            "start_s",
            "Start as recognised, cut to detected speech and moved into the turn where it lay "
            "outside. Of a word that a human wrote: within the time of the words that it corrects, "
            "or between its neighbours, at equal distances. Of a mask: of its first word.",
            "Alku tunnistuksen mukaan, rajattuna havaittuun puheeseen ja siirrettynä vuoron "
            "sisään, jos se oli ulkona. Ihmisen kirjoittamalla sanalla: korjattujen sanojen ajasta "
            "tai naapurien välistä tasavälein. Peitteellä: sen ensimmäisen sanan alku.",
        ),
        seconds(
            "end_s",
            "End, found as the start; of a mask, of its last word.",
            "Loppu samoin kuin alku; peitteellä sen viimeisen sanan loppu.",
        ),
        Column("word", "string", "The word.", "Sana."),
        probability("confidence", "How sure the word is.", "Sanan varmuus.", nullable=False),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table for table in (SESSIONS, PEOPLE, ATTENDANCE, TURNS, WORDS, *DYNAMICS)
}


def dictionary(own: Sequence[Column] = ()) -> list[dict[str, str]]:
    """The data dictionary: one row for each column of each table, ``own`` those of the study."""
    return [
        {
            "table": table.name,
            "column": column.name,
            "type": column.type,
            "unit": column.unit,
            "nullable": "yes" if column.nullable else "no",
            "values": " | ".join(column.values),
            "description_fi": column.description_fi,
            "description_en": column.description_en,
        }
        for table in TABLES.values()
        for column in (*table.columns, *(own if table.takes_own else ()))
    ]
