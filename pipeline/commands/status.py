"""``vuoro status``: the state of each recording, and what to do next."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.commands.frame import UnlockedStudyOption
from pipeline.commands.output import console, say, warn

if TYPE_CHECKING:
    from pipeline.operations.overview import Overview, SessionStatus
    from pipeline.people.roster.unconsented import Unconsented

FORM = 1  # raise it whenever the meaning of the --json output changes


def status(
    study: UnlockedStudyOption,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON for scripts, without file names.")
    ] = False,
) -> None:
    """Show the state of each recording, and what to do next."""
    from flows import address
    from flows import login as page
    from pipeline.commands.console import advice, sessions_table, summary_line
    from pipeline.operations.build import RUN
    from pipeline.operations.overview import overview
    from pipeline.study import EARLIER, FORMAT

    settings = study.settings()
    found = overview(study, settings)
    if as_json:
        typer.echo(json.dumps(as_data(found), indent=1, ensure_ascii=False))
        return
    here = address.read(study.prefect_home)
    if here is not None:
        say(f"Processing in the background: {page.shown(study.prefect_home, here)}")
    if study.format < FORMAT:
        say(EARLIER)
    say(summary_line(found))
    if sentence := found.outdated.sentence:
        say(sentence if here is not None else f"{sentence} Apply it with `{RUN}`.")
    entries = [_left_to(entry, up=here is not None) for entry in found.entries]
    console.print(sessions_table(entries))
    for line in advice(entries):
        say(line)
    warn(found.consents.sentences)


def _left_to(entry: SessionStatus, *, up: bool) -> SessionStatus:
    """Return an entry without advice to run vuoro if `vuoro up` does that."""
    from pipeline.operations.overview import PROCESS

    return replace(entry, next="") if up and entry.next == PROCESS else entry


def as_data(found: Overview) -> dict[str, Any]:
    """Return what ``--json`` writes. It holds no file names, since logs may record it.

    ``form`` (1), ``summary`` (recordings by situation, voices and names that wait for review) and
    ``recordings``, a list of objects: ``session_id`` (null in the inbox and in quarantine),
    ``situation``, ``since``, ``stages_to_come``, ``stage``, ``share`` (0–1), ``by``, ``why``,
    ``next``, ``attempts``, ``next_try``, ``flags`` (what to know of the recording: ``id``,
    ``level`` (note, warning or look), ``sentence``). ``without_consent`` lists who has not
    consented and is in the data set: ``person_id`` (null where the roster was not read in),
    ``group_id``, ``member`` (position in the roster), ``consent`` as the roster has it (null: not
    recorded), ``speaks_in`` and ``may_speak_in`` (sessions), ``what_to_do``;
    ``unusable_rosters`` are sentences. ``changed_settings`` are the keys that have changed since
    the sessions counted by ``made_with_other_settings`` (in ``summary``) were made. Times are ISO
    8601 in UTC; unknown values are null.
    """
    summary = {
        **{situation.replace(" ", "_"): n for situation, n in sorted(found.counts.items())},
        "voices_to_judge": found.n_voices,
        "names_to_judge": found.n_names,
        "without_consent": len(found.consents.people),
        "made_with_other_settings": len(found.outdated.to_come),
    }
    return {
        "form": FORM,
        "summary": summary,
        "recordings": [*map(_recording, found.entries)],
        "without_consent": [*map(_person, found.consents.people)],
        "unusable_rosters": [*map(str, found.consents.unusable)],
        "changed_settings": list(found.outdated.keys),
    }


def _person(each: Unconsented) -> dict[str, Any]:
    return {
        "person_id": each.person_id,
        "group_id": each.group_id,
        "member": each.member,
        "consent": each.consent,
        "speaks_in": list(each.speaks_in),
        "may_speak_in": list(each.may_speak_in),
        "what_to_do": each.sentence,
    }


def _recording(entry: SessionStatus) -> dict[str, Any]:
    return {
        "session_id": entry.session_id or None,
        "situation": entry.situation,
        "since": entry.since and entry.since.isoformat(),
        "stages_to_come": list(entry.to_come),
        "stage": entry.stage,
        "share": entry.share,
        "by": entry.by,
        "why": entry.why or None,
        "next": entry.next or None,
        "attempts": entry.attempts,
        "next_try": entry.next_try and entry.next_try.isoformat(),
        "flags": [
            {"id": each.id, "level": each.level, "sentence": each.sentence("en")}
            for each in entry.remarks
        ],
    }
