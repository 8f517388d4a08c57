"""Report pages: everything in one file, nothing that was said, the data set's own figures."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from many_sessions import GROUPS, THEMES, UNKNOWN, Made, make_study

from pipeline.errors import DatasetError, StudyError
from pipeline.operations.pages import page_of, write_report
from pipeline.reports.page import Page, html
from pipeline.reports.phrases import TEXTS
from pipeline.reports.values import shown, with_interval
from pipeline.tables.dynamics_tables import DYNAMICS_SESSION
from pipeline.texts import Language

ALONE = Made("G40-S01", {"G40-P1": "unknown"}, 60.0)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_study(tmp_path_factory.mktemp("study") / "study", GROUPS).dataset


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """No roles, a session without talk, one of a single person."""
    return make_study(tmp_path_factory.mktemp("bare") / "study", (*UNKNOWN, ALONE)).dataset


@pytest.fixture(scope="module")
def session(dataset: Path) -> Page:
    return page_of(dataset, "G07-S03", "fi")


@pytest.fixture(scope="module")
def group(dataset: Path) -> Page:
    return page_of(dataset, "G07", "fi")


@pytest.fixture(scope="module", params=["session", "group"])
def written(request: pytest.FixtureRequest) -> str:
    return html(request.getfixturevalue(request.param))


class Elements(HTMLParser):
    """Every tag with its attributes, and every text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


def cells(page: Page) -> list[str]:
    return [cell for s in page.sections for table in s.tables for row in table.rows for cell in row]


def row_of(dataset: Path, table: str, session_id: str) -> dict[str, object]:
    row: dict[str, object] = pq.read_table(dataset / table / f"{session_id}.parquet").to_pylist()[0]
    return row


# --- the file -------------------------------------------------------------------------------


def test_nothing_is_fetched_from_anywhere(written: str) -> None:
    tags = Elements(written).tags
    assert not {"script", "link", "img", "iframe", "image"} & {tag for tag, _ in tags}
    for _, attributes in tags:
        assert not attributes.keys() & {"src", "onload", "onclick"}
        for name in ("href", "xlink:href"):
            assert (attributes.get(name) or "#").startswith("#")
    assert "@import" not in written
    assert "@font-face" not in written
    assert {*re.findall(r"url\((.)", written)} <= {"#"}


def test_ids_are_there_once_and_references_lead_somewhere(written: str) -> None:
    ids = Counter(re.findall(r'\bid="([^"]+)"', written))
    assert ids.most_common(1)[0][1] == 1
    used = {*re.findall(r"url\(#([^)]+)\)", written), *re.findall(r'href="#([^"]+)"', written)}
    assert used <= ids.keys()


def test_nothing_that_was_said_is_on_the_page(written: str) -> None:
    said = {word for words in THEMES.values() for word in words if len(word) > 6}
    assert not said & {*re.findall(r"\w+", written)}


def test_says_its_language_and_has_its_pictures(written: str) -> None:
    tags = Elements(written).tags
    assert ("html", {"lang": "fi"}) in tags
    pictures = [attributes for tag, attributes in tags if tag == "svg"]
    assert len(pictures) >= 7
    assert all(picture["role"] == "img" for picture in pictures)


def test_the_same_data_set_gives_the_same_bytes(dataset: Path, tmp_path: Path) -> None:
    files = [
        write_report(html(page_of(dataset, "G12-S01", "en")), tmp_path / folder / "page.html")
        for folder in ("a", "b")
    ]
    assert files[0].read_bytes() == files[1].read_bytes()


# --- a session ------------------------------------------------------------------------------


def test_a_session_has_its_facts_and_its_people(session: Page, dataset: Path) -> None:
    row = row_of(dataset, "sessions", "G07-S03")
    assert session.title == "Istunto G07-S03"
    assert session.facts["puheenvuoroja"] == str(row["n_turns"])
    assert session.facts["henkilöitä"] == "8"
    assert session.facts["laji"] == "tapaaminen"
    assert {"H20", "vetäjä", "H90", "fasilitaattori", "G07-S03-U1"} <= {*cells(session)}


