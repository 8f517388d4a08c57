"""The documentation is complete, up to date, and asks nothing of the network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from examples import ROOT
from typer.main import get_command

from docs import generate
from pipeline import __version__
from pipeline.commands.cli import app
from pipeline.operations.overview import SITUATIONS
from pipeline.tables import TABLES

DOCS = ROOT / "docs"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CITED = re.compile(r"([A-Z][\w-]+)(?:,? [^();]*?)? ((?:19|20)\d\d)\b")


def page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages as a wheel holds them. A warning, such as a broken link, is an error."""
    folder = tmp_path_factory.mktemp("build")
    command = [sys.executable, "setup.py", "-q", "egg_info", "--egg-base", folder]
    build = ["build", "--build-base", folder, "--build-lib", folder / "lib"]
    subprocess.run([*command, *build], cwd=ROOT, check=True)
    return folder / "lib" / "pipeline" / "shipped" / "build" / "docs"


def test_generated_parts_are_up_to_date() -> None:
    assert generate.main(["--check"]) == 0


def test_old_part_is_named_and_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").mkdir()
    old = tmp_path / "docs" / "page.md"
    old.write_text("# Page\n\n<!-- generated: flags -->\nold\n<!-- end -->\n", encoding="utf-8")
    monkeypatch.setattr(generate, "DOCS", tmp_path / "docs")
    assert generate.main(["--check"]) == 1
    assert generate.main([]) == 0
    assert "| `no_speech` | look at it |" in old.read_text(encoding="utf-8")
    assert generate.main(["--check"]) == 0


def test_every_command_and_option_is_documented_and_has_help() -> None:
    commands = page("commands")

    def look(command: object, path: str) -> None:
        children = getattr(command, "commands", {})
        for name, child in children.items():
            look(child, f"{path} {name}")
        assert command.help, path  # type: ignore[attr-defined]
        if path == "vuoro":
            return
        section = commands.partition(f"## {path}\n")[2].partition("\n## ")[0]
        assert section, path
        shown = [each for each in command.params if not each.hidden]  # type: ignore[attr-defined]
        for parameter in shown if not children else ():
            assert parameter.help, f"{path} {parameter.name}"
            for option in parameter.opts if parameter.opts[0].startswith("-") else ():
                assert f"| `{option}" in section, f"{path} {option}"

    look(get_command(app), "vuoro")


def test_every_table_and_column_is_documented() -> None:
    shown = page("tables")
    for table in TABLES.values():
        section = shown.partition(f"## {table.name}\n")[2].partition("\n## ")[0]
        for column in table.columns:
            measure = re.sub("_(low|high)$", "", column.name)
            assert f"`{column.name}`" in section or f"`{measure}`, `_low`, `_high`" in section


def test_every_source_of_a_measure_is_listed() -> None:
    definitions, _, sources = page("measures").partition("## Sources")
    for author, year in CITED.findall(definitions):
        assert re.search(rf"^- .*{author}.*", sources, re.MULTILINE), author
        assert f"({year})" in sources, (author, year)


def test_every_state_of_a_recording_is_explained() -> None:
    for situation in SITUATIONS:
        assert f"\n| {situation} |" in page("troubleshooting")


def test_wheel_is_built_with_what_the_docs_extra_names() -> None:
    extra = PYPROJECT["project"]["optional-dependencies"]["docs"]
    assert set(extra) < set(PYPROJECT["build-system"]["requires"])


class Loads(HTMLParser):
    """What a page loads by itself, and its language."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.language: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "html":
            self.language = found["lang"]
        if tag in ("img", "script", "link", "iframe"):
            self.loaded += [found.get("src") or found.get("href") or ""]


def test_pages_load_nothing_from_the_network(site: Path) -> None:
    pages = [*site.rglob("*.html")]
    assert {"index.html", "commands.html", "search.html"} < {file.name for file in pages}
    for file in pages:
        html = Loads()
        html.feed(file.read_text(encoding="utf-8"))
        assert not [url for url in html.loaded if "//" in url], file
        assert html.language == ("fi" if file.parent.name == "fi" else "en")
    for file in site.rglob("*.css"):
        assert not re.search(r"url\([\"']?(https?:)?//|@import", file.read_text(encoding="utf-8"))


def test_search_needs_no_server(site: Path) -> None:
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert index.startswith("Search.setIndex(")  # a script, which a page may load from a file
    assert '"corrections"' in index


@pytest.mark.parametrize(
    ("language", "first"), [("en", "index.html"), ("fi", "fi/ensimmainen-tutkimus.html")]
)
def test_docs_opens_the_pages(site: Path, tmp_path: Path, language: str, first: str) -> None:
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}\n', encoding="utf-8")
    browser.chmod(0o700)
    code = (
        "import sys; from pathlib import Path; from pipeline.commands import cli, docs\n"
        f"docs.PAGES = Path({str(site)!r}); sys.argv = ['vuoro', 'docs', '--language', "
        f"{language!r}]; cli.main()"
    )
    environment = os.environ | {"BROWSER": str(browser), "COLUMNS": "250"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert opened.read_text(encoding="utf-8") == (site / first).as_uri()


def test_changelog_and_citation_name_the_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.search(
        rf"^## \[{re.escape(__version__)}\] - (\d{{4}}-\d\d-\d\d)$", changelog, re.M
    )
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert released and str(citation["date-released"]) == released[1]
    assert citation["version"] == __version__
