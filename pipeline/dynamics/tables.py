"""The public tables of turn-taking, declared; ``pipeline.tables`` lists them with the others."""

from __future__ import annotations

from pipeline.dataset.columns import Column, Table, count, probability, seconds

RATE = "words/min"

_SESSION = Column(
    "session_id", "string", "The session.", "Istunnon tunnus.", references="sessions.session_id"
)


def _person(name: str, en: str, fi: str) -> Column:
    return Column(name, "string", en, fi, references="people.person_id")


def _maybe_s(name: str, en: str, fi: str, *, signed: bool = False) -> Column:
    return seconds(name, en, fi, signed=signed, nullable=True)


_SPEECH_RATE = Column(
    "speech_rate",
    "float64",
    "Recognised words a minute of turns, pauses included, over turns with words (Goldman-Eisler "
    "1968); a masked name counts as the words of its mask. Null without words.",
    "Tunnistettuja sanoja minuutissa, tauot mukana, niistä vuoroista joissa on sanoja "
    "(Goldman-Eisler 1968); peitetty nimi lasketaan peitteen sanoina. Tyhjä, jos sanoja ei ole.",
    unit=RATE,
    minimum=0,
    nullable=True,
)
_SHIFTS = (
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
        "Participation shifts AB-XA, turn usurping (Gibson 2003): somebody else than the assumed "
        "addressee takes the floor. Assumed: a speaker addresses the previous floor holder.",
        "Osallistumisen siirtymät AB-XA, vuoron kaappaus (Gibson 2003): vuoron ottaa joku muu kuin "
        "oletettu vastaanottaja. Oletus: puhe osoitetaan edelliselle haltijalle.",
    ),
)

DYNAMICS_SESSION = Table(
    "dynamics_session",
    "Turn-taking of one session a row.",
    "Rivi on yhden istunnon vuorottelu.",
    key=("session_id",),
    sort_by=("session_id",),
    columns=(
        _SESSION,
        count(
            "n_people",
            "People with a row in turns, the N of all measures; silent attendees are not known.",
            "Henkilöt, joilla on rivi turns-taulussa: kaikkien mittojen N. Vaienneita ei tunneta.",
        ),
        count(
            "n_floor_transfers",
            "Turns that take the floor from another person; no minimal responses, no turns within "
            "another's (Heldner & Edlund 2010).",
            "Vuorot, jotka saavat puheenvuoron toiselta henkilöltä; ei minimipalautteita eikä "
            "toisen vuoron sisäisiä vuoroja (Heldner & Edlund 2010).",
        ),
        _maybe_s(
            "fto_mean_s",
            "Mean floor transfer offset: start of a turn minus end of the previous floor holder's "
            "(Heldner & Edlund 2010). Null without transfers.",
            "Vuoronvaihdon viiveen keskiarvo: vuoron alku miinus edellisen haltijan vuoron loppu "
            "(Heldner & Edlund 2010). Tyhjä, jos vaihtoja ei ole.",
            signed=True,
        ),
        _maybe_s(
            "fto_q25_s",
            "Lower quartile of the floor transfer offset.",
            "Vuoronvaihdon viiveen alakvartiili.",
            signed=True,
        ),
        _maybe_s(
            "fto_median_s",
            "Median of the floor transfer offset.",
            "Vuoronvaihdon viiveen mediaani.",
            signed=True,
        ),
        _maybe_s(
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
            "Vuorojen väliset päällekkäisyydet: negatiivisen viiveen vaihdot (Heldner & Edlund "
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
            "Vuorojen sisäiset päällekkäisyydet: minimipalautteet ja toisen vuoron sisäiset "
            "vuorot, joiden aikana vuoron haltijakin puhuu (Heldner & Edlund 2010).",
        ),
        seconds(
            "overlap_within_s",
            "Time in which both talk in those, from the regular diarisation.",
            "Aika, jolloin niissä molemmat puhuvat (regular-diarisaatiosta).",
        ),
        count(
            "n_interruptions_successful",
            "Turns that begin while the floor holder talks, overlap for 0.5 s or longer, and get "
            "the floor: simple interruptions (Ferguson 1977), from the regular diarisation.",
            "Vuorot, jotka alkavat haltijan puhuessa, ovat päällekkäin vähintään 0,5 s ja saavat "
            "vuoron: onnistuneet keskeytykset (Ferguson 1977), regular-diarisaatiosta.",
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
            "Yhteistyötä tekevät päällekkäisyydet, jotka eivät kilpaile vuorosta (Schegloff 2000): "
            "minimipalautteet haltijan puhuessa, ja haltijan puhuessa alkavat vuorot, jotka ovat "
            "päällekkäin alle 0,5 s.",
        ),
        probability(
            "gini_speech",
            "Inequality of talking time: Gini coefficient times N / (N - 1) (Gini 1912; Deltas "
            "2003); 0 all equal, 1 one has all. Null for fewer than two people.",
            "Puheajan epätasaisuus: Gini-kerroin kertaa N / (N - 1) (Gini 1912; Deltas 2003); 0 "
            "kaikilla yhtä paljon, 1 yhdellä kaikki. Tyhjä, jos henkilöitä on alle kaksi.",
        ),
        probability(
            "entropy_speech",
            "Evenness of talking time: entropy by its maximum ln N (Shannon 1948; Pielou 1966); 1 "
            "all equal. Null for fewer than two people.",
            "Puheajan tasaisuus: entropia jaettuna suurimmallaan ln N (Shannon 1948; Pielou 1966); "
            "1 kaikilla yhtä paljon. Tyhjä, jos henkilöitä on alle kaksi.",
        ),
        probability(
            "gini_turns",
            "Inequality of the numbers of turns, as gini_speech; null without turns.",
            "Vuorojen määrän epätasaisuus, kuten gini_speech; tyhjä, jos vuoroja ei ole.",
        ),
        probability(
            "entropy_turns",
            "Evenness of the numbers of turns, as entropy_speech; null without turns.",
            "Vuorojen määrän tasaisuus, kuten entropy_speech; tyhjä, jos vuoroja ei ole.",
        ),
        probability(
            "reciprocity",
            "Share of floor transfers that one in the other direction answers (Squartini et al. "
            "2013). Null without transfers.",
            "Osuus vuoronvaihdoista, joita vastaa vastakkaissuuntainen (Squartini ym. 2013). "
            "Tyhjä, jos vaihtoja ei ole.",
        ),
        *_SHIFTS,
        _maybe_s(
            "turn_mean_s",
            "Mean length of turns, pauses included; null without turns.",
            "Vuorojen keskipituus tauot mukana; tyhjä, jos vuoroja ei ole.",
        ),
        _maybe_s("turn_q25_s", "Lower quartile of turn lengths.", "Vuoron pituuden alakvartiili."),
        _maybe_s("turn_median_s", "Median of turn lengths.", "Vuoron pituuden mediaani."),
        _maybe_s("turn_q75_s", "Upper quartile of turn lengths.", "Vuoron pituuden yläkvartiili."),
        _maybe_s("turn_max_s", "The longest turn.", "Pisin vuoro."),
        probability(
            "silence_share",
            "Share of the recording in which nobody talks, from the regular diarisation.",
            "Osuus tallenteesta, jolloin kukaan ei puhu (regular-diarisaatiosta).",
        ),
        probability(
            "overlap_share",
            "Share of the talk in which two or more talk at once, from the regular diarisation. "
            "Null without talk.",
            "Osuus puheesta, jolloin kaksi tai useampi puhuu yhtä aikaa (regular-diarisaatiosta). "
            "Tyhjä, jos puhetta ei ole.",
        ),
        _SPEECH_RATE,
    ),
)