def test_a_measure_has_its_interval_and_its_definition(session: Page, dataset: Path) -> None:
    row = row_of(dataset, "dynamics_session", "G07-S03")
    table = next(s for s in session.sections if s.title == "Tunnusluvut").tables[0]
    gini = next(r for r in table.rows if r[0] == "Puheajan epätasaisuus (Gini)")
    numbers = [f"{row[f'gini_speech{end}']:.2f}".replace(".", ",") for end in ("", "_low", "_high")]
    assert gini[1] == "{}\u00a0({}\u00a0…\u00a0{})".format(*numbers)
    declared = next(c for c in DYNAMICS_SESSION.columns if c.name == "gini_speech")
    assert gini[2] == declared.description_fi


def test_values_as_their_units_want_them() -> None:
    assert shown("overlap_share", 0.256, "fi") == "26 %"
    assert shown("fto_median_s", -0.256, "fi") == "−0,26"
    assert shown("n_lapses", 3, "en") == "3"
    assert shown("gini_speech", float("nan"), "en") == "–"
    assert with_interval("n_lapses", {"n_lapses": 3}, "en") == "3"


def test_a_session_without_talk_says_so(bare: Path) -> None:
    page = page_of(bare, "G80-S02", "fi")
    assert "Tässä istunnossa ei ole tunnistettua puhetta." in html(page)
    [told] = [row for s in page.sections for t in s.tables for row in t.rows if "puhetta" in row[0]]
    assert told == ["Tallenteessa ei kuulu puhetta.", "Tarkista, että tiedosto on oikea."]
    assert not any(section.figures for section in page.sections)


def test_a_session_of_one_person_has_no_network(bare: Path) -> None:
    titles = [section.title for section in page_of(bare, "G40-S01", "fi").sections]
    assert "Vuoronvaihdot" not in titles
    assert "Puheaika" in titles


# --- a group --------------------------------------------------------------------------------


def test_a_group_keeps_its_interviews_apart(group: Page) -> None:
    assert group.facts["tapaamisia"] == "3"
    assert group.facts["ryhmähaastatteluja"] == "1"
    rows = {
        section.title: [row[0] for row in section.tables[0].rows]
        for section in group.sections
        if section.title in ("Tapaamiset", "Ryhmähaastattelut")
    }
    assert rows == {
        "Tapaamiset": ["G07-S01", "G07-S02", "G07-S03"],
        "Ryhmähaastattelut": ["G07-I01"],
    }


def test_a_group_is_compared_by_codes_with_means_over_sessions(group: Page, dataset: Path) -> None:
    section = next(s for s in group.sections if s.title.startswith("Istunnosta toiseen"))
    table = section.tables[0]
    assert [row[0] for row in table.rows] == ["G03", "G07", "G12"]
    ginis = [
        float(str(row_of(dataset, "dynamics_session", f"G12-S0{n}")["gini_speech"])) for n in (1, 2)
    ]
    at = list(table.head).index("puheajan epätasaisuus (Gini)")
    assert table.rows[2][at] == shown("gini_speech", sum(ginis) / 2, "fi")


def test_a_group_of_whose_roles_nothing_is_known(bare: Path) -> None:
    page = page_of(bare, "G30", "en")
    assert page.facts["recordings (h:min)"] == "0:01"
    heads = [name for section in page.sections for table in section.tables for name in table.head]
    assert "leader's share of talking time" not in {*heads, *map(str.lower, cells(page))}
    assert "<h1>Group G30</h1>" in html(page)


# --- what is asked for ----------------------------------------------------------------------


def test_a_name_that_is_neither_is_one_clear_sentence(dataset: Path) -> None:
    with pytest.raises(StudyError, match="no session and no group of that name") as raised:
        page_of(dataset, "Maija", "fi")
    assert "G03, G07, G12" in str(raised.value)
    assert "Maija" not in str(raised.value)


def test_a_data_set_of_another_version_is_one_clear_sentence(dataset: Path, tmp_path: Path) -> None:
    older = shutil.copytree(dataset, tmp_path / "dataset")
    file = older / "turns" / "G07-S03.parquet"
    table = pq.read_table(file)
    pq.write_table(table.drop_columns(["edited"]), file, write_page_checksum=True)
    with pytest.raises(DatasetError, match="another version"):
        page_of(older, "G07-S03", "fi")


@pytest.mark.parametrize("language", ["fi", "en"])
def test_every_text_is_there_in_both_languages(language: Language) -> None:
    assert all(text.to(language).strip() for text in TEXTS.values())
