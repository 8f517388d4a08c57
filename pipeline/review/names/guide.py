"""The guide in the sheet of names, for the person who fills it in."""

from __future__ import annotations

from pipeline.review.titles import N_ROWS
from pipeline.texts import Text

GUIDE = (
    Text("# Reviewing names"),
    N_ROWS,
    Text(
        "The workbook holds real names: keep it as you keep the recordings, do not e-mail it, "
        "and remove it when you no longer need it."
    ),
    Text(
        "A row is one person, organisation, place or piece of contact data in all its forms. A "
        'row whose pseudonym is "new" is a word or phrase that was left in the talk and may '
        "identify a person."
    ),
    Text(
        "On top is what the machine most likely got wrong. The yellow columns are yours; no "
        "other is read. Sort, filter and hide rows as you like."
    ),
    Text(
        'Decision: "mask" = a name, replaced by its pseudonym. "keep" = a name that identifies '
        'nobody (e.g. Finland). "not a name" = an ordinary word. Empty = not decided yet: a name '
        "that was found is masked, a new one stays visible."
    ),
    Text(
        "Type: correct it where it is wrong. In a new row it is a suggestion: choose the right "
        'one and decide "mask".'
    ),
    Text(
        "Merge into: where two rows are one person or organisation, write in one of them the "
        "pseudonym that it belongs to, e.g. Person 7. Such a row takes nothing else but a note. "
        "A new row gets its pseudonym when it is applied: two new rows are merged in the next "
        "sheet."
    ),
    Text(
        "Split off: where a row holds two people, write the forms that do not belong to it, "
        "separated by semicolons, e.g. Pekka Virtanen; Pekan. They get a pseudonym of their own, "
        "in all their forms."
    ),
    Text(
        "Category: what a coarser release says instead of the name, e.g. colleague, medium-sized "
        "town. Choose from the list or write your own. It is published: put no name in it."
    ),
    Text("Note: for yourselves only; never published."),
    Text(
        "In the excerpts the word is marked «like this». They begin with the session's id; a place "
        'marked "left" is not masked.'
    ),
    Text(
        "Keep in mind: a decision on a new row applies to the word in the whole study, not in "
        "the excerpts only. Mask a job title or “the only … in …” (type: identifier) only if it "
        "identifies a person: it is then masked everywhere."
    ),
    Text(
        "To be quick: decide the first queues row by row; further down a glance is enough, and "
        '"mask" can be filled down over a whole queue.'
    ),
    Text(
        "Finally: save, and run vuoro review names --apply FILE. If a cell is wrong, nothing is "
        "applied and the wrong cells are listed. Then vuoro run. Decisions are never removed; "
        "they are kept when recordings are processed again."
    ),
    Text(
        "Nothing is applied either if a row has been decided otherwise since the sheet was "
        "written: write a new sheet and decide the row there."
    ),
)
