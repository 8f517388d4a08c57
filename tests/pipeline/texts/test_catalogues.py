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
