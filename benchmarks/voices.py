"""Measure how well voice prints tell people apart, and people are recognised over sessions.

    make bench-voices DATA=../recordings
    python -m benchmarks.voices ../recordings --cache ../found --out voices.json

The folder holds recordings with references (``benchmarks.material``), perhaps folders of clips
as Common Voice has them (reference.tsv with client_id and path, and clips/). Within each folder of
it, the same name stands for the same person. Groups are folders of sessions session-1, session-2 …

**Prints.** Each person's talk alone, as the reference has it, is cut into stretches of so many
seconds, at most eight a recording, each with a print. The equal-error rate is over all pairs of
stretches of one folder: same person or not.

**Groups.** Each session is diarised; a label is the person of the reference with whom it overlaps
longest. Then people are recognised with no one named, and with session 1 named by a human.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal, Optional

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.material import Material, find
from benchmarks.prints import (
    CLIPS_TABLE,
    Finder,
    Pieces,
    Separation,
    Stretch,
    reference,
    separation,
    stretches,
)
from benchmarks.score import Rate
from pipeline.people.recognise import Heard, Recognised, recognise
from pipeline.records import Diarisation, Segment
from pipeline.study.file_names import natural

SECONDS = (2.0, 3.0, 5.0, 10.0, 20.0)
SESSION = "session-"

Outcome = Literal["right", "new", "wrong", "again", "unknown"]


@dataclass(frozen=True, slots=True)
class Link:
    """One label of a session of a group: who it is, and who it was taken for.

    ``named`` says whether a human had named the people of the first session.
    ``right``: recognised. ``new``: correctly taken for a new person. ``wrong``: taken for another
    person. ``again``: a known person taken for new. ``unknown``: left for a human.
    """

    session: str
    named: bool
    person: str
    taken_for: str | None
    outcome: Outcome
    recognised: Recognised


def people_of(found: Diarisation, said: Sequence[Segment]) -> dict[str, str]:
    """The person with whom each label overlaps longest; labels without overlap are left out."""
    overlap_s: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for segment in found.regular:
        for part in said:
            if both_s := segment.overlap_s(part):
                overlap_s[segment.label][part.label] += both_s
    return {label: max(sorted(of), key=lambda who: of[who]) for label, of in overlap_s.items()}


def links(
    diarised: Mapping[str, Diarisation], truth: Mapping[str, Mapping[str, str]], *, named: bool
) -> list[Link]:
    """The links recognised in the sessions of a group, in order; ``truth`` is who each label is.

    With ``named``, a human named the people of the first session; those links are left out.
    """
    decided = {next(iter(diarised)): truth[next(iter(diarised))]} if named else {}
    sessions = [
        Heard(
            session,
            tuple(each for each in found.voice_prints if each.label in truth[session]),
            decided.get(session, {}),
            frozenset(),
        )
        for session, found in diarised.items()
    ]
    recognised = [
        (session, each, truth[session][each.label])
        for session, people in recognise(sessions, {}).items()
        for each in people
    ]
    owner = {each.key: who for _, each, who in recognised if each.by in ("human", "new")}
    known: set[str] = set()
    made = []
    for session, each, who in recognised:
        if each.by != "human":
            outcome = _outcome(each, who, owner.get(each.key), who in known)
            made.append(Link(session, named, who, owner.get(each.key), outcome, each))
        known |= {who} if each.by in ("human", "new") else set()
    return made


def _outcome(each: Recognised, person: str, taken_for: str | None, known: bool) -> Outcome:
    if each.by == "new":
        return "again" if known else "new"
    if each.key is None:
        return "unknown"
    return "right" if taken_for == person else "wrong"


def absences(found: Iterable[Link]) -> Rate:
    """Of the people of a group who are not in a session, those for whom a label of it was taken."""
    present: defaultdict[str, set[str]] = defaultdict(set)
    taken_for: defaultdict[str, set[str]] = defaultdict(set)
    for link in found:
        present[link.session].add(link.person)
        taken_for[link.session] |= {link.taken_for} if link.taken_for else set()
    people = set().union(*present.values())
    absent = {session: people - here for session, here in present.items()}
    missed = sum(len(absent[session] & taken_for[session]) for session in absent)
    return Rate(missed, sum(map(len, absent.values())))


def groups(materials: Iterable[Material]) -> dict[str, list[Material]]:
    """The sessions of each group, in order; of groups with more sessions than one."""
    found: defaultdict[str, list[Material]] = defaultdict(list)
    for material in materials:
        if material.folder.name.startswith(SESSION):
            found[Path(material.name).parent.as_posix()].append(material)
    by_number = {g: sorted(some, key=lambda m: natural(m.folder)) for g, some in found.items()}
    return {group: some for group, some in by_number.items() if len(some) > 1}


def main(
    data: Annotated[Path, typer.Argument(help="A folder with recordings and references.")],
    cache: Annotated[Path, typer.Option(help="Where what is found is kept for the next time.")],
    out: Annotated[
        Optional[Path],  # noqa: UP045 (Typer reads it at run time)
        typer.Option(help="Where the figures go as JSON, too."),
    ] = None,
) -> None:
    """Measure voice prints, and who is recognised over the sessions of groups."""
    materials = find(data)
    clips = sorted(file.parent for file in data.rglob(CLIPS_TABLE))
    if not (materials or clips):
        raise typer.BadParameter("there is no reference.rttm or reference.tsv below this folder")
    finder = Finder(cache)
    spoken = [(m.name, finder.pieces(m)) for m in materials]
    spoken += [(folder.relative_to(data).as_posix(), finder.clips(folder)) for folder in clips]
    separations = [found for s in SECONDS if (found := _separation(spoken, s))]
    linked = {group: _links(finder, some) for group, some in groups(materials).items()}
    wide = Console(width=max(120, Console().width))
    wide.print(_separation_table(separations))
    for group, some in linked.items():
        wide.print(_link_table(group, some))
    if out:
        content = {
            "prints": [asdict(each) for each in separations],
            "groups": {group: [asdict(each) for each in some] for group, some in linked.items()},
        }
        out.write_text(json.dumps(content, indent=1), encoding="utf-8")


def _separation(spoken: Iterable[tuple[str, Pieces]], seconds: float) -> Separation | None:
    folders: defaultdict[str, list[Stretch]] = defaultdict(list)
    for recording, found in spoken:
        folders[Path(recording).parts[0]] += stretches(recording, found, seconds)
    return separation(folders.values(), seconds)


def _links(finder: Finder, sessions: Sequence[Material]) -> list[Link]:
    diarised = {m.folder.name: finder.diarisation(m) for m in sessions}
    truth = {m.folder.name: people_of(diarised[m.folder.name], reference(m)) for m in sessions}
    return [link for named in (False, True) for link in links(diarised, truth, named=named)]


def _separation_table(separations: Iterable[Separation]) -> Table:
    heads = (
        "seconds",
        "same",
        "different",
        "plain",
        "centred",
        "elsewhere",
        "same 1 %",
        "diff 99 %",
    )
    table = Table(*heads, title="voice prints: pairs, equal-error rate in per cent, likeness")
    for each in separations:
        rates = (each.plain, each.centred, each.elsewhere)
        table.add_row(
            f"{each.seconds:g}",
            str(each.n_same),
            str(each.n_different),
            *("" if rate is None else f"{100 * rate:.2f}" for rate in rates),
            f"{each.same:.2f}",
            f"{each.different:.2f}",
        )
    return table


def _link_table(group: str, found: Sequence[Link]) -> Table:
    heads = ("session", "named", "label", "is", "taken for", "outcome", "likeness", "margin")
    captions = [
        _caption([link for link in found if link.named == named]) for named in (False, True)
    ]
    caption = "\n".join(captions)
    table = Table(*heads, title=group, caption=caption)
    for link in found:
        numbers = (link.recognised.similarity, link.recognised.margin)
        table.add_row(
            link.session,
            "session 1" if link.named else "nobody",
            link.recognised.label,
            link.person,
            link.taken_for or "",
            link.outcome,
            *("" if number is None else f"{number:.2f}" for number in numbers),
        )
    return table


def _caption(found: Sequence[Link]) -> str:
    named = "session 1 named" if any(link.named for link in found) else "nobody named"
    counts = sorted(Counter(link.outcome for link in found).items())
    missed = absences(found)
    outcomes = ", ".join(f"{n} {outcome}" for outcome, n in counts)
    return f"{named}: {outcomes}; {missed.count:g} of {missed.total:g} absences not seen"


if __name__ == "__main__":
    typer.run(main)
