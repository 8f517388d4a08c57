"""The public table of the turn-taking of people, declared."""

from __future__ import annotations

from pipeline.tables.columns import Table, count, probability, seconds
from pipeline.tables.dynamics_columns import (
    SESSION,
    SHIFTS,
    SPEECH_RATE,
    maybe_s,
    person,
    role,
    with_interval,
)

DYNAMICS_PERSON = Table(
    "dynamics_person",
    "Turn-taking of one person in one session a row.",
    "Rivi on yhden henkilön vuorottelu yhdessä istunnossa.",
    key=("session_id", "person_id"),
    sort_by=("session_id", "person_id"),
    columns=(
        *SESSION,
        person("person_id", "Who talks.", "Kuka puhuu."),
        role("role", "Role in this session.", "Rooli tässä istunnossa."),
        count(
            "n_turns",
            "Turns; minimal responses not counted.",
            "Puheenvuorot ilman minimipalautteita.",
        ),
        *with_interval(
            probability(
                "turn_share",
                "Share of the session's turns; null if it has none.",
                "Osuus istunnon vuoroista; tyhjä, jos niitä ei ole.",
            )
        ),
        seconds(
            "speech_s",
            "Talking time: durations of the person's rows in turns less their pauses.",
            "Puheaika: henkilön turns-rivien kestot ilman taukoja.",
        ),
        *with_interval(
            probability(
                "speaking_share",
                "Share of all people's talking times; null if there are none.",
                "Osuus kaikkien puheajoista; tyhjä, jos niitä ei ole.",
            )
        ),
        count(
            "n_floor_taken",
            "Floor transfers to the person (Heldner & Edlund 2010).",
            "Vuoronvaihdot henkilölle (Heldner & Edlund 2010).",
        ),
        count(
            "n_floor_yielded",
            "Floor transfers from the person.",
            "Vuoronvaihdot henkilöltä.",
        ),
        *with_interval(
            maybe_s(
                "fto_mean_s",
                "Mean floor transfer offset of the turns by which the person takes the floor "
                "(de Ruiter, Mitterer & Enfield 2006); null if there are none.",
                "Vuoronvaihdon viiveen keskiarvo vuoroista, joilla henkilö saa vuoron (de Ruiter, "
                "Mitterer & Enfield 2006); tyhjä, jos niitä ei ole.",
                signed=True,
            )
        ),
        *with_interval(
            maybe_s(
                "fto_median_s",
                "Their median floor transfer offset.",
                "Niiden viiveen mediaani.",
                signed=True,
            )
        ),
        seconds(
            "pause_s",
            "Silence within the person's turns.",
            "Hiljaisuus henkilön vuorojen sisällä.",
        ),
        count(
            "n_interruptions_successful",
            "Times the person interrupts and gets the floor (Ferguson 1977; defined in "
            "dynamics_session).",
            "Kuinka usein henkilö keskeyttää ja saa vuoron (Ferguson 1977; määritelty taulussa "
            "dynamics_session).",
        ),
        count(
            "n_interruptions_unsuccessful",
            "Times the person interrupts and does not get the floor (Ferguson 1977).",
            "Kuinka usein henkilö keskeyttää saamatta vuoroa (Ferguson 1977).",
        ),
        count(
            "n_interrupted_successfully",
            "Times the person is interrupted and loses the floor.",
            "Kuinka usein henkilö keskeytetään ja hän menettää vuoron.",
        ),
        count(
            "n_interrupted_unsuccessfully",
            "Times the person is interrupted and keeps the floor.",
            "Kuinka usein henkilö keskeytetään mutta hän pitää vuoron.",
        ),
        count(
            "n_overlaps_cooperative",
            "Cooperative overlaps that the person begins (Schegloff 2000; defined in "
            "dynamics_session).",
            "Henkilön aloittamat myötäilevät päällekkäispuhunnat (Schegloff 2000; määritelty "
            "taulussa dynamics_session).",
        ),
        *with_interval(
            count(
                "n_minimal_responses_given",
                "Minimal responses that the person gives (Yngve 1970).",
                "Henkilön antamat minimipalautteet (Yngve 1970).",
            )
        ),
        *with_interval(
            count(
                "n_minimal_responses_received",
                "Minimal responses of others while the person is the last to have taken the floor "
                "(Yngve 1970).",
                "Muiden minimipalautteet, kun henkilö on viimeksi saanut vuoron (Yngve 1970).",
            )
        ),
        *SHIFTS,
        *with_interval(
            maybe_s(
                "turn_mean_s",
                "Mean length of the person's turns, pauses included; null without turns.",
                "Henkilön vuorojen keskipituus tauot mukana; tyhjä, jos vuoroja ei ole.",
            )
        ),
        *with_interval(
            maybe_s("turn_median_s", "Median of turn lengths.", "Vuoron pituuden mediaani.")
        ),
        maybe_s("turn_max_s", "The person's longest turn.", "Henkilön pisin vuoro."),
        *with_interval(SPEECH_RATE),
    ),
)
