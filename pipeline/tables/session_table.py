"""The public table of the turn-taking of sessions, declared."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.tables.columns import Table, count, probability, seconds
from pipeline.tables.dynamics_columns import SESSION, SHIFTS, SPEECH_RATE, maybe_s, with_interval
from pipeline.tables.values import ROLES_WITH_SHARES
from pipeline.texts import Text

_FINNISH = {
    "leader": "vetäjien",
    "facilitator": "fasilitaattorien",
    "interviewer": "haastattelijoiden",
}

_ROLE_SHARES = tuple(
    column
    for role in ROLES_WITH_SHARES
    for measure in (
        probability(
            f"{role}_speaking_share",
            f"Share of all people's talking times that the {role}s of the session have, added up. "
            f"Null if no one with a row in turns is known to have the role {role}.",
            f"Istunnon {_FINNISH[role]} osuus kaikkien puheajoista, yhteenlaskettuna. Tyhjä, jos "
            "kenenkään, jolla on rivi turns-taulussa, ei tiedetä olevan tässä roolissa.",
        ),
        probability(
            f"{role}_turn_share",
            f"Share of the session's turns that the {role}s have, added up; null as "
            f"{role}_speaking_share, and without turns.",
            f"Istunnon {_FINNISH[role]} osuus vuoroista, yhteenlaskettuna; tyhjä kuten "
            f"{role}_speaking_share ja jos vuoroja ei ole.",
        ),
    )
    for column in with_interval(measure)
)

DYNAMICS_SESSION = Table(
    "dynamics_session",
    "Turn-taking of one session a row.",
    "Rivi on yhden istunnon vuorottelu.",
    key=("session_id",),
    sort_by=("session_id",),
    columns=(
        *SESSION,
        count(
            "n_people",
            "People with a row in turns, the N of all measures; silent attendees are not known.",
            "Henkilöt, joilla on rivi turns-taulussa: kaikkien tunnuslukujen N. Vaienneita ei "
            "tunneta.",
        ),
        count(
            "n_floor_transfers",
            "Turns that take the floor from another person; no minimal responses, no turns within "
            "another's (Heldner & Edlund 2010).",
            "Vuorot, jotka saavat puheenvuoron toiselta henkilöltä; ei minimipalautteita eikä "
            "toisen vuoron sisäisiä vuoroja (Heldner & Edlund 2010).",
        ),
        *with_interval(
            maybe_s(
                "fto_mean_s",
                "Mean floor transfer offset: start of a turn minus end of the previous floor "
                "holder's (de Ruiter, Mitterer & Enfield 2006). Null without transfers.",
                "Vuoronvaihdon viiveen keskiarvo: vuoron alku miinus edellisen haltijan vuoron "
                "loppu (de Ruiter, Mitterer & Enfield 2006). Tyhjä, jos vaihtoja ei ole.",
                signed=True,
            )
        ),
        maybe_s(
            "fto_q25_s",
            "Lower quartile of the floor transfer offset.",
            "Vuoronvaihdon viiveen alakvartiili.",
            signed=True,
        ),
        *with_interval(
            maybe_s(
                "fto_median_s",
                "Median of the floor transfer offset.",
                "Vuoronvaihdon viiveen mediaani.",
                signed=True,
            )
        ),
        maybe_s(
            "fto_q75_s",
            "Upper quartile of the floor transfer offset.",
            "Vuoronvaihdon viiveen yläkvartiili.",
            signed=True,
        ),
        count(
            "n_gaps",
            "Gaps: floor transfers of a positive offset that is no lapse (Sacks, Schegloff & "
            "Jefferson 1974; Heldner & Edlund 2010).",
            "Välit: vaihdot, joiden viive on positiivinen muttei katko (Sacks, Schegloff & "
            "Jefferson 1974; Heldner & Edlund 2010).",
        ),
        seconds("gap_s", "Summed length of the gaps.", "Välien yhteiskesto."),
        count(
            "n_lapses",
            "Lapses: silences longer than the setting turns.lapse_s from the end of the previous "
            "floor holder's turn to the next turn, of the same or another person (Sacks, Schegloff "
            "& Jefferson 1974). Minimal responses do not end them.",
            "Katkot: asetusta turns.lapse_s pidemmät hiljaisuudet edellisen haltijan vuoron "
            "lopusta saman tai toisen henkilön vuoroon (Sacks, Schegloff & Jefferson 1974). "
            "Minimipalaute ei päätä katkoa.",
        ),
        seconds("lapse_s", "Summed length of the lapses.", "Katkojen yhteiskesto."),
        seconds(
            "pause_s",
            "Pauses: silence within turns, summed (Sacks, Schegloff & Jefferson 1974).",
            "Tauot: hiljaisuus vuorojen sisällä yhteensä (Sacks, Schegloff & Jefferson 1974).",
        ),
        count(
            "n_overlaps_between",
            "Overlaps between turns: floor transfers of a negative offset (Heldner & Edlund 2010).",
            "Vuorojen välinen päällekkäispuhunta: negatiivisen viiveen vaihdot (Heldner & Edlund "
            "2010).",
        ),
        seconds(
            "overlap_between_s",
            "Summed length of those offsets.",
            "Näiden viiveiden yhteiskesto.",
        ),
        count(
            "n_overlaps_within",
            "Overlaps within turns: minimal responses and turns that begin and end in another's "
            "turn and during which the floor holder talks too (Heldner & Edlund 2010).",
            "Vuorojen sisäinen päällekkäispuhunta: minimipalautteet ja toisen vuoron sisäiset "
            "vuorot, joiden aikana vuoron haltijakin puhuu (Heldner & Edlund 2010).",
        ),
        seconds(
            "overlap_within_s",
            "Time in which both talk in those, from the diarisation.",
            "Aika, jolloin niissä molemmat puhuvat (puhujien erottelusta).",
        ),
        count(
            "n_interruptions_successful",
            "Turns that begin while the floor holder talks, overlap for 0.5 s or longer, and get "
            "the floor (Ferguson 1977), from the diarisation.",
            "Vuorot, jotka alkavat haltijan puhuessa, ovat päällekkäin vähintään 0,5 s ja saavat "
            "vuoron: onnistuneet keskeytykset (Ferguson 1977), puhujien erottelusta.",
        ),
        count(
            "n_interruptions_unsuccessful",
            "Turns that begin while the floor holder talks, overlap for 0.5 s or longer, and end "
            "before the holder's: butting-in interruptions (Ferguson 1977).",
            "Vuorot, jotka alkavat haltijan puhuessa, ovat päällekkäin vähintään 0,5 s ja "
            "päättyvät ennen haltijan vuoroa: epäonnistuneet keskeytykset (Ferguson 1977).",
        ),
        count(
            "n_overlaps_cooperative",
            "Cooperative overlaps, which do not compete for the floor (Schegloff 2000): minimal "
            "responses said while the holder talks, and turns that begin while the holder talks "
            "and overlap for less than 0.5 s.",
            "Myötäilevä päällekkäispuhunta, joka ei kilpaile vuorosta (Schegloff 2000): "
            "minimipalautteet haltijan puhuessa, ja haltijan puhuessa alkavat vuorot, jotka ovat "
            "päällekkäin alle 0,5 s.",
        ),
        *with_interval(
            probability(
                "gini_speech",
                "Inequality of talking time: Gini coefficient times N / (N - 1) (Gini 1912; Deltas "
                "2003); 0: all equal; 1: one person has everything. Empty with fewer than two "
                "people.",
                "Puheajan epätasaisuus: Gini-kerroin kertaa N / (N - 1) (Gini 1912; Deltas 2003); "
                "0: kaikilla yhtä paljon; 1: yhdellä kaikki. Tyhjä, jos henkilöitä on alle kaksi.",
            )
        ),
        *with_interval(
            probability(
                "entropy_speech",
                "Evenness of talking time: entropy by its maximum ln N (Shannon 1948; Pielou "
                "1966); 1: all equal. Empty with fewer than two people.",
                "Puheajan tasaisuus: entropia jaettuna suurimmallaan ln N (Shannon 1948; Pielou "
                "1966); 1: kaikilla yhtä paljon. Tyhjä, jos henkilöitä on alle kaksi.",
            )
        ),
        *with_interval(
            probability(
                "gini_turns",
                "Inequality of the numbers of turns, as gini_speech; null without turns.",
                "Vuorojen määrän epätasaisuus, kuten gini_speech; tyhjä, jos vuoroja ei ole.",
            )
        ),
        *with_interval(
            probability(
                "entropy_turns",
                "Evenness of the numbers of turns, as entropy_speech; null without turns.",
                "Vuorojen määrän tasaisuus, kuten entropy_speech; tyhjä, jos vuoroja ei ole.",
            )
        ),
        *with_interval(
            probability(
                "reciprocity",
                "Share of floor transfers that one in the other direction answers (Squartini et "
                "al. 2013). Null without transfers.",
                "Osuus vuoronvaihdoista, joita vastaa vastakkaissuuntainen (Squartini ym. 2013). "
                "Tyhjä, jos vaihtoja ei ole.",
            )
        ),
        *SHIFTS,
        *with_interval(
            maybe_s(
                "turn_mean_s",
                "Mean length of turns, pauses included; null without turns.",
                "Vuorojen keskipituus tauot mukana; tyhjä, jos vuoroja ei ole.",
            )
        ),
        maybe_s("turn_q25_s", "Lower quartile of turn lengths.", "Vuoron pituuden alakvartiili."),
        *with_interval(
            maybe_s("turn_median_s", "Median of turn lengths.", "Vuoron pituuden mediaani.")
        ),
        maybe_s("turn_q75_s", "Upper quartile of turn lengths.", "Vuoron pituuden yläkvartiili."),
        maybe_s("turn_max_s", "The longest turn.", "Pisin vuoro."),
        *_ROLE_SHARES,
        probability(
            "silence_share",
            "Share of the recording in which no one talks, from the diarisation.",
            "Osuus tallenteesta, jolloin kukaan ei puhu (puhujien erottelusta).",
        ),
        probability(
            "overlap_share",
            "Share of the talk in which two or more talk at once, from the diarisation. "
            "Null without talk.",
            "Osuus puheesta, jolloin kaksi tai useampi puhuu yhtä aikaa (puhujien "
            "erottelusta). Tyhjä, jos puhetta ei ole.",
        ),
        *with_interval(SPEECH_RATE),
    ),
)

REPORTED: Mapping[str, Text] = {
    "gini_speech": Text("inequality of talking time (Gini)"),
    "entropy_speech": Text("evenness of talking time (entropy)"),
    "gini_turns": Text("inequality of turns (Gini)"),
    "entropy_turns": Text("evenness of turns (entropy)"),
    "reciprocity": Text("reciprocity"),
    "leader_speaking_share": Text("leader's share of talking time"),
    "facilitator_speaking_share": Text("facilitator's share of talking time"),
    "interviewer_speaking_share": Text("interviewer's share of talking time"),
    "n_floor_transfers": Text("floor transfers"),
    "fto_mean_s": Text("floor transfer offset, mean (s)"),
    "fto_median_s": Text("floor transfer offset, median (s)"),
    "turn_mean_s": Text("length of turns, mean (s)"),
    "turn_median_s": Text("length of turns, median (s)"),
    "speech_rate": Text("speech rate (words/min)"),
    "overlap_share": Text("overlap in the talk"),
    "silence_share": Text("silence in the recording"),
    "n_lapses": Text("lapses"),
}
"""The measures that the report of a session shows, in order, with their labels."""
