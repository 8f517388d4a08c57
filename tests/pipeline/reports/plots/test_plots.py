"""Pictures show the rows they are given, in both languages, for eyes and prints of all kinds."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from many_sessions import GROUPS, make_study
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from pipeline.reports import plots
from pipeline.reports.plots.captions import WORDS, clock, number, percent
from pipeline.reports.plots.style import ROLE_COLOURS, ROLE_HATCHES, SERIES_COLOURS
from pipeline.tables import ROLES, TABLES
from pipeline.tables.session_table import REPORTED
from pipeline.texts import Language

TEXTS = (*WORDS.values(), *REPORTED.values())

# https://jfly.uni-koeln.de/color/ (Okabe & Ito 2008)
OKABE_ITO = {
    *("#000000", "#E69F00", "#56B4E9", "#009E73"),
    *("#F0E442", "#0072B2", "#D55E00", "#CC79A7"),
}

Frames = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> Frames:
    """The tables of three groups; turns with the role of who talks."""
    dataset = make_study(tmp_path_factory.mktemp("study") / "study", GROUPS).dataset
    return _with_roles({name: pd.read_parquet(dataset / name) for name in TABLES})


@pytest.fixture(scope="module")
def nothing() -> Frames:
    """The tables without a row."""
    return _with_roles({name: TABLES[name].schema().empty_table().to_pandas() for name in TABLES})


def _with_roles(frames: Frames) -> Frames:
    who = frames["dynamics_person"][["session_id", "person_id", "role", "session_number"]]
    frames["turns"] = frames["turns"].merge(who, on=["session_id", "person_id"])
    frames["words"] = frames["words"].merge(frames["turns"][["turn_id", "role"]], on="turn_id")
    frames["codings"] = frames["turns"][["turn_id"]].head(9).assign(code="työote", coder="A")
    return frames


def _one(frames: Frames, name: str) -> pd.DataFrame:
    return frames[name][frames[name].session_id == "G07-S03"]


Draw = Callable[[Frames, Language], Figure]
PICTURES: dict[str, Draw] = {
    "speaking_shares": lambda f, fi: plots.speaking_shares(_one(f, "dynamics_person"), fi),
    "shares_over_sessions": lambda f, fi: plots.shares_over_sessions(f["dynamics_person"], fi),
    "role_shares": lambda f, fi: plots.role_shares(f["dynamics_person"], fi),
    "attendance": lambda f, fi: plots.attendance(f["attendance"], fi),
    "measure": lambda f, fi: plots.measure_over_sessions(f["dynamics_session"], "gini_speech", fi),
    "network": lambda f, fi: plots.transition_network(_one(f, "transitions"), fi),
    "matrix": lambda f, fi: plots.transition_matrix(_one(f, "transitions"), fi),
    "timeline": lambda f, fi: plots.timeline(_one(f, "turns"), _roles(f), fi),
    "offsets": lambda f, fi: plots.offset_distribution(f["turns"], "role", fi),
    "lengths": lambda f, fi: plots.turn_lengths(f["turns"], "session_number", fi),
    "overlaps": lambda f, fi: plots.overlaps_by_role(f["dynamics_person"], fi),
    "time_use": lambda f, fi: plots.time_use(f["sessions"], fi),
    "codes": lambda f, fi: plots.code_shares(f["codings"], f["turns"], "role", fi),
    "words": lambda f, fi: plots.frequent_words(f["words"], "role", language=fi),
}


def _roles(frames: Frames) -> dict[str, str]:
    return dict(_one(frames, "dynamics_person")[["person_id", "role"]].to_numpy())


def said(figure: Figure) -> set[str]:
    """Every text of a picture."""
    texts = figure.findobj(matplotlib.text.Text)
    return {text.get_text() for text in texts if text.get_text()}  # type: ignore[attr-defined]


def as_svg(figure: Figure) -> str:
    written = io.StringIO()
    figure.savefig(written, format="svg", metadata={"Date": None})
    return written.getvalue()


# --- all of them ----------------------------------------------------------------------------


def test_every_public_picture_is_looked_at_here() -> None:
    assert len(PICTURES) == len(plots.__all__)


@pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)
def test_says_all_in_the_language_asked_for(draw: Draw, frames: Frames) -> None:
    words = [(word.to("fi"), word.to("en")) for word in TEXTS]
    by_language = {fi for fi, en in words if fi != en}, {en for _, en in words}
    finnish, english = said(draw(frames, "fi")), said(draw(frames, "en"))
    assert finnish & by_language[0]
    assert not finnish & (by_language[1] - {fi for fi, _ in words})
    assert english & by_language[1]
    assert not english & (by_language[0] - by_language[1])


@pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)
def test_a_picture_of_nothing_says_so(draw: Draw, nothing: Frames) -> None:
    assert "Ei aineistoa." in said(draw(nothing, "fi"))


@pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)
def test_is_of_the_width_of_a_page_and_drawn_in_vectors(draw: Draw, frames: Frames) -> None:
    figure = draw(frames, "en")
    assert figure.get_figwidth() == pytest.approx(6.3)
    assert figure.get_figheight() < 9.7  # what a page of A4 holds
    assert "<image" not in as_svg(figure)


def test_nothing_of_the_readers_own_style_is_changed(frames: Frames) -> None:
    before = dict(matplotlib.rcParams)
    PICTURES["network"](frames, "fi")
    assert dict(matplotlib.rcParams) == before


def test_every_word_is_there_in_both_languages() -> None:
    assert all(text.to("fi").strip() and text.to("en").strip() for text in TEXTS)
    assert set(ROLES) <= WORDS.keys()


# --- colours and numbers --------------------------------------------------------------------


def test_colours_are_those_that_everybody_can_tell_apart() -> None:
    known = {colour for role, colour in ROLE_COLOURS.items() if role != "unknown"}
    assert {c.upper() for c in known | {*SERIES_COLOURS}} <= OKABE_ITO
    assert set(ROLE_COLOURS) == set(ROLE_HATCHES) == set(ROLES)


def test_roles_can_be_told_in_grey() -> None:
    for one, other in itertools.combinations(ROLES, 2):
        light = [
            float(np.dot(to_rgb(ROLE_COLOURS[r]), (0.299, 0.587, 0.114))) for r in (one, other)
        ]
        assert ROLE_HATCHES[one] != ROLE_HATCHES[other] or abs(light[0] - light[1]) > 0.1


@pytest.mark.parametrize(
    ("value", "digits", "fi", "en"),
    [(0.456, 2, "0,46", "0.46"), (-1.5, 1, "−1,5", "−1.5"), (-0.001, 2, "0,00", "0.00")],
)
def test_numbers_as_each_language_writes_them(value: float, digits: int, fi: str, en: str) -> None:
    assert (number(value, digits, "fi"), number(value, digits, "en")) == (fi, en)


def test_shares_and_times() -> None:
    assert percent(0.256, "fi") == "26 %"
    assert percent(0.256, "fi", 1) == "25,6 %"
    assert clock(3725.4) == "62:05"


# --- one by one, on rows written by hand ----------------------------------------------------


def people(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame(columns).assign(session_id="G01-S01", session_number=1, kind="meeting")


def test_shares_are_as_long_as_they_are_and_sorted() -> None:
    rows = people(
        person_id=["H01", "H02"],
        role=["leader", "participant"],
        speaking_share=[0.25, 0.75],
        speaking_share_low=[0.2, np.nan],
        speaking_share_high=[0.4, np.nan],
    )
    axes = plots.speaking_shares(rows).axes[0]
    bars = [bar.get_width() for bar in axes.patches]  # type: ignore[attr-defined]
    assert bars == [0.75, 0.25]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["H02", "H01"]
    (interval,) = axes.collections[0].get_segments()[1:]  # type: ignore[attr-defined]
    assert interval[:, 0] == pytest.approx([0.2, 0.4])


def test_role_shares_of_several_groups_are_means() -> None:
    rows = people(
        person_id=["H01", "H02", "H03", "H04", "H05"],
        role=["leader", "participant", "participant", "leader", "participant"],
        speaking_share=[0.2, 0.5, 0.3, 0.6, 0.4],
    ).assign(session_id=["G01-S01"] * 3 + ["G02-S01"] * 2)
    heights = [b.get_height() for b in plots.role_shares(rows).axes[0].patches]  # type: ignore[attr-defined]
    assert heights == pytest.approx([0.4, 0.6])


def test_a_measure_has_its_interval_and_the_others_are_grey() -> None:
    rows = pd.DataFrame(
        {
            "group_id": ["G01", "G02"],
            "session_number": [1, 1],
            "gini_speech": [0.3, 0.5],
            "gini_speech_low": [0.2, np.nan],
            "gini_speech_high": [0.45, np.nan],
        }
    )
    axes = plots.measure_over_sessions(rows, "gini_speech", "en", highlight="G01").axes[0]
    own, other = axes.containers
    assert own[2][0].get_segments()[0][:, 1] == pytest.approx([0.2, 0.45])
    assert own[0].get_color() == "#0072B2"
    assert other[0].get_color() == "#767676"


def test_an_arrow_for_every_pair_the_wider_the_more_often_dashed_below_expectation() -> None:
    rows = pd.DataFrame(
        {
            "from_person_id": ["A", "A", "B", "B", "C", "C"],
            "to_person_id": ["B", "C", "A", "C", "A", "B"],
            "from_role": "leader",
            "to_role": "leader",
            "n": [8, 0, 4, 0, 2, 0],
            "residual": [1.5, -1.0, -0.5, -1.0, np.nan, 0.0],
        }
    )
    figure = plots.transition_network(rows)
    arrows = figure.axes[0].findobj(FancyArrowPatch)
    assert [a.get_linewidth() for a in arrows] == [1.25, 2.5, 5.0]  # type: ignore[attr-defined]
    assert [a.get_linestyle() == "-" for a in arrows] == [True, False, True]  # type: ignore[attr-defined]
    assert {"8", "4", "2", "0"} <= said(plots.transition_matrix(rows))


def turns(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    columns = ["person_id", "kind", "start_s", "end_s"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(duration_s=frame.end_s - frame.start_s)


def test_the_timeline_shows_when_turns_run_at_once() -> None:
    rows = turns(
        ("A", "turn", 0.0, 10.0),
        ("B", "turn", 8.0, 12.0),
        ("C", "turn", 9.0, 9.5),
        ("C", "minimal_response", 5.0, 5.5),
    )
    figure = plots.timeline(rows, {"A": "leader", "B": "participant", "C": "participant"}, "en")
    at_once = figure.axes[0].collections[-2]  # the last are the lines behind
    spans = [(path.vertices[:, 0].min(), path.vertices[:, 0].max()) for path in at_once.get_paths()]
    assert min(s for s, _ in spans) == 8.0
    assert max(e for _, e in spans) == 10.0
    assert figure.axes[0].lines[2].get_xdata().tolist() == [5.0]  # type: ignore[union-attr]


@pytest.mark.parametrize(("minutes", "strips"), [(9, 1), (11, 2), (60, 4), (150, 4)])
def test_a_long_session_is_shown_in_strips(minutes: int, strips: int) -> None:
    rows = turns(("A", "turn", 0.0, 5.0), ("A", "turn", minutes * 60 - 5.0, minutes * 60.0))
    assert len(plots.timeline(rows, {"A": "leader"}).axes) == strips


def test_offsets_of_the_same_person_are_no_transfers_and_what_is_beyond_is_told() -> None:
    rows = pd.DataFrame(
        {
            "offset_from_previous_s": [0.1, 0.3, -0.3, 9.0, 0.2, np.nan],
            "person_id": ["A", "B", "A", "B", "B", "A"],
            "previous_person_id": ["B", "A", "B", "A", "B", "B"],
        }
    )
    figure = plots.offset_distribution(rows, language="fi")
    heights = [bar.get_height() for bar in figure.axes[0].patches]  # type: ignore[attr-defined]
    assert sum(heights) == 3
    assert any("n = 4\nmediaani 0,20 s\nrajojen ulkopuolella 1" in text for text in said(figure))


def test_lengths_leave_minimal_responses_out() -> None:
    rows = turns(("A", "turn", 0, 4), ("B", "minimal_response", 1, 2), ("B", "turn", 5, 11))
    assert any("n = 2" in text for text in said(plots.turn_lengths(rows)))


def test_overlaps_are_per_100_turns() -> None:
    none = dict.fromkeys(plots.turn_taking.OVERLAPS, 0)
    rows = pd.DataFrame(
        [
            none | {"role": "leader", "n_turns": 50, "n_interruptions_successful": 2},
            none | {"role": "leader", "n_turns": 150, "n_overlaps_cooperative": 10},
        ]
    )
    heights = [b.get_height() for b in plots.overlaps_by_role(rows).axes[0].patches]  # type: ignore[attr-defined]
    assert heights == [1.0, 0.0, 0.0, 0.0, 5.0]


def test_a_code_of_two_coders_counts_once() -> None:
    rows = pd.DataFrame({"turn_id": ["1", "2", "3", "4"], "role": ["leader"] * 4})
    codings = pd.DataFrame(
        {"turn_id": ["1", "1", "2"], "coder": ["A", "B", "A"], "code": ["työote"] * 3}
    )
    assert "50 %" in said(plots.code_shares(codings, rows, "role"))


def test_pictures_can_be_saved_as_in_an_article(frames: Frames, tmp_path: Path) -> None:
    figure = PICTURES["speaking_shares"](frames, "fi")
    figure.savefig(tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
