"""``vuoro group …``: who is in each group, and who has consented."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.commands.common import DEFAULT_STUDY, StudyOption, console, opened, say, unlock, warn

if TYPE_CHECKING:
    from pipeline.people.roster.members import Roster
    from pipeline.pseudonymisation.entities import EntityTable
    from pipeline.study import Study

app = typer.Typer(
    name="group",
    help="The rosters: who is in each group, and who has consented.",
    no_args_is_help=True,
)

GroupArgument = Annotated[str, typer.Argument(help="A group: its id, or its folder in the inbox.")]


@app.command()
def add(
    group: GroupArgument,
    from_: Annotated[
        Optional[Path],  # noqa: UP045 (Typer reads it at run time)
        typer.Option(
            "--from", help="A roster to take in: .xlsx as `show --out` makes, .csv or .yaml."
        ),
    ] = None,
    new: Annotated[
        bool, typer.Option("--new", help="A new group, though its name is much like another's.")
    ] = False,
    study: StudyOption = DEFAULT_STUDY,
) -> None:
    """Give a group a roster, or a new one; an empty one to fill in without --from."""
    from pipeline import intake
    from pipeline.errors import StudyError
    from pipeline.people.roster import on_disk as files
    from pipeline.people.roster.members import Roster
    from pipeline.people.roster.unconsented import consents
    from pipeline.study import locks

    place = opened(study)
    with locks.names(place):
        known = intake.known_group(place, group)
        if known is None and (group in ("", "..") or group != Path(group).name):
            raise StudyError(
                "A group's name is that of a folder in the inbox.",
                "Give a name without slashes; for recordings in no folder, make one first.",
            )
        if known is None and not new and intake.nearest_group(place, group):
            raise intake.no_group(place, group, "If it is another group, add --new.")
        group_id = known or intake.group_id(place, group)
    if known is None:
        say(f"{group_id} is a new group; its recordings go into the folder '{group}' of the inbox.")
    if from_ is None and files.place(place, group_id).exists():
        raise StudyError(f"{group_id} has a roster.", "Edit it, or give another with --from.")
    roster = _given(from_, group_id) if from_ else Roster(group=group_id)
    files.save(place, roster)
    _seed(place)
    say(f"The roster of {group_id} is {files.place(place, group_id)}")
    say(f"{len(roster.members)} member(s), {_consents(roster)}")
    warn(consents(place, group_id).sentences)


@app.command()
def remove(
    group: GroupArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    study: StudyOption = DEFAULT_STUDY,
) -> None:
    """Remove a group that was made by mistake: its roster and its number. Not one with sessions."""
    from pipeline import intake
    from pipeline.study import locks

    place = opened(study)
    group_id = intake.known_group(place, group)
    if group_id is None:
        raise intake.no_group(place, group, "`vuoro group check` lists those with a roster.")
    if not yes and not typer.confirm(f"Remove {group_id} and its roster?"):
        say("Nothing was removed.")
        raise typer.Exit(1)
    with locks.alone(place), locks.names(place):
        intake.remove_group(place, group_id)
    say(f"{group_id} is removed. The names of its members stay in the key of the study.")


@app.command()
def show(
    group: GroupArgument,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Write it to this file instead: .xlsx, a form to fill in, or .yaml."),
    ] = None,
    study: StudyOption = DEFAULT_STUDY,
) -> None:
    """A group's members with names, pseudonyms and consent. It identifies: keep it private."""
    from rich.markup import escape
    from rich.table import Table

    from pipeline.people.roster import on_disk as files
    from pipeline.people.roster.seed import person_id
    from pipeline.people.roster.unconsented import consents

    place = opened(study)
    roster = _roster(place, group)
    if out is not None:
        files.require_private(place, out)
        files.write(roster, out)
        say(f"The roster of {roster.group} is in {out}. It identifies: keep it private.")
        return
    names = _seed(place)
    table = Table("", "person_id", "name", "role", "organisation", "consent", "absent")
    for number, m in enumerate(roster.members, start=1):
        cells = (person_id(names, m) or "", m.name, m.role, m.organisation, m.consent or "–")
        table.add_row(str(number), *map(escape, (*cells, ", ".join(m.absent))))
    console.print(f"{roster.group}: {_consents(roster)}", highlight=False)
    console.print(table)
    warn(consents(place, roster.group).sentences)


@app.command()
def check(
    group: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(help="A group: its id, or its folder in the inbox; all if left out."),
    ] = None,
    study: StudyOption = DEFAULT_STUDY,
) -> None:
    """Check the rosters, and tell whose consent is missing; exit status 1 if something is."""
    from pipeline.errors import StudyError
    from pipeline.people.roster import on_disk as files
    from pipeline.people.roster.unconsented import consents

    place = opened(study)
    unlock(place)
    groups = [group] if group else [file.stem for file in files.places(place)]
    sound = True
    for group_id in sorted(groups):
        try:
            roster = _roster(place, group_id)
        except StudyError as error:
            warn([f"{group_id}: {error}"])
            sound = False
            continue
        say(f"{group_id}: {len(roster.members)} member(s), {_consents(roster)}")
        warn(consents(place, roster.group).sentences)
        sound &= all(member.consent == "yes" for member in roster.members)
        for number, member in enumerate(roster.members, start=1):
            sample = member.voice_sample
            if sample and not (place.voices / sample).is_file():
                say(f"{group_id}: the voice sample of member {number} is not in private/voices.")
                sound = False
    if not groups:
        say("There is no roster. None is needed to start; `vuoro group add` makes one.")
    if not sound:
        raise typer.Exit(1)


def _given(file: Path, group_id: str) -> Roster:
    from pipeline.errors import StudyError
    from pipeline.people.roster import on_disk as files

    try:
        return files.read(file, group_id, say)
    except StudyError as error:
        raise StudyError(f"{file.name}: {error.what}", error.remedy) from None


def _seed(study: Study) -> EntityTable:
    from pipeline.people.roster.seed import seed

    unlock(study)
    return seed(study)


def _roster(study: Study, group: str) -> Roster:
    from pipeline import intake
    from pipeline.errors import StudyError
    from pipeline.people.roster import on_disk as files

    group_id = intake.known_group(study, group)
    if group_id is None:
        raise intake.no_group(study, group, "`vuoro group add` makes one.")
    roster = files.load(study, group_id)
    if roster is None:
        raise StudyError(f"There is no roster of {group}.", "`vuoro group add` makes one.")
    return roster


def _consents(roster: Roster) -> str:
    """Who has not consented, by number; new recordings wait for them."""
    without = [
        str(number)
        for number, member in enumerate(roster.members, start=1)
        if member.consent != "yes"
    ]
    if not without:
        return "all have consented"
    return f"no consent of {', '.join(without)}: new recordings that they may be in wait"
