"""What the pages say around the pictures, in Finnish and in English."""

from __future__ import annotations

from pipeline.reports.plots.captions import LANGUAGES, WORDS, Language

TEXTS: dict[str, tuple[str, str]] = {
    "session_title": ("Istunto {0}", "Session {0}"),
    "group_title": ("Ryhmä {0}", "Group {0}"),
    "made_from": (
        "Tehty aineistosta, jossa on vain peitetunnuksia; puhetta tällä sivulla ei ole.",
        "Made from the data set, which has pseudonyms only; nothing that was said is on this page.",
    ),
    # facts
    "kind": ("laji", "kind"),
    "duration": ("kesto", "length"),
    "language": ("kieli", "language"),
    "n_people": ("henkilöitä", "people"),
    "n_turns": ("vuoroja", "turns"),
    "n_minimal_responses": ("minimipalautteita", "minimal responses"),
    "flags": ("huomautukset", "flags"),
    "to_know": ("Mitä tästä istunnosta on syytä tietää", "What to know of this session"),
    "matter": ("huomautus", "flag"),
    "to_do": ("mitä tehdä", "what to do"),
    "names_open": (
        "Nimiä ei ole vielä tarkistettu näissä istunnoissa: {0}; aja `vuoro review names`.",
        "Names not reviewed yet in these sessions: {0}; run `vuoro review names`.",
    ),
    "names_review": ("nimien tarkistus", "review of names"),
    "meetings": ("tapaamisia", "meetings"),
    "interviews": ("ryhmähaastatteluja", "group interviews"),
    "hours": ("tallenteita (h:min)", "recordings (h:min)"),
    "none": ("–", "–"),
    # sections
    "who_talks": ("Puheaika", "Talking time"),
    "course": ("Vuorot ajassa", "Turns in time"),
    "course_told": (
        "Jokaisella henkilöllä on oma rivinsä. Palkki on puheenvuoro, pystyviiva minimipalaute "
        "(joo, mm); alin rivi näyttää, milloin vuoroja on käynnissä useita.",
        "Each person has a row. A bar is a turn, a stroke a minimal response (yeah, mm); the "
        "lowest row shows when several turns run at once.",
    ),
    "who_follows": ("Vuoron siirtymät", "Floor transfers"),
    "follows_told": (
        "Nuoli on sitä paksumpi, mitä useammin vuoro siirtyi. Väri kertoo, oliko se yleisempää vai "
        "harvinaisempaa kuin vuorojen määristä voisi odottaa; katkoviiva: harvinaisempaa.",
        "An arrow is the wider the more often the floor went that way. Its colour tells whether "
        "that was more or less often than the numbers of turns let expect; dashed: less often.",
    ),
    "turn_taking": ("Vuorottelu", "Turn-taking"),
    "measures": ("Mitat", "Measures"),
    "measures_told": ("Suluissa 95 %:n väli.", "In brackets the 95 % interval."),
    "definitions": ("Mittojen määritelmät", "Definitions of the measures"),
    "meetings_section": ("Tapaamiset", "Meetings"),
    "interviews_section": ("Ryhmähaastattelut", "Group interviews"),
    "attendance": ("Keitä on paikalla", "Who is there"),
    "attendance_told": (
        "Täysi ympyrä: henkilön puhetta on istunnossa. Paikalla ollut, joka ei puhu, ei näy.",
        "A full circle: the person talks in the session. Whoever was there but does not talk "
        "cannot be seen.",
    ),
    "comparison": ("Istunnosta toiseen ja ryhmien välillä", "Over sessions and between groups"),
    "comparison_told": (
        "Ryhmät ovat vain tunnuksia; muut kuin tämä ryhmä ovat harmaita. Taulukossa ovat ryhmien "
        "keskiarvot istuntojen yli.",
        "Groups are codes only; those other than this one are grey. The table has the means of "
        "the groups over their sessions.",
    ),
    "no_others": (
        "Aineistossa ei ole muita ryhmiä, joihin verrata.",
        "The data set has no other group to compare with.",
    ),
    "no_talk": (
        "Tässä istunnossa ei ole tunnistettua puhetta.",
        "No talk was recognised in this session.",
    ),
    "how_made": ("Miten luvut on saatu", "How the figures were made"),
    "how_made_told": (
        "Puhujat, sanat ja vuorot on tunnistettu koneellisesti, ja niissä on virheitä. 95 %:n väli "
        "kertoo, kuinka paljon mitta vaihtelisi: vuorot on poimittu uudelleen jaksoina (Künsch "
        "1989) ja annettu toiselle sitä useammin, mitä epävarmempi puhuja on. Havaitsematta "
        "jäänyt puhe ei ole siinä mukana.",
        "Speakers, words and turns were recognised by machine, and have errors. The 95 % interval "
        "tells how far a measure would vary: turns were resampled in blocks (Künsch 1989), each "
        "given to somebody else as often as its speaker is in doubt. Talk that was missed is not "
        "allowed for.",
    ),
    "models": ("mallit", "models"),
    "settings": ("asetusten tiiviste", "digest of the settings"),
    # heads of tables
    "measure": ("mitta", "measure"),
    "value": ("arvo", "value"),
    "definition": ("määritelmä", "definition"),
    "n_sessions": ("istuntoja", "sessions"),
    "interrupts": ("keskeyttää ja saa vuoron", "interrupts, gets the floor"),
    "interrupted": ("keskeytetään, menettää vuoron", "is interrupted, loses it"),
    "given": ("palautetta antaa", "responses given"),
    "received": ("palautetta saa", "responses received"),
}


def text(key: str, language: Language, *values: str) -> str:
    """What a page says by ``key``, which may be one of the pictures' words, too."""
    said = (TEXTS | WORDS).get(key)
    return key if said is None else said[LANGUAGES.index(language)].format(*values)
