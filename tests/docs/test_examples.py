"""What the pages show is what happens: their code blocks are carried out in a study."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from examples import READ, ROOT, RUN, SHOWN, commands, follow, read, steps

DOCS = ROOT / "docs"
EXTENDING = DOCS / "extending.md"  # tests/test_worked_examples.py carries it out
README = ROOT / "README.md"
PAGES = [README, *sorted({*DOCS.rglob("*.md")} - {EXTENDING})]
FIRST = DOCS / "first-study.md"
IN_FINNISH = {
    "ensimmainen-tutkimus": "first-study",
    "henkilot": "people",
    "nimet": "names-and-release",
    "korjaukset": "corrections",
}
NAMES = {"oma-tutkimus": "my-study", "pohjoinen ryhmä": "north group", "tapaaminen": "meeting"}
RUNNING = [
    page
    for page in PAGES
    if page.parent == DOCS and any(step.kind in RUN for step in steps(page)) and page != FIRST
]


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study with which the page of the first study ends; the other pages begin with it."""
    folder = tmp_path_factory.mktemp("first-study")
    follow(FIRST, folder)
    return folder / "my-study"


@pytest.mark.models
def test_first_study_gives_what_its_page_shows(study: Path) -> None:
    assert (study / "exports" / "xlsx" / "dataset.xlsx").is_file()


@pytest.mark.models
def test_readme_gives_what_it_shows(tmp_path: Path) -> None:
    follow(README, tmp_path)
    assert (tmp_path / "my-study" / "dataset" / "turns").is_dir()


@pytest.mark.models
@pytest.mark.parametrize("page", RUNNING, ids=name)
def test_page_does_what_it_shows(page: Path, study: Path, tmp_path: Path) -> None:
    copy = tmp_path / "my-study"
    shutil.copytree(study, copy, symlinks=True)
    follow(page, copy)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_settings_and_declarations_of_a_page_can_be_read(page: Path, tmp_path: Path) -> None:
    for step in steps(page):
        if step.kind in READ:
            read(step, tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_block_that_is_not_run_says_why(page: Path) -> None:
    for step in steps(page):
        known = step.kind in (*RUN, *READ, *SHOWN, "copy", "fill", "{toctree}")
        assert known or step.note, f"{name(page)}:{step.line}"


@pytest.mark.parametrize("page", IN_FINNISH)
def test_finnish_page_shows_the_commands_of_the_english_one(page: str) -> None:
    def typed(path: Path) -> list[tuple[str, str]]:
        return [c for step in steps(path) if step.kind == "console" for c in commands(step)]

    def in_english(text: str) -> str:
        for finnish, english in NAMES.items():
            text = text.replace(finnish, english)
        return text.replace(" --language en", "")

    finnish = [tuple(map(in_english, each)) for each in typed(DOCS / "fi" / f"{page}.md")]
    english = [tuple(map(in_english, each)) for each in typed(DOCS / f"{IN_FINNISH[page]}.md")]
    assert finnish == english
