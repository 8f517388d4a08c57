"""Write the parts of the pages that follow from the code: commands, tables, measures, flags …

Such a part stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``.

    python -m docs.generate           writes them
    python -m docs.generate --check   fails if one is out of date
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from inspect import getdoc
from pathlib import Path
from typing import Any

import typer
from typer.main import get_command

from models.registry import load_registry
from pipeline import errors
from pipeline.commands.cli import app
from pipeline.settings import KEYS, Settings, section_type
from pipeline.tables import TABLES
from pipeline.tables.columns import Column, Table
from pipeline.tables.flags import FLAGS

DOCS = Path(__file__).parent
PART = re.compile(r"(<!-- generated: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
INTERVALS = ("_low", "_high")
TAKEN = {"str": "TEXT", "int range": "NUMBER", "int": "NUMBER", "file": "PATH"}
LEVELS = {"look": "look at it", "warning": "warning", "note": "note"}


def commands() -> Iterator[str]:
    """A section for each command: what it does, its arguments and its options."""
    yield from _command(get_command(app), None, "vuoro")


def _command(command: Any, above: Any, name: str) -> Iterator[str]:
    context = typer.Context(command, info_name=name, parent=above)
    children = getattr(command, "commands", {})
    if above is not None:
        yield f"## {context.command_path}\n\n{_paragraphs(command.help)}\n"
        if not children:
            yield f"```text\n{_usage(command, context)}\n```\n"
            records = [p.get_help_record(context) for p in command.params if not p.hidden]
            rows = [(f"`{_bare(given)}`", text) for given, text in records]
            yield from _rows(("argument or option", "meaning"), rows)
    for child, described in children.items():
        yield from _command(described, context, child)


def _usage(command: Any, context: Any) -> str:
    return str(command.get_usage(context)).removeprefix("Usage: ")


def _bare(given: str) -> str:
    """An option with what it takes, ``--every <str>``, as ``--every TEXT``; an argument alone."""
    name, _, taken = given.partition(" <")
    if not name.startswith("-") or not taken:
        return name
    taken = taken.removesuffix(">")
    return f"{name} {taken if '|' in taken else TAKEN.get(taken, taken.upper())}"


def _paragraphs(text: str | None) -> str:
    return "\n\n".join(" ".join(p.split()) for p in (text or "").split("\n\n"))


def tables() -> Iterator[str]:
    """A section for each table: its columns, described in English and in Finnish."""
    for table in TABLES.values():
        own = " A study may add columns of its own, `x_…`." if table.takes_own else ""
        key = ", ".join(f"`{name}`" for name in table.key)
        yield f"## {table.name}\n\n{table.description_en}\n\n*{table.description_fi}*\n"
        yield f"Key: {key}.{own}\n"
        shown = [each for each in table.columns if not _is_interval(each, table)]
        rows = [(_name(each, table), _kind(each), _both(each)) for each in shown]
        yield from _rows(("column", "type", "meaning"), rows)


def measures() -> Iterator[str]:
    """The columns of the two tables of measures, with their sources."""
    for name in ("dynamics_session", "dynamics_person", "transitions"):
        table = TABLES[name]
        yield f"### {name}\n"
        named = {*table.key, "group_id", "session_number", "kind"}
        shown = [c for c in table.columns if c.name not in named and not _is_interval(c, table)]
        rows = [(_name(c, table), c.unit, c.description_en) for c in shown]
        yield from _rows(("measure", "unit", "definition and source"), rows)


def _is_interval(column: Column, table: Table) -> bool:
    names = {each.name for each in table.columns}
    return any(column.name.removesuffix(end) in names - {column.name} for end in INTERVALS)


def _name(column: Column, table: Table) -> str:
    ends = [f"{column.name}{end}" for end in INTERVALS]
    names = {each.name for each in table.columns}
    return f"`{column.name}`" + (", `_low`, `_high`" if names.issuperset(ends) else "")


def _kind(column: Column) -> str:
    unit = f" ({column.unit})" if column.unit else ""
    return f"`{column.type}`{unit}" + (", may be null" if column.nullable else "")


def _both(column: Column) -> str:
    values = ", ".join(f"`{value}`" for value in column.values)
    allowed = f"<br>One of {values}." if values and column.name != "flags" else ""
    en, fi = column.description_en, column.description_fi
    if column.name == "flags":  # the page of troubleshooting lists them
        en, fi = en.partition(":")[0] + ".", fi.partition(":")[0] + "."
    return f"{en}<br>*{fi}*{allowed}"


def flags() -> Iterator[str]:
    """All flags: what each means and what to do."""
    rows = [
        (f"`{id}`", LEVELS[flag.level], _sentence(str(flag.what)), str(flag.do))
        for id, flag in FLAGS.items()
    ]
    yield from _rows(("flag", "level", "meaning", "what to do"), rows)


def _sentence(phrase: str) -> str:
    return f"{phrase[0].upper()}{phrase[1:]}."


def error_kinds() -> Iterator[str]:
    """The kinds of errors that a recording or a session may meet, with what to do."""
    found = list(_kinds(errors.RecordingError)) + list(_kinds(errors.TransientError))
    yield from _rows(("what is the matter", "what to do"), found)


def _kinds(kind: type[errors.VuoroError]) -> Iterator[tuple[str, str]]:
    for each in kind.__subclasses__():
        yield _paragraphs(getdoc(each)), str(each.usual_remedy)
        yield from _kinds(each)


def settings() -> Iterator[str]:
    """A section for each table of vuoro.toml."""
    for name in Settings.model_fields:
        section = section_type(name)
        yield f"## {name}\n\n{_paragraphs(section.__doc__)}\n"
        rows = [
            (f"`{full_name}`", _default(key.field.default), key.meaning)
            for full_name, key in KEYS.items()
            if key.section == name
        ]
        yield from _rows(("setting", "default", "meaning"), rows)


def _default(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        shown = ", ".join(map(str, value[:3])) + (", …" if len(value) > 3 else "")
        return shown
    return str(value).lower() if isinstance(value, bool) else str(value)


def models() -> Iterator[str]:
    """The models of the registry."""
    rows = [
        (f"`{m.id}`", m.title, m.licence, f"{m.size_mb} MB", "yes" if m.default else "")
        for m in load_registry().values()
    ]
    yield from _rows(("id", "model", "licence", "size", "default"), rows)


def _rows(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """A Markdown table; nothing where it has no rows."""
    if rows:
        lines = [header, tuple("---" for _ in header), *rows]
        yield "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "commands": commands,
    "tables": tables,
    "measures": measures,
    "flags": flags,
    "errors": error_kinds,
    "settings": settings,
    "models": models,
}


def generated(page: str) -> str:
    """A page with its generated parts as they follow from the code now."""

    def part(match: re.Match[str]) -> str:
        return f"{match[1]}\n" + "\n".join(PARTS[match["name"]]()) + f"\n{match[3]}"

    return PART.sub(part, page)


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` name those that are out of date."""
    stale = []
    for path in sorted(DOCS.rglob("*.md")):
        now = path.read_text(encoding="utf-8")
        if (wanted := generated(now)) != now:
            stale.append(path.relative_to(DOCS.parent))
            if "--check" not in arguments:
                path.write_text(wanted, encoding="utf-8", newline="\n")
    if stale and "--check" in arguments:
        names = ", ".join(map(str, stale))
        sys.stderr.write(f"Out of date: {names}. Run `python -m docs.generate`.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
