"""The texts of pages around the pictures."""

from __future__ import annotations

from pipeline.reports.plots.captions import word
from pipeline.texts import Language, Text

NONE = "–"  # where a value is missing

TEXTS: dict[str, Text] = {
    "session_title": Text("Session {session_id}"),
    "group_title": Text("Group {group_id}"),
    "made_from": Text(
        "Made from the data set, which holds pseudonyms only; nothing that was said is on "
        "this page."
    ),
    # facts
    "kind": Text("kind"),
    "duration": Text("length"),
    "language": Text("language"),
    "n_people": Text("people"),
    "n_turns": Text("turns"),
    "n_minimal_responses": Text("minimal responses"),
    "flags": Text("flags"),
    "to_know": Text("What to know about this session"),
    "matter": Text("flag"),
    "to_do": Text("what to do"),
    "names_open": Text(
        "Names not reviewed yet in these sessions: {sessions}; run `vuoro review names`."
    ),
    "names_review": Text("review of names"),
    "meetings": Text("meetings"),
    "interviews": Text("group interviews"),
    "hours": Text("recordings (h:min)"),
    # sections
    "who_talks": Text("Talking time"),
    "course": Text("Turns in time"),
    "course_told": Text(
        "Each person has a row. A bar is a turn, a stroke a minimal response (yeah, mm); the "
        "lowest row shows when several turns run at once."
    ),
    "who_follows": Text("Floor transfers"),
    "follows_told": Text(
        "The wider an arrow, the more often the floor went that way. Its colour tells whether"
        " that was more or less often than the numbers of turns predict; dashed: less often."
    ),
    "turn_taking": Text("Turn-taking"),
    "measures": Text("Measures"),
    "measures_told": Text("In brackets, the 95 per cent confidence interval."),
    "definitions": Text("Definitions of the measures"),
    "meetings_section": Text("Meetings"),
    "interviews_section": Text("Group interviews"),
    "attendance": Text("Who is there"),
    "attendance_told": Text(
        "A full circle: the person talks in the session. A person who was there and did not "
        "talk is not shown."
    ),
    "comparison": Text("Over sessions and between groups"),
    "comparison_told": Text(
        "Groups are shown by code only; other groups than this one are grey. The table has "
        "the means of each group over its sessions."
    ),
    "no_others": Text("The data set has no other group to compare with."),
    "no_talk": Text("No talk was recognised in this session."),
    "how_made": Text("How the figures were made"),
    "how_made_told": Text(
        "Speakers, words and turns were recognised by machine and contain errors. The 95 per cent "
        "confidence interval tells how far a measure would vary: turns were resampled in "
        "blocks (Künsch 1989), and each was given to another person as often as its speaker "
        "is in doubt. "
        "The interval does not cover talk that was not recognised."
    ),
    "models": Text("models"),
    "settings": Text("settings digest"),
    # heads of tables
    "measure": Text("measure"),
    "value": Text("value"),
    "definition": Text("definition"),
    "n_sessions": Text("sessions"),
    "interrupts": Text("interrupts, gets the floor"),
    "interrupted": Text("is interrupted, loses it"),
    "given": Text("responses given"),
    "received": Text("responses received"),
}


def text(key: str, language: Language, **values: str) -> str:
    """The text for ``key``, which may also be one of the pictures' words."""
    said = TEXTS.get(key)
    return word(key, language) if said is None else said.filled(**values).to(language)
