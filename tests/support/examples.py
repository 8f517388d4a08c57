"""The code blocks of the pages, as tests carry them out.

A block is fenced as one of these:

- ``console``: commands after ``$``, each followed by what it writes. ``…`` stands for any text
  within a line, a line ``…`` for any lines.
- ``python``: is run. ``toml``, ``yaml``: settings, and a file beside a recording; they are read.
- ``text``: is shown only.
- anything else is not run, and a comment before it says why: ``<!-- not run: needs R -->``.

Comments that a reader of the page does not see prepare what follows:

- ``<!-- copy: FILE -> TARGET -->`` copies a file of the repository.
- ``<!-- file: TARGET -->`` before a block writes the block to that file.
- ``<!-- exits with: 1 -->`` before a block is the exit status of its commands, else 0.
- ``<!-- fill: SHEET, COLUMN = VALUE, … -->`` adds a row to the first sheet of a workbook.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook
from runs import environment

from pipeline.intake.sidecar import declared
from pipeline.settings.file import load

ROOT = Path(__file__).parents[2]
RUN, READ, SHOWN = ("console", "python"), ("toml", "yaml"), ("text",)
GROUPS = '{"north group": "G07"}'  # numbers are drawn at random; the pages show this one

_PART = re.compile(
    r"^<!-- (?P<note>copy|file|fill|not run|exits with): (?P<what>[^\n]+) -->$"
    r"|^```(?P<language>\S*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_COMMAND = re.compile(r"^\$ ", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """A block of a page, or a comment that prepares something; ``kind`` is its language or name.

    ``note`` is what stands before a block: why it is not run, the file that it becomes, or the exit
    status of its commands.
    """

    kind: str
    text: str
    line: int
    note: str = ""


def steps(page: Path) -> Iterator[Step]:
    """The blocks and preparing comments of a page in order."""
    text, note = page.read_text(encoding="utf-8"), ""
    for part in _PART.finditer(text):
        line = text.count("\n", 0, part.start()) + 1
        if part["note"] in ("file", "not run", "exits with"):
            note = part["what"]
        elif part["note"]:
            yield Step(part["note"], part["what"], line)
        else:
            yield Step(part["language"], part["body"], line, note)
            note = ""


def commands(step: Step) -> Iterator[tuple[str, str]]:
    """The commands of a ``console`` block, each with what it should write."""
    for part in _COMMAND.split(step.text)[1:]:
        command, _, expected = part.partition("\n")
        yield command, expected


def follow(page: Path, folder: Path) -> None:
    """Do what a page says, in a folder. Raises AssertionError where something else is written."""
    place = folder
    for step in steps(page):
        where = f"{page.name}:{step.line}"
        if step.kind == "console":
            for command, expected in commands(step):
                place = _type(command, f"{expected}? {step.note or 0}\n", place, where)
        elif step.kind == "python":
            _run([sys.executable, "-W", "ignore", "-c", step.text], "…\n? 0\n", place, where)
        elif step.kind == "copy":
            source, target = step.text.split(" -> ")
            (place / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, place / target)
        elif step.kind == "fill":
            _fill(step.text, place)
        elif step.kind in READ and step.note:
            (place / step.note).write_text(step.text, encoding="utf-8")


def read(step: Step, folder: Path) -> None:
    """Read a block of settings, or the file beside a recording. Raises what reading raises."""
    recording = folder / "meeting.mp4"
    file = folder / ("vuoro.toml" if step.kind == "toml" else f"{recording.name}.session.yaml")
    file.write_text(step.text, encoding="utf-8")
    if step.kind == "toml":
        load(file)
    else:
        declared(recording)


def _type(command: str, expected: str, place: Path, where: str) -> Path:
    """Type a command; returns the folder in which the next one is typed."""
    if command.startswith("cd "):
        return place / command.removeprefix("cd ")
    _run(["bash", "-c", command], expected, place, f"{where} {command}")
    for made in place.glob("*/private") if command.startswith("vuoro init ") else ():
        (made / "groups.json").write_text(GROUPS, encoding="utf-8")
    return place


def _run(command: list[str], expected: str, place: Path, where: str) -> None:
    path = f"{Path(sys.executable).parent}:{environment()['PATH']}"
    process = subprocess.run(
        command,
        cwd=place,
        env=environment(PATH=path, COLUMNS="250"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    written = f"{process.stdout}? {process.returncode}\n"
    assert _pattern(expected).fullmatch(written), f"{where}\nwrote\n{written}\nnot\n{expected}"


def _pattern(expected: str) -> re.Pattern[str]:
    lines = (
        r"(?:.*\n)*?" if line == "…" else f"{'.*?'.join(map(re.escape, line.split('…')))}\n"
        for line in expected.splitlines()
    )
    return re.compile("".join(lines))


def _fill(text: str, place: Path) -> None:
    name, *cells = text.split(", ")
    book = load_workbook(place / name)
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[1]]
    row = sheet.max_row + 1
    for column, value in (cell.split(" = ") for cell in cells):
        sheet.cell(row, header.index(column) + 1, value)
    book.save(place / name)
