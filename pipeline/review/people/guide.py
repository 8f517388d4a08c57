"""The guide in the sheet of people, for the person who fills it in."""

from __future__ import annotations

from pipeline.review.titles import N_ROWS
from pipeline.texts import Text

GUIDE = (
    Text("# Reviewing people"),
    N_ROWS,
    Text(
        "The workbook holds real names and talk: keep it as you keep the recordings, do not "
        "e-mail it, and remove it when you no longer need it."
    ),
    Text(
        "A row is one voice in one session. The software has told the voices apart and compared "
        "them with the group's other sessions. On top is where it is most likely wrong."
    ),
    Text(
        'The yellow column "Who" is yours; no other is read. Sort, filter and hide rows as you '
        'like. Empty = the machine decides, as in the column "Now".'
    ),
    Text(
        "Who: choose from the list. Members of the group are there by name, others who are known "
        'by their number (e.g. G07-P2). "new person" = a person of their own, none of those '
        'known. "unknown" = stays unknown. Add a missing name to the group\'s roster first: vuoro '
        "group add GROUP ."
    ),
    Text(
        "Merging: where two voices are one person, give both rows the same person. The column "
        '"Maybe the same as" proposes some. If neither is known yet, choose "new person" for '
        "one, apply the sheet, and give the other that number in the next sheet."
    ),
    Text(
        "Naming: when you name one voice, the machine recognises it in other sessions too, more "
        "surely the more sessions you have named it in."
    ),
    Text(
        "Listen: the link opens a few seconds in which the voice talks alone. Beside it stands "
        "what is said, and where in the recording (hours:minutes:seconds). The files are in the "
        "study's private/clips/people."
    ),
    Text(
        'Similarity says how near the voice is to the person in "Now" (1 = the same) or, where '
        "they are new or unknown, to whom of those known it is most like. Margin says how much "
        "farther the next likeliest is. A small margin = listen yourself."
    ),
    Text(
        '"Decision lost": the voice that was decided on is no longer found, or is joined with '
        "another's. Look for them in the session's other rows, and decide again."
    ),
    Text(
        "Finally: save, and run vuoro review people --apply FILE. If a cell is wrong, nothing "
        "is applied and the wrong cells are listed. Then vuoro run. Decisions are kept when "
        "recordings are processed again, with other models too; a later decision replaces an "
        "earlier one."
    ),
    Text(
        "Nothing is applied either if a row has been decided otherwise since the sheet was "
        "written: write a new sheet and decide the row there."
    ),
)