DYNAMICS_PERSON = Table(
    "dynamics_person",
    "Turn-taking of one person in one session a row.",
    "Rivi on yhden henkilön vuorottelu yhdessä istunnossa.",
    key=("session_id", "person_id"),
    sort_by=("session_id", "person_id"),
    columns=(
        _SESSION,
        _person("person_id", "Who talks.", "Kuka puhuu."),
        count(
            "n_turns",
            "Turns; minimal responses not counted.",
            "Puheenvuorot ilman minimipalautteita.",
        ),
        probability(
            "turn_share",
            "Share of the session's turns; null if it has none.",
            "Osuus istunnon vuoroista; tyhjä, jos niitä ei ole.",
        ),
        seconds(
            "speech_s",
            "Talking time: durations of the person's rows in turns less their pauses.",
            "Puheaika: henkilön turns-rivien kestot ilman taukoja.",
        ),
        probability(
            "speaking_share",
            "Share of all people's talking times; null if there are none.",
            "Osuus kaikkien puheajoista; tyhjä, jos niitä ei ole.",
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
        _maybe_s(
            "fto_mean_s",
            "Mean floor transfer offset of the turns by which the person takes the floor (Heldner "
            "& Edlund 2010); null if there are none.",
            "Vuoronvaihdon viiveen keskiarvo vuoroista, joilla henkilö saa vuoron (Heldner & "
            "Edlund 2010); tyhjä, jos niitä ei ole.",
            signed=True,
        ),
        _maybe_s(
            "fto_median_s",
            "Their median floor transfer offset.",
            "Niiden viiveen mediaani.",
            signed=True,
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
            "Henkilön aloittamat yhteistyötä tekevät päällekkäisyydet (Schegloff 2000; määritelty "
            "taulussa dynamics_session).",
        ),
        count(
            "n_minimal_responses_given",
            "Minimal responses that the person gives (Yngve 1970).",
            "Henkilön antamat minimipalautteet (Yngve 1970).",
        ),
        count(
            "n_minimal_responses_received",
            "Minimal responses of others while the person is the last to have taken the floor "
            "(Yngve 1970).",
            "Muiden minimipalautteet, kun henkilö on viimeksi saanut vuoron (Yngve 1970).",
        ),
        *_SHIFTS,
        _maybe_s(
            "turn_mean_s",
            "Mean length of the person's turns, pauses included; null without turns.",
            "Henkilön vuorojen keskipituus tauot mukana; tyhjä, jos vuoroja ei ole.",
        ),
        _maybe_s("turn_median_s", "Median of turn lengths.", "Vuoron pituuden mediaani."),
        _maybe_s("turn_max_s", "The person's longest turn.", "Henkilön pisin vuoro."),
        _SPEECH_RATE,
    ),
)

TRANSITIONS = Table(
    "transitions",
    "How often one person takes the floor after another in one session a row: each ordered pair of "
    "people, those that never occur too.",
    "Rivi kertoo, kuinka usein henkilö saa vuoron toisen jälkeen yhdessä istunnossa: kaikki parit "
    "kumpaankin suuntaan, nekin joita ei esiinny.",
    key=("session_id", "from_person_id", "to_person_id"),
    sort_by=("session_id", "from_person_id", "to_person_id"),
    columns=(
        _SESSION,
        _person("from_person_id", "Who yields the floor.", "Keneltä vuoro siirtyy."),
        _person("to_person_id", "Who takes the floor.", "Kenelle vuoro siirtyy."),
        count("n", "Floor transfers from the one to the other.", "Vuoronvaihdot tähän suuntaan."),
        Column(
            "expected",
            "float64",
            "Count to expect if the next did not depend on the last, as nobody follows themselves: "
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
