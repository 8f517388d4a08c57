"""Every word that pictures and reports say of the data, in Finnish and in English."""

from __future__ import annotations

from typing import Literal, get_args

Language = Literal["fi", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

WORDS: dict[str, tuple[str, str]] = {
    # roles and kinds
    "leader": ("vetäjä", "leader"),
    "facilitator": ("fasilitaattori", "facilitator"),
    "participant": ("osallistuja", "participant"),
    "interviewer": ("haastattelija", "interviewer"),
    "unknown": ("ei tiedossa", "unknown"),
    "meeting": ("tapaaminen", "meeting"),
    "group_interview": ("ryhmähaastattelu", "group interview"),
    "turn": ("puheenvuoro", "turn"),
    "minimal_response": ("minimipalaute", "minimal response"),
    # axes and legends
    "person": ("henkilö", "person"),
    "people": ("henkilöitä", "people"),
    "session": ("istunto", "session"),
    "session_number": ("monesko istunto", "session number"),
    "group": ("ryhmä", "group"),
    "role": ("rooli", "role"),
    "minutes": ("minuuttia", "minutes"),
    "time": ("aika tallenteen alusta (min:s)", "time from the start of the recording (min:s)"),
    "at_once": ("päällekkäin", "at once"),
    "turns": ("puheenvuoroja", "turns"),
    "share_of_turns": ("osuus vuoroista", "share of turns"),
    "offset": (
        "vuoronvaihdon viive (s): väli > 0, päällekkäisyys < 0",
        "floor transfer offset (s): gap > 0, overlap < 0",
    ),
    "outside": ("rajojen ulkopuolella", "out of range"),
    "turn_length": ("vuoron pituus (s)", "length of the turn (s)"),
    "median": ("mediaani", "median"),
    "per_100_turns": ("kertaa sataa vuoroa kohti", "times per 100 turns"),
    "residual": ("jäännös: > 0 odotettua useammin", "residual: > 0 more often than expected"),
    "from": ("vuoro siirtyy henkilöltä", "the floor goes from"),
    "to": ("henkilölle", "to"),
    "talk": ("yksi puhuu", "one talks"),
    "overlap": ("useampi puhuu", "several talk"),
    "silence": ("kukaan ei puhu", "nobody talks"),
    "n_interruptions_successful": ("keskeyttää\nja saa vuoron", "interrupts and\ngets the floor"),
    "n_interruptions_unsuccessful": (
        "keskeyttää, ei\nsaa vuoroa",
        "interrupts, does\nnot get it",
    ),
    "n_interrupted_successfully": (
        "keskeytetään,\nmenettää vuoron",
        "is interrupted,\nloses the floor",
    ),
    "n_interrupted_unsuccessfully": (
        "keskeytetään,\npitää vuoron",
        "is interrupted,\nkeeps the floor",
    ),
    "n_overlaps_cooperative": ("myötäilee\npäällekkäin", "overlaps\ncooperatively"),
    "here": ("puhuu", "talks"),
    "absent": ("ei puhetta", "no talk"),
    "code": ("koodi", "code"),
    "occurrences": ("esiintymiä", "occurrences"),
    "nothing": ("Ei aineistoa", "No data"),
    # measures
    "speaking_share": ("osuus puheajasta", "share of the talking time"),
    "gini_speech": ("puheajan epätasaisuus (Gini)", "inequality of talking time (Gini)"),
    "entropy_speech": ("puheajan tasaisuus (entropia)", "evenness of talking time (entropy)"),
    "gini_turns": ("vuorojen epätasaisuus (Gini)", "inequality of turns (Gini)"),
    "entropy_turns": ("vuorojen tasaisuus (entropia)", "evenness of turns (entropy)"),
    "reciprocity": ("vastavuoroisuus", "reciprocity"),
    "leader_speaking_share": ("vetäjän osuus puheajasta", "leader's share of talking time"),
    "facilitator_speaking_share": (
        "fasilitaattorin osuus puheajasta",
        "facilitator's share of talking time",
    ),
    "interviewer_speaking_share": (
        "haastattelijan osuus puheajasta",
        "interviewer's share of talking time",
    ),
    "fto_mean_s": ("vuoronvaihdon viive, keskiarvo (s)", "floor transfer offset, mean (s)"),
    "fto_median_s": ("vuoronvaihdon viive, mediaani (s)", "floor transfer offset, median (s)"),
    "turn_median_s": ("vuoron pituus, mediaani (s)", "length of turns, median (s)"),
    "turn_mean_s": ("vuoron pituus, keskiarvo (s)", "length of turns, mean (s)"),
    "n_floor_transfers": ("vuoronvaihtoja", "floor transfers"),
    "n_lapses": ("katkoja", "lapses"),
    "silence_share": ("hiljaisuutta tallenteesta", "silence in the recording"),
    "overlap_share": ("päällekkäistä puhetta", "simultaneous talk"),
    "speech_rate": ("puhenopeus (sanaa/min)", "speech rate (words/min)"),
    # titles
    "title_shares": ("Kuka puhuu", "Who talks"),
    "title_shares_over": ("Osuudet puheajasta istunnoittain", "Shares of talking time by session"),
    "title_role_shares": ("Roolien osuudet puheajasta", "Shares of talking time by role"),
    "title_attendance": ("Osallistuminen", "Attendance"),
    "title_network": ("Kuka saa vuoron kenenkin jälkeen", "Who takes the floor after whom"),
    "title_timeline": ("Istunnon kulku", "The course of the session"),
    "title_offsets": ("Vuoronvaihdon viiveet", "Floor transfer offsets"),
    "title_lengths": ("Vuorojen pituudet", "Lengths of turns"),
    "title_overlaps": ("Päällekkäisyydet ja keskeytykset", "Overlaps and interruptions"),
    "title_time_use": ("Puhe, päällekkäisyys ja hiljaisuus", "Talk, overlap and silence"),
    "title_codes": ("Koodien osuudet vuoroista", "Shares of turns by code"),
    "title_words": ("Yleisimmät sanat", "The most frequent words"),
}


def word(key: str, language: Language) -> str:
    """What ``key`` is called; a value that has no entry, such as a person's id, is its own name."""
    return WORDS[key][LANGUAGES.index(language)] if key in WORDS else key


def heading(key: str, language: Language) -> str:
    """The same as the beginning of a line."""
    said = word(key, language)
    return said[:1].upper() + said[1:]


def number(value: float, digits: int, language: Language) -> str:
    """With a comma in Finnish, a point in English, and a true minus sign."""
    text = f"{value + 0.0:.{digits}f}".replace("-", "−")
    if not any(digit in text for digit in "123456789"):
        text = text.removeprefix("−")
    return text.replace(".", ",") if language == "fi" else text


def percent(share: float, language: Language, digits: int = 0) -> str:
    """A share of 0–1 as per cent."""
    return f"{number(100 * share, digits, language)} %"


def clock(seconds: float) -> str:
    """``3725.4`` as ``62:05``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
