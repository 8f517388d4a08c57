"""What a data set costs by the number of its sessions: processor time and memory, without models.

    python -m benchmarks.scale --sessions 35 --minutes 60
    python -m benchmarks.scale --sessions 10000
    python -m benchmarks.scale --sessions 1000 --minutes 1 --looks

Sessions are drawn at random, the same at every call, and are processed like real ones: rows,
turn-taking, files, people, documents. Nothing is recognised, and the people are fictitious. The
times include the drawing.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer
from rich.console import Console

from benchmarks import drawn
from pipeline.dataset import files
from pipeline.dataset.group_rows import Background, Group, Own
from pipeline.dataset.validate import validate as problems_of
from pipeline.exports.forms import FORMS
from pipeline.exports.write import export
from pipeline.operations.build import document
from pipeline.records import (
    Audio,
    Cast,
    Conversation,
    Diarisation,
    MaskedConversation,
    MaskedTurn,
    Person,
    Recording,
    Segment,
    Turn,
    Word,
)
from pipeline.stages.publish import (
    is_published,
    publish_people,
    publish_session,
    write_documentation,
)
from pipeline.stages.session_rows import session_tables
from pipeline.stages.to_do import unfinished
from pipeline.study import Study
from pipeline.study.listener import Listener

CHECKPOINTS = 10  # lines for the sessions
GROUP = 8  # sessions of a group
OF_GROUP = 35  # sessions of a group of a study that is looked at
WALKS = 4  # of a run that finds something to do: see ``flows.batch.Work``
PEOPLE = range(4, 12)  # of a group
WORDS_PER_S = 2.5
FEWEST_TURNS, TURNS_PER_MINUTE = 40, 4
SAID = ("niin", "mä", "oon", "sitä", "mieltä", "että", "se", "on", "hyvä", "[Henkilö 7]:lle")


@dataclass(frozen=True, slots=True)
class Cost:
    """What was done for how many sessions, in how long, and the most memory until then."""

    what: str
    n: int
    cpu_s: float
    wall_s: float
    peak_mb: float


def main(
    sessions: Annotated[int, typer.Option(min=1, help="How many sessions.")] = 1000,
    minutes: Annotated[float, typer.Option(help="How long each is, at 150 words a minute.")] = 4,
    forms: Annotated[str, typer.Option(help=f"Exports to write, of: {' '.join(FORMS)}.")] = "",
    validate: Annotated[bool, typer.Option(help="Check the data set, too.")] = False,
    looks: Annotated[
        bool, typer.Option("--looks", help="Measure looking at a finished study instead.")
    ] = False,
) -> None:
    """Measure a synthetic data set in a temporary folder.

    A session has 40 turns, or four a minute if that is more; a group has eight sessions. With
    --looks: what the commands cost that find nothing to do in a study, in groups of 35 sessions.
    """
    console = Console(highlight=False, soft_wrap=True)
    console.print(_HEAD)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        costs = (
            looked(folder, sessions, minutes)
            if looks
            else measured(folder, sessions, minutes, forms.split(), check=validate)
        )
        for cost in costs:
            console.print(_line(cost))


_HEAD = f"{'':28}{'sessions':>10}{'cpu s':>10}{'ms each':>10}{'wall s':>10}{'peak MB':>10}"


def _line(cost: Cost) -> str:
    each_ms = 1000 * cost.cpu_s / cost.n
    times = f"{cost.cpu_s:>10.2f}{each_ms:>10.2f}{cost.wall_s:>10.2f}"
    return f"{cost.what:28}{cost.n:>10}{times}{cost.peak_mb:>10.0f}"


def measured(
    folder: Path, n: int, minutes: float, forms: list[str], *, check: bool
) -> Iterator[Cost]:
    """Build a data set of ``n`` sessions in a folder, and the cost of each part of the way."""
    dataset = folder / "dataset"
    step = max(1, n // CHECKPOINTS)
    for first in range(0, n, step):
        numbers = range(first, min(first + step, n))
        what = f"sessions {numbers[0] + 1}–{numbers[-1] + 1}"
        yield _timed(what, len(numbers), partial(_publish, dataset, numbers, minutes, "drawn"))
    rosters = _background(n)
    yield _timed("people and documents", n, partial(_document, dataset, rosters))
    yield _timed("again, nothing changed", n, partial(_again, dataset, rosters))
    yield _timed("one session changed", 1, partial(_change, dataset, n - 1, minutes, rosters))
    for form in forms:
        yield _timed(f"export {form}", n, partial(export, dataset, folder / "exports", [form]))
    if check:
        yield _timed("validate", n, partial(_check, dataset))


def looked(folder: Path, n: int, minutes: float) -> Iterator[Cost]:
    """Finish a drawn study of ``n`` sessions in a folder, and the cost of each look at it."""
    import flows.inbox  # noqa: F401 (to load it is not a cost of looking)
    from pipeline.operations.clean import find_waste
    from pipeline.operations.overview import overview

    root = folder / "study"
    with drawn.pretending(minutes, folder / "keys"):
        yield _timed("a finished study", n, partial(drawn.finished_study, root, n, OF_GROUP))
        study = Study(root)
        settings = study.settings()
        yield _timed("status, first", n, partial(overview, study, settings))
        yield _timed("status", n, partial(overview, study, settings))
        yield _timed("run with nothing to do", n, partial(_run, study))
        yield _timed("scheduled look", n, partial(_scheduled, study))
        yield _timed("clean, looking", n, partial(find_waste, study, settings))
        yield _timed("document, nothing new", n, partial(document, study))
        yield _timed("one new recording", 1, partial(_arrived, study, n))


def _run(study: Study) -> None:
    from flows.run import run_study

    if run_study(study, Listener()):
        raise RuntimeError("The study drawn is not finished.")


def _scheduled(study: Study) -> None:
    """What the inbox flow does when nothing is new, without what Prefect does for it."""
    from flows.batch import Work
    from flows.begin import begun

    with begun(study) as held:
        work = Work(study, held)
        if work.to_do() or work.unheard():
            raise RuntimeError("The study drawn is not finished.")
        document(study)


def _arrived(study: Study, number: int) -> None:
    """A recording arrives and is finished, and all are checked as often as in a run."""
    settings = study.settings()
    new = drawn.add_recording(study, number, OF_GROUP)
    for _ in range(WALKS):
        unfinished(study, settings, verify=False)
    drawn.finish(study, settings, [new])
    document(study)


def _timed(what: str, n: int, work: Callable[[], object]) -> Cost:
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    work()
    cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
    return Cost(what, n, cpu_s, wall_s, _peak_mb())


def _peak_mb() -> float:
    """The most memory that this process has had, in MB."""
    kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS
    return kib / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _publish(dataset: Path, numbers: range, minutes: float, source: str) -> None:
    for number in numbers:
        publish_session(dataset, session(number, minutes), f"{source} {number}")


def _document(dataset: Path, rosters: dict[str, Group]) -> None:
    publish_people(dataset, rosters)
    write_documentation(dataset)


def _again(dataset: Path, rosters: dict[str, Group]) -> None:
    for number, file in enumerate(files.files(dataset, "sessions")):
        is_published(dataset, file.stem, f"drawn {number}")
    _document(dataset, rosters)


def _change(dataset: Path, number: int, minutes: float, rosters: dict[str, Group]) -> None:
    _publish(dataset, range(number, number + 1), minutes, "drawn anew")
    _document(dataset, rosters)


def _check(dataset: Path) -> None:
    if found := problems_of(dataset):
        raise RuntimeError(f"The data set drawn is not in order: {found[0]}")


def session(number: int, minutes: float) -> dict[str, pa.Table]:
    """The rows of a drawn session; its overall number gives its group."""
    chance = random.Random(number)
    duration_s = 60 * minutes
    people = _people(number)
    turns = _turns(chance, [person.label for person in people], duration_s)
    group_id, session_number = _group_id(number), number % GROUP + 1
    return session_tables(
        Recording(
            f"{group_id}-S{session_number:02d}", group_id, session_number, "meeting", "", "", ".wav"
        ),
        Audio("audio.wav", 16_000, duration_s, 0.5),
        Diarisation(tuple(Segment(t.start_s, t.end_s, t.label) for t in turns), (), ()),
        Conversation((), "fi", 0.98, duration_s, 0.0, 0.0, ()),
        Cast(tuple(people)),
        MaskedConversation(tuple(MaskedTurn(turn, 0, 0, 0, 0) for turn in turns), ()),
        lapse_s=8.0,
        models=("drawn",),
        settings_digest="drawn",
    )


def _people(number: int) -> list[Person]:
    """A leader, a facilitator whom several groups share, and participants, one of them absent."""
    group_id = _group_id(number)
    n = random.Random(group_id).choice(PEOPLE)
    away = number % n if number % GROUP else None
    roles = ["leader", "facilitator", *["participant"] * (n - 2)]
    ids = [f"{group_id}-P{k}" if role != "facilitator" else "H90" for k, role in enumerate(roles)]
    return [
        Person(f"SPEAKER_{k:02d}", id, role, 60.0, "voice", 0.7, 0.2)
        for k, (id, role) in enumerate(zip(ids, roles, strict=True))
        if k != away
    ]


def _turns(chance: random.Random, labels: list[str], duration_s: float) -> list[Turn]:
    """Turns one after the other, a gap or an overlap between them, all through the session."""
    n = max(FEWEST_TURNS, round(TURNS_PER_MINUTE * duration_s / 60))
    turns: list[Turn] = []
    for number in range(n):
        start_s = number * duration_s / n + 0.2
        end_s = min((number + 1) * duration_s / n + chance.uniform(-0.5, 0.5), duration_s)
        before = turns[-1] if turns else None
        label = chance.choice(
            [label for label in labels if before is None or label != before.label]
        )
        turns.append(_turn(chance, label, start_s, end_s, before))
    return turns


def _turn(
    chance: random.Random, label: str, start_s: float, end_s: float, before: Turn | None
) -> Turn:
    n_words = max(1, round((end_s - start_s) * WORDS_PER_S))
    at = [start_s + k * (end_s - start_s) / n_words for k in range(n_words + 1)]
    return Turn(
        label=label,
        kind="turn",
        start_s=start_s,
        end_s=end_s,
        words=tuple(Word(a, b, chance.choice(SAID), chance.random()) for a, b in pairwise(at)),
        overlap_s=0.0,
        overlapped_by=(),
        pause_s=0.0,
        previous_label=before.label if before else None,
        offset_from_previous_s=start_s - before.end_s if before else None,
        asr_confidence=chance.random(),
        speaker_confidence=chance.uniform(0.5, 1),
        suspect=(),
    )


def _background(n: int) -> dict[str, Group]:
    """A roster for each group, with two columns of the study's own."""
    own: dict[str, Own] = {"x_years": 12.0, "x_field": "nuorisotyö"}
    return {
        _group_id(number): {
            person.person_id: Background(person.role, own, "yes") for person in _people(number)
        }
        for number in range(0, n, GROUP)
    }


def _group_id(number: int) -> str:
    return f"G{number // GROUP + 1:02d}"


if __name__ == "__main__":
    typer.run(main)
