"""The public tables of the people of a group; ``pipeline.tables`` lists them with the others."""

from __future__ import annotations

from pipeline.tables.columns import Column, Table, count, seconds
from pipeline.tables.place import GROUP_ID, KIND, SESSION_ID, SESSION_NUMBER
from pipeline.tables.values import CONSENTS, IDENTIFIED_BY, IDENTITIES, ROLES

PEOPLE = Table(
    "people",
    "One person of one group a row, known only by a pseudonym. A facilitator may be in several "
    "groups.",
    "Rivi on yksi ryhmän henkilö, josta tiedetään vain peitetunnus. Fasilitaattori voi olla "
    "useassa ryhmässä.",
    key=("group_id", "person_id"),
    sort_by=("person_id",),
    scope="group",
    takes_own=True,
    columns=(
        Column(
            "person_id",
            "string",
            "Pseudonym of the person: H07 is [Henkilö 7] of the talk; G07-P1 is a person whom no "
            "roster names; G07-S02-U1 is of that session alone.",
            "Henkilön peitetunnus: H07 on puheen [Henkilö 7]; G07-P1 on joku, jota mikään "
            "jäsenluettelo ei nimeä; G07-S02-U1 on vain siitä istunnosta.",
        ),
        Column(
            "group_id",
            "string",
            "The person's group.",
            "Henkilön ryhmä.",
            references="sessions.group_id",
        ),
        Column(
            "role",
            "string",
            "Role in the group.",
            "Rooli ryhmässä: vetäjä, fasilitaattori, osallistuja, haastattelija, ei tiedossa.",
            values=ROLES,
        ),
        Column(
            "identity",
            "string",
            "How it is known who this is: named in the group's roster; told from the others by "
            "voice; or unknown, and then of one session alone.",
            "Mistä henkilö tiedetään: ryhmän jäsenluettelosta (roster), äänestä muista erotettuna "
            "(voice), tai ei tiedetä (unknown): silloin hän on vain yhdessä istunnossa.",
            values=IDENTITIES,
        ),
        Column(
            "consent",
            "string",
            "Consent as the group's roster has it: yes; no, also where it was withdrawn; unknown "
            "where none is recorded or no roster names the person.",
            "Suostumus ryhmän jäsenluettelon mukaan: kyllä (yes); ei (no), myös jos se on peruttu; "
            "ei tiedossa (unknown), jos sitä ei ole merkitty tai henkilö ei ole jäsenluettelossa.",
            values=CONSENTS,
        ),
        count(
            "n_sessions",
            "Sessions of the group in which the person has a row in turns.",
            "Ryhmän istunnot, joista henkilöllä on rivi turns-taulussa.",
        ),
        count(
            "n_turns",
            "Turns in the group; minimal responses not counted.",
            "Puheenvuorot ryhmässä ilman minimipalautteita.",
        ),
        seconds(
            "speech_s",
            "Talking time in the group: durations of the person's rows in turns less their pauses.",
            "Puheaika ryhmässä: henkilön turns-rivien kestot ilman taukoja.",
        ),
    ),
)

ATTENDANCE = Table(
    "attendance",
    "Each person of a group in each session of the group a row; a person of one session alone "
    "only in that.",
    "Rivi on yksi ryhmän henkilö yhdessä ryhmän istunnossa: kaikki henkilöt ja istunnot; vain "
    "yhteen istuntoon kuuluva henkilö vain siinä.",
    key=("session_id", "person_id"),
    sort_by=("session_id", "person_id"),
    scope="group",
    columns=(
        GROUP_ID,
        Column("person_id", "string", "The person.", "Henkilö.", references="people.person_id"),
        SESSION_ID,
        SESSION_NUMBER,
        KIND,
        Column(
            "role",
            "string",
            "Role in this session; that in the group where the session does not tell.",
            "Rooli tässä istunnossa; rooli ryhmässä, jos istunnosta ei selviä.",
            values=ROLES,
        ),
        Column(
            "present",
            "bool",
            "Whether the person has a row in turns of the session. A person who was there but was "
            "never heard to talk counts as absent.",
            "Onko henkilöllä rivi istunnon turns-taulussa. Paikalla ollut, jonka ei kuultu "
            "puhuvan, on poissa.",
        ),
        Column(
            "identified_by",
            "string",
            "How it is known that it is this person: a human said so; by voice; new, unlike "
            "anybody known; or unknown. Null if absent.",
            "Mistä tiedetään, että hän se on: ihminen sanoi (human), äänestä (voice), uusi, ei "
            "kenenkään tunnetun kaltainen (new), ei tiedetä (unknown). Tyhjä, jos poissa.",
            nullable=True,
            values=IDENTIFIED_BY,
        ),
        Column(
            "similarity",
            "float64",
            "How alike the voice is to the person's (cosine); null if absent or if there was "
            "nothing to compare with.",
            "Kuinka lähellä ääni on henkilön ääntä (kosini); tyhjä, jos poissa tai vertailukohtaa "
            "ei ollut.",
            nullable=True,
            minimum=-1,
            maximum=1,
        ),
        Column(
            "margin",
            "float64",
            "How much less alike the next best choice was; null as similarity.",
            "Kuinka paljon kauempana seuraavaksi paras vaihtoehto oli; tyhjä kuten similarity.",
            nullable=True,
        ),
        count(
            "n_turns",
            "Turns in the session; minimal responses not counted. Null if absent: who was not "
            "there had no turn to take.",
            "Puheenvuorot istunnossa ilman minimipalautteita. Tyhjä, jos poissa: poissa olleella "
            "ei ollut vuoroa otettavana.",
            nullable=True,
        ),
        seconds(
            "speech_s",
            "Talking time in the session: durations of the person's rows in turns less their "
            "pauses. Null if absent.",
            "Puheaika istunnossa: henkilön turns-rivien kestot ilman taukoja. Tyhjä, jos poissa.",
            nullable=True,
        ),
    ),
)
