"""The public tables of turn-taking; ``pipeline.tables`` lists them with the others."""

from __future__ import annotations

from pipeline.tables.columns import Column, Table, count
from pipeline.tables.dynamics_columns import SESSION, person, role
from pipeline.tables.person_table import DYNAMICS_PERSON
from pipeline.tables.session_table import DYNAMICS_SESSION

TRANSITIONS = Table(
    "transitions",
    "How often one person takes the floor after another in one session a row: each ordered pair of "
    "people, those that never occur too.",
    "Rivi kertoo, kuinka usein henkilö saa vuoron toisen jälkeen yhdessä istunnossa: kaikki parit "
    "kumpaankin suuntaan, nekin joita ei esiinny.",
    key=("session_id", "from_person_id", "to_person_id"),
    sort_by=("session_id", "from_person_id", "to_person_id"),
    columns=(
        *SESSION,
        person("from_person_id", "Who yields the floor.", "Keneltä vuoro siirtyy."),
        role("from_role", "Their role in this session.", "Hänen roolinsa tässä istunnossa."),
        person("to_person_id", "Who takes the floor.", "Kenelle vuoro siirtyy."),
        role("to_role", "Their role in this session.", "Hänen roolinsa tässä istunnossa."),
        count("n", "Floor transfers from the one to the other.", "Vuoronvaihdot tähän suuntaan."),
        Column(
            "expected",
            "float64",
            "Count to expect if the next did not depend on the last, as no one follows themselves: "
            "quasi-independence (Goodman 1968; Bakeman & Gottman 1997).",
            "Odotettu määrä, jos seuraava ei riippuisi edellisestä, kun kukaan ei seuraa itseään: "
            "kvasiriippumattomuus (Goodman 1968; Bakeman & Gottman 1997).",
            minimum=0,
        ),
        Column(
            "residual",
            "float64",
            "Pearson residual, (n - expected) / √expected: above 0 more often than expected "
            "(Bakeman & Gottman 1997). Null where none is expected.",
            "Pearsonin jäännös, (n - expected) / √expected: yli 0 odotettua useammin (Bakeman & "
            "Gottman 1997). Tyhjä, jos odotettu on 0.",
            nullable=True,
        ),
    ),
)

DYNAMICS = (DYNAMICS_SESSION, DYNAMICS_PERSON, TRANSITIONS)
