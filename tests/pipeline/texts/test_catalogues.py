"""Every text has its translation: nothing missing, left over, fuzzy, or older than the source."""

from __future__ import annotations

import ast
import io
import subprocess
import sys
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from pipeline.texts import LANGUAGES

FINNISH_IN_SOURCE = (  # what is no text for people: it is read, not said
    *("tables/__init__.py", "tables/*_columns.py", "tables/*_table*.py", "tables/columns.py"),
    *("tables/place.py", "pseudonymisation/**/*.py", "review/names/ambiguous.py"),
    *("turns/interview/*.py", "transcription/glossary.py", "study/file_*.py"),  # patterns
    *("release/biometrics.py", "release/dates.py", "release/detectors.py", "release/needles.py"),
    *("records/ids.py", "settings/__init__.py", "storage/borders/table.py"),
    *("people/roster/on_disk.py", "review/titles.py", "review/names/answers.py"),  # examples, input
)
IN_LANGUAGES = (
    "pseudonymisation/**/*.py",
    "records/ids.py",
    "review/names/ambiguous.py",
    "release/detectors.py",
    "transcription/glossary.py",
)

ROOT = Path(__file__).parents[3]
CATALOGUES = ROOT / "pipeline" / "texts"
TRANSLATED = [language for language in LANGUAGES if language != "en"]


def catalogue(file: Path) -> Catalog:
    return read_po(io.BytesIO(file.read_bytes()))


def messages(of: Catalog) -> dict[tuple[str | None, object], Message]:
    return {(message.context, message.id): message for message in of if message.id}


def said(what: object) -> list[str]:
    return [what] if isinstance(what, str) else [*what]


def placeholders(text: str) -> set[tuple[str | None, str | None]]:
    return {(name, spec) for _, name, spec, _ in Formatter().parse(text) if name is not None}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    template = tmp_path_factory.mktemp("texts") / "vuoro.pot"
    pybabel = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract"]
    wanted = ["--mapping", "pyproject.toml", "--output", str(template), "pipeline"]
    subprocess.run([*pybabel, *wanted], cwd=ROOT, check=True)
    return catalogue(template)


def test_every_language_has_a_catalogue_and_every_catalogue_a_language() -> None:
    assert (
        sorted(file.parts[-3] for file in CATALOGUES.glob("*/LC_MESSAGES/vuoro.po")) == TRANSLATED
    )


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_holds_the_texts_of_the_source_and_no_others(
    source: Catalog, language: str
) -> None:
    found = catalogue(CATALOGUES / language / "LC_MESSAGES" / "vuoro.po")
    assert messages(found).keys() == messages(source).keys()
    assert len(messages(source)) > 300
    assert not found.obsolete


def test_no_text_hides_where_it_cannot_be_collected(source: Catalog) -> None:
    """The collector does not look into f-strings."""
    collected = {english for _, id in messages(source) for english in said(id)}
    for file in (ROOT / "pipeline").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            match node:
                case ast.Call(
                    func=ast.Name(id="Text" | "both" | "sense" | "counted"),
                    args=[ast.Constant(value=str(english)), *_],
                ):
                    assert english in collected, f"{file}, line {node.lineno}"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_names_the_same_values(language: str) -> None:
    found = messages(catalogue(CATALOGUES / language / "LC_MESSAGES" / "vuoro.po"))
    for message in found.values():
        assert all(said(message.string)) and not message.fuzzy, message.id
        for text in said(message.string):
            assert placeholders(text) == placeholders(said(message.id)[0]), message.id
        assert len(said(message.string)) == len(said(message.id)), message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_is_that_of_the_translations(language: str) -> None:
    folder = CATALOGUES / language / "LC_MESSAGES"
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(folder / "vuoro.po"))
    assert (folder / "vuoro.mo").read_bytes() == compiled.getvalue()


def literals(tree: ast.Module) -> list[ast.Constant]:
    """The strings of a module that are no docstrings."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef)
    firsts = (node.body[0] for node in ast.walk(tree) if isinstance(node, owners) and node.body)
    docs = {first.value for first in firsts if isinstance(first, ast.Expr)}
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return [node for node in found if isinstance(node.value, str) and node not in docs]


def modules(*but_for: str) -> dict[str, ast.Module]:
    left_out = {file for pattern in but_for for file in (ROOT / "pipeline").glob(pattern)}
    assert left_out
    files = sorted({*(ROOT / "pipeline").rglob("*.py")} - left_out)
    return {str(file): ast.parse(file.read_bytes()) for file in files}


def test_finnish_for_people_is_in_the_catalogue_alone() -> None:
    found = [
        f"{file}, line {literal.lineno}"
        for file, tree in modules(*FINNISH_IN_SOURCE).items()
        for literal in literals(tree)
        if {*"äöÄÖ"} & {*literal.value}
    ]
    assert found == []


def test_no_table_of_texts_by_language_stands_beside_the_catalogue() -> None:
    found = [
        f"{file}, line {node.lineno}"
        for file, tree in modules(*IN_LANGUAGES).items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        and {"fi", "en"}
        <= {key.value for key in node.keys if isinstance(key, ast.Constant)}
        <= {"fi", "sv", "en"}
    ]
    assert found == []
