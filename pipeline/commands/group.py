"""``vuoro group …``: who is in each group, and who has consented."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.frame import (
    Commands,
    StudyOption,
    UnlockedStudyOption,
    YesOption,
    confirm,
    exclusive,
)
from pipeline.commands.output import console, say, warn
from pipeline.texts import counted

if TYPE_CHECKING:
    from pipeline.people.roster.members import Roster
    from pipeline.study import Study

app = Commands("group", "Manage groups: members and consent.")

GroupArgument = Annotated[
    str, typer.Argument(metavar="GROUP", help="A group: its id, or its folder in the inbox.")
]
_MEMBERS = counted("{n} member", "{n} members")


@app.command()
def add(
    group: GroupArgument,
    study: UnlockedStudyOption,
    from_: Annotated[
        Optional[Path],  # noqa: UP045 (Typer reads it at run time)
        typer.Option(
            "--from",
            metavar="FILE",
            help="Import this roster: .xlsx from `vuoro group show --out`, .csv or .yaml.",
        ),
    ] = None,
    new: Annotated[
        bool, typer.Option("--new", help="Create a new group even if its name resembles another's.")
    ] = False,
) -> None:
    """Add or replace a group's roster. Without --from, add an empty one to fill in."""
    from pipeline import intake
    from pipeline.errors import StudyError
    from pipeline.people.roster import on_disk as files
    from pipeline.people.roster.members import Roster
    from pipeline.people.roster.seed import seed
    from pipeline.people.roster.unconsented import consents
    from pipeline.study import locks

    with locks.names(study):
        known = intake.known_group(study, group)
        if known is None and (group in ("", "..") or group != Path(group).name):
            raise StudyError(
                "A group is named after its folder in the inbox.",
                "Give a name without slashes. For recordings without a folder, create one first.",
            )
        if known is None and not new and intake.nearest_group(study, group):
            raise intake.no_group(study, group, "If it is another group, add --new.")
        group_id = known or intake.group_id(study, group)
    if known is None:
        say(f"{group_id} is a new group. Put its recordings into the inbox folder '{group}'.")
    if from_ is None and files.place(study, group_id).exists():
        raise StudyError(f"{group_id} already has a roster.", "Edit it, or replace it with --from.")
    roster = _given(from_, group_id) if from_ else Roster(group=group_id)
    files.save(study, roster)
    seed(study)
    say(f"The roster of {group_id} is {files.place(study, group_id)}")
    say(_consents(roster))
    warn(consents(study, group_id).sentences)


@app.command()
def remove(group: GroupArgument, study: StudyOption, yes: YesOption = False) -> None:
    """Remove a group without sessions: its roster and its number."""
    from pipeline import intake

    group_id = intake.known_group(study, group)
    if group_id is None:
        raise intake.no_group(study, group, "List groups with `vuoro group check`.")
    confirm(f"Remove {group_id} and its roster?", yes)
    with exclusive(study):
        intake.remove_group(study, group_id)
    say(f"Removed {group_id}. The names of its members stay in the study's key.")


@app.command()
def show(
    group: GroupArgument,
    study: UnlockedStudyOption,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="FILE", help="Write it to a file: .xlsx to fill in, or .yaml."),
    ] = None,
) -> None:
    """Show a group's members: names, pseudonyms and consent. Keep the output private."""
    from rich.markup import escape
    from rich.table import Table

    from pipeline.people.roster import on_disk as files
    from pipeline.people.roster.seed import person_id, seed
    from pipeline.people.roster.unconsented import consents

    roster = _roster(study, group)
    if out is not None:
        files.require_private(study, out)
        files.write(roster, out)
        say(f"Wrote the roster of {roster.group} to {out}. It has names: keep it private.")
        return
    names = seed(study)
    table = Table("", "person_id", "name", "role", "organisation", "consent", "absent")
    for number, m in enumerate(roster.members, start=1):
        cells = (person_id(names, m) or "", m.name, m.role, m.organisation, m.consent or "–")
        table.add_row(str(number), *map(escape, (*cells, ", ".join(m.absent))))
    console.print(f"{roster.group}: {_consents(roster)}", highlight=False)
    console.print(table)
    warn(consents(study, roster.group).sentences)


@app.command()
def check(
    study: UnlockedStudyOption,
    group: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(
            metavar="GROUP", help="A group: its id, or its folder in the inbox; default: all."
        ),
    ] = None,
) -> None:
    """Check rosters and consent. Exit status 1 if anything is missing."""
    from pipeline.errors import StudyError
    from pipeline.people.roster import on_disk as files
    from pipeline.people.roster.unconsented import consents

    groups = [group] if group else [file.stem for file in files.places(study)]
    sound = True
    for group_id in sorted(groups):
        try:
            roster = _roster(study, group_id)
        except StudyError as error:
            warn([f"{group_id}: {error}"])
            sound = False
            continue
        say(f"{group_id}: {_consents(roster)}")
        warn(consents(study, roster.group).sentences)
        sound &= bool(roster.members) and all(m.consent == "yes" for m in roster.members)
        for number, member in enumerate(roster.members, start=1):
            sample = member.voice_sample
            if sample and not (study.voices / sample).is_file():
                say(f"{group_id}: the voice sample of member {number} is not in private/voices.")
                sound = False
    if not groups:
        say("There are no rosters. None is needed to start. Add one with `vuoro group add GROUP`.")
    if not sound:
        raise typer.Exit(1)


def _given(file: Path, group_id: str) -> Roster:
    from pipeline.errors import StudyError
    from pipeline.people.roster import on_disk as files

    try:
        return files.read(file, group_id, say)
    except StudyError as error:
        raise StudyError(f"{file.name}: {error.what}", error.remedy) from None


def _roster(study: Study, group: str) -> Roster:
    from pipeline import intake
    from pipeline.errors import StudyError
    from pipeline.people.roster import on_disk as files

    group_id = intake.known_group(study, group)
    if group_id is None:
        raise intake.no_group(study, group, "Add one with `vuoro group add GROUP`.")
    roster = files.load(study, group_id)
    if roster is None:
        raise StudyError(
            f"{group_id} has no roster.", f"Add one with `vuoro group add {group_id}`."
        )
    return roster


def _consents(roster: Roster) -> str:
    """How many members the roster has, and who of them has not consented, by number."""
    if not roster.members:
        return "0 members: nothing is known of consent; fill in the roster"
    members = _MEMBERS.filled(n=len(roster.members))
    without = [
        str(number)
        for number, member in enumerate(roster.members, start=1)
        if member.consent != "yes"
    ]
    if not without:
        return f"{members}, all have consented"
    listed = ", ".join(without)
    return f"{members}, no consent from {listed}: new recordings they may be in will wait"
