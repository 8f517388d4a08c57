"""The guide in the sheet of turns, for the person who corrects them."""

from __future__ import annotations

from pipeline.review.titles import N_ROWS
from pipeline.texts import Text

GUIDE = (
    Text("# Correcting turns"),
    N_ROWS,
    Text(
        "Each turn and each minimal response has a row. The workbook holds what was really said, "
        "with real names: keep it as you keep the recordings, and remove it when you no longer "
        "need it."
    ),
    Text(
        "The yellow columns are yours; no other is read. Change only what is wrong. Sort, filter "
        "and hide rows as you like."
    ),
    Text("Text: write what was said. What was recognised stays beside it."),
    Text(
        "Speaker: choose who spoke. Where a speaker's own turn goes on next to it and nobody "
        "else's is between, they become one turn."
    ),
    Text(
        "Kind: a minimal response (yeah, mm) does not cut another's turn; a turn stands by itself."
    ),
    Text(
        "Split: write | into the text at each place where the turn is to be cut. If another "
        "person spoke the second part, choose them in the column Speaker of second part. With "
        "more parts the two take turns: the first, third … part is the row's speaker's, the "
        "second, fourth … that of the second part's."
    ),
    Text(
        "Missed talk: insert a row anywhere and write its start (hours:minutes:seconds, e.g. "
        "0:12:05), the speaker and the text. The end and the kind may be left out. Leave Turn, "
        "Sound and the other columns empty."
    ),
    Text("Sound: opens the sound of the row. The files are in the study's private/clips/turns."),
    Text(
        'Action: "delete" = not talk (a knock, a cough, an echo). "merge with previous" = the '
        "same turn as the previous row of the same speaker."
    ),
    Text(
        "Lost: if the workbook has such a sheet, it lists earlier corrections that no longer "
        "find their place since the recording was processed with another model. Make them again "
        "where needed."
    ),
    Text(
        "Finally: save, and run vuoro edit SESSION --apply FILE. If a cell is wrong, nothing is "
        "applied and the wrong cells are listed. You may go on filling in the same sheet and "
        "apply it again. Then vuoro build. Corrections are kept when the recording is processed "
        "with another model, and are listed in the column edited."
    ),
    Text(
        "Nothing is applied either if a row has been corrected otherwise since the sheet was "
        "written: write a new sheet and correct the row there."
    ),
)
