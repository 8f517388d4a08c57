"""What a run shows in the terminal: live bars, or plain lines where it is not a terminal."""

from __future__ import annotations

import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Column, Table

from models.registry import ModelStatus
from pipeline.commands.time_left import TimeLeft
from pipeline.errors import CancelledError, CloudError, HoldError, VuoroError
from pipeline.operations.overview import SITUATIONS, Overview, SessionStatus
from pipeline.records import Recording
from pipeline.stages.declared import BY_NAME, label_of, of_phase
from pipeline.stages.hearing import TRANSCRIBE
from pipeline.storage.harmless import on_one_line
from pipeline.study.listener import Listener
from pipeline.study.outcome import SETTLED, Outcome
from pipeline.texts import counted

SHOWN = 5  # recordings of one line


class Terminal(Listener):
    """Shows a run's events. File names are shown here and nowhere else."""

    def __init__(
        self,
        console: Console,
        names: dict[str, str],
        length_of: Callable[[str], float | None] = lambda session_id: None,
        for_an_hour: Callable[[float, float], str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``names`` are the file names of the sessions, which grow as files are accepted.

        ``length_of`` returns the seconds of a session's recording, as far as they are known.
        ``for_an_hour`` makes the sentence on how long an hour of recording takes from the seconds
        of transcribing and of all else; it is shown once. None: it is not shown.
        """
        self._console = console
        self._names, self._length_of, self._for_an_hour = names, length_of, for_an_hour
        self._live = console.is_terminal
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
            console=console,
            disable=not self._live,
        )
        self._waiting: dict[str, list[str]] = {}
        self._total: TaskID | None = None
        self._bar: dict[str, TaskID] = {}
        self._time_left = TimeLeft(lambda stage: _weight([stage]), clock)
        self._done_of: dict[str, float] = {}
        self._interrupted = False
        self._said: set[tuple[str, str, float]] = set()
        self.finished_sessions: set[str] = set()
        self.need_a_look: set[str] = set()
        self.held: set[str] = set()
        self.failures: list[str] = []

    @contextmanager
    def showing(self) -> Iterator[Terminal]:
        """Show progress until the end of the block, which Ctrl-C ends."""
        with self._bars, self._heeding_interrupts():
            yield self

    @contextmanager
    def _heeding_interrupts(self) -> Iterator[None]:
        """Remember a Ctrl-C: a library that is running then may swallow the exception."""

        def interrupt(number: int, frame: FrameType | None) -> None:
            self._interrupted = True
            signal.default_int_handler(number, frame)

        if threading.current_thread() is not threading.main_thread():  # no signal comes here
            yield
            return
        before = signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def accepted(self, file: Path, recording: Recording) -> None:
        self._names[recording.session_id] = file.name
        self._say(f"[green]new[/]        {recording.session_id}  {_escaped(file.name)}")

    def duplicate(self, file: Path, session_id: str) -> None:
        self._say(f"[yellow]duplicate[/]  {session_id}  {_escaped(file.name)} is already there")

    def refused(self, file: Path, error: VuoroError) -> None:
        if isinstance(error, HoldError):
            self._say(f"[yellow]held[/]       {_escaped(file.name)}: {_escaped(str(error))}")
            return
        if isinstance(error, CloudError):
            self._say(f"[yellow]not here[/]   {_escaped(file.name)}: {_escaped(str(error))}")
            return
        self.failures.append(file.name)
        self._say(f"[red]refused[/]    {_escaped(file.name)}: {_escaped(str(error))}")

    def planned(self, waiting: dict[str, list[str]]) -> None:
        if self._total is not None:  # a second round
            self._bars.remove_task(self._total)
        self._waiting, self._done_of = waiting, {}
        self._said.clear()
        to_transcribe = [each for each, stages in waiting.items() if of_phase("hear") & {*stages}]
        self._time_left.plan(waiting, {each: self._length_of(each) for each in to_transcribe})
        self._total = self._bars.add_task(
            str(counted("{n} session", "{n} sessions").filled(n=len(waiting))),
            total=sum(map(_weight, waiting.values())) or 1,
            left="",
        )

    def progressed(self, session_id: str, stage: str, share: float) -> None:
        if self._interrupted and threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt
        stages = self._waiting.get(session_id, [stage])
        if session_id not in self._bar:
            self._bar[session_id] = self._bars.add_task(session_id, total=_weight(stages), left="")
        before = _weight(stages[: stages.index(stage)]) if stage in stages else 0.0
        done = before + share * _weight([stage])
        self._done_of[session_id] = done
        self._time_left.progressed(session_id, stage, share)
        left = self._time_left.words
        self._say_for_an_hour()
        words = f"  {session_id}  {label_of(stage)}"
        self._bars.update(self._bar[session_id], completed=done, description=words)
        if self._total is not None:
            self._bars.update(self._total, completed=self._done, left=left)
        if not self._live and share in (0.0, 1.0) and (session_id, stage, share) not in self._said:
            self._said.add((session_id, stage, share))
            state = "starts" if share == 0.0 else f"done{f', {left} in all' * bool(left)}"
            self._say(f"{session_id}  {label_of(stage)}: {state}")
        if share == 1.0:  # a session rests between its stages while others go on
            self._bars.remove_task(self._bar.pop(session_id))

    def _say_for_an_hour(self) -> None:
        """Say once how long an hour of recording takes, after transcribing was measured."""
        if self._for_an_hour and (measured := self._time_left.for_an_hour(TRANSCRIBE.name)):
            self.noted(self._for_an_hour(*measured))
            self._for_an_hour = None

    @property
    def _done(self) -> float:
        return sum(self._done_of.values())

    def finished(self, found: Outcome) -> None:
        session_id = found.session_id
        (self.need_a_look if found.needs_a_look else self.finished_sessions).add(session_id)
        self._end(session_id)
        word = "[yellow]look at[/]   " if found.needs_a_look else "[green]finished[/]  "
        self._say(f"{word} {session_id}  {self._name(session_id)}")
        for remark in found.remarks:
            self._say(f"           {_escaped(remark.sentence('en'))}")
        if found.needs_a_look:
            self._say(f"           {_escaped(str(SETTLED.filled(session_id=session_id)))}")

    @property
    def counts(self) -> str:
        """Return how many sessions finished, need a look, wait for an answer, and failed."""
        look = f"{len(self.need_a_look)} need a look, " if self.need_a_look else ""
        held = f"{len(self.held)} held, " if self.held else ""
        finished = counted("{n} session finished", "{n} sessions finished")
        done = finished.filled(n=len(self.finished_sessions))
        return f"{done}, {look}{held}{len(self.failures)} failed"

    def failed(self, session_id: str, error: VuoroError) -> None:
        self._end(session_id)
        if isinstance(error, HoldError | CancelledError):
            if isinstance(error, HoldError):
                self.held.add(session_id)
            word = "held" if isinstance(error, HoldError) else "stopped"
            self._say(f"[yellow]{word:11}[/]{session_id}: {_escaped(str(error))}")
            return
        self.failures.append(session_id)
        self._say(
            f"[red]failed[/]     {f'{session_id}  {self._name(session_id)}'.rstrip()}: "
            f"{_escaped(str(error))}"
        )

    def noted(self, sentence: str) -> None:
        self._say(f"[yellow]note[/]       {_escaped(sentence)}")

    def _end(self, session_id: str) -> None:
        self._done_of[session_id] = _weight(self._waiting.get(session_id, []))
        self._time_left.ended(session_id)
        if session_id in self._bar:
            self._bars.remove_task(self._bar.pop(session_id))
        if self._total is not None:
            self._bars.update(self._total, completed=self._done)

    def _name(self, session_id: str) -> str:
        return _escaped(self._names.get(session_id, ""))

    def _say(self, line: str) -> None:
        self._console.print(line, soft_wrap=True, highlight=False)


def _escaped(text: str) -> str:
    """Return a text without markup and escape sequences, on one line."""
    return escape(on_one_line(text))


def _weight(stages: list[str]) -> float:
    return sum(BY_NAME[stage].weight for stage in stages)


def sessions_table(entries: Sequence[SessionStatus]) -> Table:
    """Return what `vuoro status` shows of each recording; ``advice`` follows it."""
    session, since = (Column(name, no_wrap=True) for name in ("session", "since"))
    recording, state = (Column(name, overflow="fold") for name in ("recording", "state"))
    table = Table(session, recording, state, since)
    for entry in entries:
        cells = (entry.session_id, entry.name, _state(entry), _since(entry.since))
        table.add_row(*map(_escaped, cells))
    return table


def advice(entries: Sequence[SessionStatus]) -> list[str]:
    """Return what to know and to do, a line a recording; one for several with the same need."""
    lines, alike = [], defaultdict[str, list[str]](list)
    for entry in entries:
        who = entry.session_id or entry.name
        if entry.why:
            lines.append(f"{who}: {entry.why} {_next(entry)}".strip())
        elif to_do := _next(entry):
            alike[to_do].append(who)
    for to_do, all_of_them in alike.items():
        more = f" and {len(all_of_them) - SHOWN} more" if len(all_of_them) > SHOWN else ""
        lines.append(f"{', '.join(all_of_them[:SHOWN])}{more}: {to_do}")
    return [*map(on_one_line, lines)]


def summary_line(found: Overview) -> str:
    """Return how many recordings are in each situation, and what waits for review."""
    counts = [f"{n} {situation}" for situation in SITUATIONS if (n := found.counts[situation])]
    total = counted("{n} recording", "{n} recordings").filled(n=len(found.entries))
    said = [f"{total}: {', '.join(counts)}." if counts else f"{total}."]
    said += [to_review("voice", found.n_voices, "people")] if found.n_voices else []
    said += [to_review("name", found.n_names, "names")] if found.n_names else []
    if people := found.consents.people:
        in_sessions = {session for each in people for session in each.sessions}
        without = counted(
            "{people} without consent in {n} session, see below.",
            "{people} without consent in {n} sessions, see below.",
        )
        said.append(str(without.filled(people=len(people), n=len(in_sessions))))
    return " ".join(said)


def to_review(what: str, n: int, which: str) -> str:
    """Return how many names or voices wait for review, and the command that starts it."""
    waiting = f"{n} {what} is" if n == 1 else f"{n} {what}s are"
    return f"{waiting} waiting for review. Run `vuoro review {which} --out private/{which}.xlsx`."


def _state(entry: SessionStatus) -> str:
    if entry.situation == "at work" and entry.stage is not None:
        doing = label_of(entry.stage)
        return f"at work: {doing}, {100 * (entry.share or 0):.0f} % ({entry.by})"
    if entry.situation == "waiting" and not entry.why:
        return f"waiting; to come: {label_of(entry.to_come[0])} …"
    return entry.situation


def _next(entry: SessionStatus) -> str:
    if entry.next_try is None:
        return entry.next
    again = (
        f"Next try after {_since(entry.next_try)}; to try now, `vuoro retry {entry.session_id}`."
    )
    return f"{entry.next} {again}"


def _since(moment: datetime | None) -> str:
    """Return a moment in local time."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment else ""


def models_table(states: list[ModelStatus]) -> Table:
    """Return what `vuoro models list` shows."""
    table = Table(Column("model", no_wrap=True), "for", "licence", "MB", "here", "default")
    for state in states:
        model = state.model
        table.add_row(
            model.id,
            model.purpose,
            model.licence,
            str(model.size_mb),
            state.state,
            "yes" if model.default else "",
        )
    return table


def rows_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> Table:
    """Rows of a table of the data set with these columns; only text is cut to fit the width."""
    table = Table(expand=True)
    for name in columns:
        ratio = 1 if name == "text" else None
        table.add_column(name, no_wrap=True, overflow="ellipsis", ratio=ratio)
    for row in rows:
        table.add_row(*(_escaped(_cell(row[name])) for name in columns))
    return table


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@contextmanager
def pulling(console: Console) -> Iterator[Callable[[str, float], None]]:
    """Show the progress of models being fetched."""
    bars = Progress(console=console, disable=not console.is_terminal)
    tasks: dict[str, TaskID] = {}

    def progress(model_id: str, share: float) -> None:
        if model_id not in tasks:
            tasks[model_id] = bars.add_task(model_id, total=1.0)
        bars.update(tasks[model_id], completed=share)

    with bars:
        yield progress
