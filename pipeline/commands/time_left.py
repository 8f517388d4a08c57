"""Estimate the time left of a run, from seconds of recordings and what each stage took so far."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.records.times import HOUR_S, about

LEAST_S = 5.0  # of measured work, before anything is said
LOADING_S = 30.0  # a first run of a stage that takes less may have mostly loaded models
SURE = 0.6  # of the time left must rest on stages whose pace is sure
GROWS = 1.25  # times what is shown: only a larger estimate than this is news

BURST_S = 1.0  # the parts of a batch are reported within this; an estimate may be off until then


@dataclass
class Pace:
    """The time that a stage took for so many seconds of recordings.

    It is not sure while all that was measured may be the one-time loading of models.
    """

    spent_s: float = 0.0
    length_s: float = 0.0
    is_sure: bool = False
    first: str = ""

    def add(self, session_id: str, spent_s: float, length_s: float) -> None:
        """Record part of a session as done. A short first run is dropped if another follows."""
        self.first = self.first or session_id
        if not self.is_sure and session_id != self.first:
            self.spent_s = self.length_s = 0.0
            self.is_sure = True
        self.spent_s += spent_s
        self.length_s += length_s
        self.is_sure = self.is_sure or self.spent_s >= LOADING_S


@dataclass
class _AtWork:
    """How far a stage of a session was when it was last measured."""

    at: float
    share: float = 0.0


@dataclass
class TimeLeft:
    """The time that is left of a run, computed from its events.

    ``weight_of`` gives about how long a stage takes in relation to others, for those that were not
    measured yet.
    """

    weight_of: Callable[[str], float]
    clock: Callable[[], float] = time.monotonic
    paces: dict[str, Pace] = field(default_factory=lambda: defaultdict(Pace))
    _lengths: dict[str, float] = field(default_factory=dict)
    _to_do: dict[str, dict[str, float]] = field(default_factory=dict)  # shares, by session, stage
    _left_s: dict[str, float] = field(default_factory=dict)  # of recordings, by stage
    _at_work: dict[tuple[str, str], _AtWork] = field(default_factory=dict)
    _shown_s: float | None = None
    _news_since: float | None = None  # when the estimate became too large for what is shown

    def plan(
        self, waiting: Mapping[str, Sequence[str]], lengths: Mapping[str, float | None]
    ) -> None:
        """Record the coming stages of these sessions; an unknown length counts as the mean."""
        known = [length for length in lengths.values() if length]
        mean = sum(known) / len(known) if known else 1.0
        self._lengths = {each: lengths.get(each) or mean for each in waiting}
        self._to_do = {each: dict.fromkeys(stages, 1.0) for each, stages in waiting.items()}
        self._left_s = defaultdict(float)
        for session_id, stages in waiting.items():
            for stage in stages:
                self._left_s[stage] += self._lengths[session_id]
        self._at_work.clear()
        self._shown_s = self._news_since = None

    def progressed(self, session_id: str, stage: str, share: float) -> None:
        """A stage of a session is ``share`` (0–1) done."""
        to_do = self._to_do.get(session_id, {})
        if stage not in to_do:
            return
        now, length_s = self.clock(), self._lengths[session_id]
        self._left_s[stage] -= (share - 1.0 + to_do[stage]) * length_s
        to_do[stage] = 1.0 - share
        at_work = self._at_work.setdefault((session_id, stage), _AtWork(now))
        if share > at_work.share:
            spent_s = now - at_work.at
            self.paces[stage].add(session_id, spent_s, (share - at_work.share) * length_s)
            at_work.at, at_work.share = now, share
        if share == 1.0:
            del self._at_work[session_id, stage]

    def ended(self, session_id: str) -> None:
        """Nothing of this session is to come."""
        for stage, share in self._to_do.pop(session_id, {}).items():
            self._left_s[stage] -= share * self._lengths[session_id]

    def for_an_hour(self, stage: str) -> tuple[float, float] | None:
        """Return the seconds that an hour of recording takes in this stage, and in all others.

        None while the pace of the stage is not sure.
        """
        if not self.paces[stage].is_sure:
            return None
        took = {name: HOUR_S * p.spent_s / p.length_s for name, p in self.paces.items()}
        return took.pop(stage), sum(took.values())

    @property
    def words(self) -> str:
        """Return what to show: ``about 20 min left``; "" if too little is known or nothing is left.

        It increases only when work turns out to take clearly longer than was shown.
        """
        estimate, now = self._estimate_s(), self.clock()
        if estimate is not None:
            if self._shown_s is not None and estimate <= GROWS * self._shown_s:
                self._shown_s, self._news_since = min(estimate, self._shown_s), None
            elif self._news_since is None:
                self._news_since = now
            elif now - self._news_since > BURST_S:
                self._shown_s, self._news_since = estimate, None
        left_s = self._shown_s or 0.0
        return f"{about(left_s)} left" if round(left_s) else ""

    def _estimate_s(self) -> float | None:
        """Return the seconds left by measurement; None while too little is measured."""
        measured = {stage: pace for stage, pace in self.paces.items() if pace.length_s > 0}
        spent_s = sum(pace.spent_s for pace in measured.values())
        by_weight = sum(self.weight_of(stage) * pace.length_s for stage, pace in measured.items())
        if spent_s < LEAST_S:
            return None
        sure_s = other_s = 0.0
        for stage, left_s in self._left_s.items():
            if (pace := measured.get(stage)) is None:
                other_s += left_s * self.weight_of(stage) * spent_s / by_weight
            elif pace.is_sure:
                sure_s += left_s * pace.spent_s / pace.length_s
            else:
                other_s += left_s * pace.spent_s / pace.length_s
        if self._shown_s is None and sure_s < SURE * (sure_s + other_s):
            return None
        return sure_s + other_s
