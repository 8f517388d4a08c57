"""``vuoro settings``: what each setting is, where it comes from, and changing it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from pipeline.commands.frame import StudyOption, unlock
from pipeline.commands.output import say, warn
from pipeline.texts import Text, counted

if TYPE_CHECKING:
    from pipeline.operations.settings import Change
    from pipeline.settings import Key
    from pipeline.settings.file import Read
    from pipeline.study import Study

FORM = 2  # raise it whenever the meaning of the --json output changes


def settings(
    study: StudyOption,
    keys: Annotated[
        Optional[list[str]],  # noqa: UP045 (Typer reads it at run time)
        typer.Argument(
            metavar="KEY=VALUE|KEY|SECTION",
            help="Settings to change, e.g. turns.lapse_s=5, or to show; default: all.",
        ),
    ] = None,
    default: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--default", metavar="KEY", help="Return KEY to its default."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")] = False,
) -> None:
    """Show or change settings. Says what a change redoes; `vuoro run` applies it."""
    from pipeline.settings import KEYS
    from pipeline.settings.file import key_of, read

    _without_spaces(keys or [])
    values = dict(_assignment(each) for each in keys or [] if "=" in each)
    shown = [each for each in keys or [] if "=" not in each]
    if shown and (values or default):
        raise typer.BadParameter("Give KEY=VALUE to change settings, or KEY to show them.")
    if not values and not default:
        found = read(study.settings_file)
        sections = {key.section for key in KEYS.values()}
        wanted = {each if each in sections else str(key_of(each)) for each in shown}
        listed = [key for name, key in KEYS.items() if not wanted or {name, key.section} & wanted]
        _show(found, listed, as_json=as_json)
        return
    _change(study, values, default or [], as_json=as_json)


def _without_spaces(given: list[str]) -> None:
    """Raises BadParameter that says how to write it where there are spaces around a ``=``."""
    ends = any(re.fullmatch("[^=]+=", each) for each in given[:-1])
    if ends or any(each.startswith("=") for each in given):
        together = re.sub(" *= *", "=", " ".join(given))
        raise typer.BadParameter(f"Write KEY=VALUE without spaces: {together}")


def _assignment(given: str) -> tuple[str, str]:
    key, _, value = given.partition("=")
    key, value = key.strip(), value.strip()
    if not value:
        raise typer.BadParameter(f"Give {key} a value, or use --default {key}.")
    return key, value


def _show(found: Read, keys: Iterable[Key], *, as_json: bool) -> None:
    from pipeline.settings import section_type

    if as_json:
        _write({"settings": [_as_data(found, key) for key in keys]})
        return
    section = ""
    for key in keys:
        if key.section != section:
            section = key.section
            say(f"[{section}] {(section_type(section).__doc__ or '').strip()}")
        say(f"  {_value(found, key)}  ({found.origin(key)})")
        say(f"      {key.meaning}")


def _change(study: Study, values: Mapping[str, str], defaults: list[str], *, as_json: bool) -> None:
    from pipeline.operations.settings import change
    from pipeline.settings import KEYS
    from pipeline.settings.file import read

    unlock(study)
    done = change(study, values, defaults)
    found = read(study.settings_file)
    changed = [KEYS[name] for name in (*values, *defaults)]
    if as_json:
        _write(
            {
                "settings": [_as_data(found, key) for key in changed],
                "redo": done.redo,
                "waiting": done.waiting,
                "kept": list(done.kept),
                "unknown": done.unknown and str(done.unknown),
            }
        )
        return
    for key in changed:
        say(f"{_value(found, key)}  ({found.origin(key)})")
    if not done.is_new:
        say("vuoro.toml already has these values.")
        return
    _say_consequences(study, done)


def _say_consequences(study: Study, done: Change) -> None:
    from flows import address
    from pipeline.stages.declared import label_of
    from pipeline.study import locks

    if done.unknown is not None:
        warn([f"What has to be redone is not known now: {done.unknown}"])
    elif not done.redo and not done.waiting:
        say("Nothing has to be redone.")
    else:
        _say_to_come(_TO_REDO, done.redo)
        _say_to_come(_WAITING if done.redo else _NOTHING_MORE, done.waiting)
        if any(len(stages) > 1 for stages in (*done.redo.values(), *done.waiting.values())):
            say("A later stage is skipped where what it reads comes out the same.")
        kept = [*map(label_of, done.kept), "all decisions and corrections"]
        say(f"Kept: {', '.join(kept)}.")
        is_up = address.read(study.prefect_home) is not None
        say("`vuoro up` applies it." if is_up else "Apply it with `vuoro run`.")
    if locks.runs(study):
        say("The run at work keeps the settings that it began with.")


_TO_REDO = counted("To redo in {n} session: {stages}.", "To redo in {n} sessions: {stages}.")
_WAITING = counted(
    "Already waiting in {n} session: {stages}.", "Already waiting in {n} sessions: {stages}."
)
_NOTHING_MORE = counted(
    "Nothing more than what already waits in {n} session: {stages}.",
    "Nothing more than what already waits in {n} sessions: {stages}.",
)


def _say_to_come(sentence: Text, to_come: Mapping[str, Collection[str]]) -> None:
    """Say which stages are to come, once for all sessions that are alike."""
    from pipeline.stages.declared import label_of

    for stages, n in Counter(map(tuple, to_come.values())).items():
        say(sentence.filled(n=n, stages=", ".join(map(label_of, stages))))


def _value(found: Read, key: Key) -> str:
    from pipeline.settings.file import as_written

    value = as_written(key.of(found.settings))
    return f"{key} = {value}" if value else f"{key}: not set"


def _as_data(found: Read, key: Key) -> dict[str, Any]:
    """A setting as ``--json`` writes it: ``from`` is default, file or environment."""
    variable, line = found.variables.get(str(key)), found.line(key)
    return {
        "key": str(key),
        "value": key.of(found.settings),
        "default": key.field.default,
        "from": "environment" if variable else "file" if line else "default",
        "line": line,
        "meaning": key.meaning,
    }


def _write(data: dict[str, Any]) -> None:
    typer.echo(json.dumps({"form": FORM, **data}, indent=1, ensure_ascii=False))
