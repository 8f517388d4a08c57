"""From the sheet, filled in as a person would in a spreadsheet, to the corrected session."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from changed import settings_if
from discussion import DIARISATION, SESSION, WORDS, discussed_study, rows
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from results import put
from runs import KEYS as KEYS

from pipeline.errors import StudyError
from pipeline.records import Transcript
from pipeline.review.round_trip import Applied
from pipeline.review.turns.round_trip import apply_turns, write_turns
from pipeline.review.turns.sheet import DELETE, LOST, turns_sheet
from pipeline.stages.chain import SessionChain
from pipeline.stages.hearing import TRANSCRIBE
from pipeline.stages.settling import ASSEMBLE
from pipeline.study import Study, accepted
from pipeline.turns.correct import correct
from pipeline.turns.edits import log
from pipeline.turns.edits.edit import Corrected, relabelled

SHEET = turns_sheet([])
WHEN = "2026-05-04T10:00:00+00:00"


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    return discussed_study(tmp_path / "study", monkeypatch)


def written(study: Study, name: str = "turns.xlsx") -> Path:
    return write_turns(study, study.settings(), SESSION, study.root.parent / name).file


def page(file: Path) -> Worksheet:
    return load_workbook(file)[SHEET.name]


def shown(file: Path, key: str) -> list[object]:
    """A column of the sheet, without its header."""
    header, *cells = page(file).iter_rows(values_only=True)
    at = header.index(SHEET.title(key))
    return [row[at] for row in cells]


def fill(file: Path, row: int, **cells: str) -> Path:
    """Write into cells of a row; the first turn is row 2."""
    book = load_workbook(file)
    sheet = book[SHEET.name]
    header = [cell.value for cell in sheet[1]]
    for key, value in cells.items():
        cell = sheet.cell(row, header.index(SHEET.title(key)) + 1)
        cell.value, cell.data_type = value, "s"  # as text, as the cells to fill in are
    book.save(file)
    return file


def apply(study: Study, file: Path) -> Applied:
    return apply_turns(study, study.settings(), SESSION, file, by="M.K.", at=WHEN)


def after(study: Study) -> Corrected:
    """The session with all that is in the log."""
    chain = SessionChain(study, accepted.recording(study, SESSION), study.settings())
    edits = relabelled(log.load(study, SESSION), DIARISATION, chain.common.voice_model)
    return correct(chain.get(ASSEMBLE), DIARISATION, [*edits], chain.settings.turns.lapse_s)


def test_the_sheet_shows_what_was_really_said_and_who_said_it(study: Study) -> None:
    file = written(study)
    assert shown(file, "number") == [1, 2, 3, 4, 5]
    assert shown(file, "start") == ["0:00:00.0", "0:00:02.0", "0:00:05.0", "0:00:09.0", "0:00:13.0"]
    assert shown(file, "text") == shown(file, "said")
    assert shown(file, "text")[2] == "Niin mutta me lähdettiin."
    assert shown(file, "confidence") == [0.8, 0.5, 0.6, 0.7, 0.9]
    speakers = shown(file, "speaker")
    assert str(speakers[0]).startswith("Maija Meikäläinen (H")
    assert speakers[0] == speakers[3] != speakers[1] == speakers[2]
    assert shown(file, "kind")[:2] == ["puheenvuoro / turn", "minimipalaute / minimal response"]


def test_people_kinds_and_actions_are_chosen_from_lists(study: Study) -> None:
    book = load_workbook(written(study))
    sheet = book[SHEET.name]
    offered = {}
    for rule in sheet.data_validations.dataValidation:
        name, _, place = str(rule.formula1).partition("!")
        values = [cell.value for (cell,) in book[name.strip("'")][place.replace("$", "")]]
        offered[str(sheet[f"{str(rule.sqref)[0]}1"].value)] = values
    people = list(dict.fromkeys(shown(written(study, "2.xlsx"), "speaker")))
    assert sorted(offered[SHEET.title("speaker")]) == sorted(map(str, people))
    assert offered[SHEET.title("second")] == offered[SHEET.title("speaker")]
    assert len(offered[SHEET.title("kind")]) == len(offered[SHEET.title("action")]) == 2


def test_a_sheet_filled_in_is_carried_out(study: Study) -> None:
    file = written(study)
    speakers = [str(name) for name in shown(file, "speaker")]
    fill(file, 2, text="Mä olin eilen kotona, Pekka vielä.")
    fill(file, 3, action=DELETE)
    fill(file, 4, text="Niin mutta | me lähdettiin.", second=speakers[4])
    assert apply(study, file) == Applied(3, (SESSION,))
    assert rows(after(study).conversation.turns) == [
        ("A", 0.0, 4.0, "Mä olin eilen kotona, Pekka vielä."),
        ("B", 5.0, 6.2, "Niin mutta"),
        ("C", 6.4, 8.0, "me lähdettiin."),
        ("A", 9.0, 12.0, "Kiitos kaikille tänään."),
        ("C", 13.0, 15.0, "Ei kestä."),
    ]
    (correction,) = log.load(study, SESSION)
    assert (correction.by, correction.at) == ("M.K.", WHEN)


def test_the_next_sheet_shows_what_was_corrected(study: Study) -> None:
    apply(study, fill(written(study), 4, text="Niin mutta te lähditte."))
    file = written(study, "next.xlsx")
    assert shown(file, "text")[2] == "Niin mutta te lähditte."
    assert shown(file, "edited")[2] == "text"
    apply(study, fill(file, 4, text="Niin mutta he lähtivät."))
    assert after(study).conversation.turns[2].words[2].text == "he"


def test_a_sheet_is_filled_in_further_and_applied_again(study: Study) -> None:
    file = fill(written(study), 4, action=DELETE)
    assert apply(study, file).n_decisions == 1
    assert apply(study, file) == Applied(0)
    assert apply(study, fill(file, 6, text="Eipä kestä.")).n_decisions == 1
    assert [row[3] for row in rows(after(study).conversation.turns)][-1] == "Eipä kestä."


def test_two_may_fill_in_a_sheet_each(study: Study) -> None:
    """What the first deletes joins the row that the second corrects to another."""
    first, second = written(study, "1.xlsx"), written(study, "2.xlsx")
    apply(study, fill(first, 4, action=DELETE))
    assert apply(study, fill(second, 5, text="Kiitos teille tänään.")) == Applied(1, (SESSION,))
    assert rows(after(study).conversation.turns)[0] == (
        "A",
        0.0,
        12.0,
        "Mä olin eilen töissä vielä. Kiitos teille tänään.",
    )


def test_a_row_that_was_corrected_since_is_not_corrected_by_an_old_sheet(study: Study) -> None:
    """Neither by a sheet of the same day nor by one that is older than other corrections."""
    same, older = written(study, "1.xlsx"), written(study, "2.xlsx")
    apply(study, fill(same, 2, text="Mä olin eilen kotona."))
    newer = written(study, "3.xlsx")
    apply(study, fill(newer, 4, text="Niin mutta te lähditte."))
    log_ = log.load(study, SESSION)
    since = "it was decided otherwise after this sheet was written."
    fill(older, 2, text="Mä olin eilen koulussa.")
    fill(older, 4, text="Niin mutta he lähtivät.")
    fill(older, 6, text="Eipä kestä.")
    assert apply(study, older).problems == (
        f"Row 2, {SHEET.title('text')}: {since}",
        f"Row 4, {SHEET.title('text')}: {since}",
    )
    assert log.load(study, SESSION) == log_
    assert apply(study, fill(newer, 6, text="Eipä kestä.")) == Applied(1, (SESSION,))


def test_an_old_sheet_that_agrees_with_what_was_corrected_since_is_taken(study: Study) -> None:
    older = written(study, "1.xlsx")
    apply(study, fill(written(study, "2.xlsx"), 6, text="Eipä kestä."))
    apply(study, fill(written(study, "3.xlsx"), 4, text="Niin mutta te lähditte."))
    fill(older, 4, text="Niin mutta te lähditte.")
    assert apply(study, fill(older, 2, text="Olin eilen töissä.")) == Applied(1, (SESSION,))


def test_a_row_that_was_deleted_since_is_not_corrected_by_an_old_sheet(study: Study) -> None:
    older, also = written(study, "1.xlsx"), written(study, "2.xlsx")
    apply(study, fill(written(study, "3.xlsx"), 6, text="Eipä kestä."))
    apply(study, fill(written(study, "4.xlsx"), 4, action=DELETE))
    (problem,) = apply(study, fill(older, 4, text="Niin.")).problems
    assert "decided otherwise" in problem
    assert apply(study, fill(also, 4, action=DELETE)) == Applied(0)


def test_rows_may_be_sorted_and_columns_moved(study: Study) -> None:
    file = fill(written(study), 4, text="Niin.")
    book = load_workbook(file)
    sheet = book[SHEET.name]
    sheet.insert_cols(3)
    sheet.insert_rows(2, 2)
    book.save(file)
    apply(study, file)
    assert rows(after(study).conversation.turns)[2][3] == "Niin."


def test_nothing_that_was_said_becomes_a_formula(study: Study) -> None:
    apply(study, fill(written(study), 4, text="=1+1 on kaksi"))
    cells = [cell for row in page(written(study, "2.xlsx")).iter_rows() for cell in row]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    assert "=1+1 on kaksi" in [cell.value for cell in cells]


def test_wrong_cell_is_reported_and_nothing_applied(study: Study) -> None:
    file = fill(fill(written(study), 4, text="Niin."), 5, speaker="Joku Muu")
    outcome = apply(study, file)
    assert outcome.n_decisions == 0 and outcome.problems[0].startswith("Row 5, Puhuja / Speaker:")
    assert "Joku" not in outcome.problems[0]
    assert log.load(study, SESSION) == ()


def test_the_sheet_is_its_owners_and_is_not_in_what_may_be_shared(study: Study) -> None:
    place = write_turns(study, study.settings(), SESSION).file
    assert place == study.edits / "G07-S01.xlsx"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(study.edits.stat().st_mode) == 0o700
    with pytest.raises(StudyError, match="private/ only"):
        write_turns(study, study.settings(), SESSION, study.dataset / "turns.xlsx")
    with pytest.raises(StudyError, match=r"private/edits/G07-S01.xlsx already exists\. Apply"):
        write_turns(study, study.settings(), SESSION)


def test_lost_edits_are_listed_in_the_next_sheet(study: Study) -> None:
    """Another model hears nothing of what B and C said in their turns."""
    file = written(study)
    maija = str(shown(file, "speaker")[0])
    apply(study, fill(fill(file, 4, speaker=maija), 6, action=DELETE))
    settings = settings_if(study, {"transcription.beam_size": "1"})
    chain = SessionChain(study, accepted.recording(study, SESSION), settings)
    put(chain, TRANSCRIBE, Transcript("fi", 0.9, WORDS[:6]))
    chain.run(ASSEMBLE)
    result = write_turns(study, settings, SESSION, study.root.parent / "lost.xlsx")
    assert (result.n_rows, result.n_lost) == (2, 2)
    lost = list(load_workbook(result.file)[LOST.name].iter_rows(min_row=2, values_only=True))
    assert [row[:2] for row in lost] == [
        ("0:00:13.0", "poisto / deletion"),
        ("0:00:05.0", "puhuja / speaker"),
    ]
    assert str(lost[1][2]).endswith(": Niin mutta me lähdettiin.")
    assert lost[1][3] == maija


def test_a_session_that_is_not_there_or_not_processed(study: Study) -> None:
    with pytest.raises(StudyError, match="no session G07-S09"):
        write_turns(study, study.settings(), "G07-S09", study.root.parent / "a.xlsx")
    other = settings_if(study, {"turns.lapse_s": "3"})
    with pytest.raises(StudyError, match=r"not in its turns yet.*`vuoro build`"):
        write_turns(study, other, SESSION, study.root.parent / "b.xlsx")
    other = settings_if(study, {"transcription.beam_size": "1"})
    with pytest.raises(StudyError, match=r"not processed yet.*`vuoro run`"):
        write_turns(study, other, SESSION, study.root.parent / "b.xlsx")


def test_the_sheet_calls_turns_as_show_does_and_opens_at_the_one_asked_for(study: Study) -> None:
    file = written(study)
    assert shown(file, "turn") == ["T0", "T2000", "T5000", "T9000", "T13000"]
    out = study.root.parent / "at.xlsx"
    write_turns(study, study.settings(), SESSION, out, f"{SESSION}-T00009000")
    view = page(out).sheet_view
    assert view.pane is not None and view.pane.topLeftCell == "D5"
    with pytest.raises(StudyError, match="no turn T9001"):
        write_turns(study, study.settings(), SESSION, out.with_name("b.xlsx"), "x-T00009001")


def test_a_row_put_in_by_hand_is_missed_talk_in_the_next_sheet(study: Study) -> None:
    file = written(study)
    speaker = str(shown(file, "speaker")[4])
    book = load_workbook(file)
    sheet = book[SHEET.name]
    sheet.insert_rows(6)
    book.save(file)
    fill(file, 6, start="0:00:16", speaker=speaker, text="Nähdään taas.")
    assert apply(study, file) == Applied(1, (SESSION,))
    assert apply(study, file) == Applied(0)
    assert shown(written(study, "next.xlsx"), "text")[-1] == "Ei kestä. Nähdään taas."
