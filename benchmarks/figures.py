"""All figures of a system: on one recording, and pooled over several."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from benchmarks.material import Material
from benchmarks.normalise import normalisers
from benchmarks.output import Output
from benchmarks.score import (
    DiarisationScore,
    Rate,
    TextScore,
    attribution,
    cpwer,
    diarisation_score,
    tcpwer,
    text_score,
    turn_counts,
)

COLLAR_S = 0.25


@dataclass(frozen=True, slots=True)
class TalkFigures:
    """What was said and by whom. ``text`` by normaliser."""

    text: dict[str, TextScore]
    cpwer: Rate
    tcpwer: Rate
    attributed: Rate
    n_turns: int
    n_reference_turns: int

    def __add__(self, other: TalkFigures) -> TalkFigures:
        both = [self.text, other.text]
        return TalkFigures(
            {name: reduce(add, [t[name] for t in both if name in t]) for name in both[0] | both[1]},
            self.cpwer + other.cpwer,
            self.tcpwer + other.tcpwer,
            self.attributed + other.attributed,
            self.n_turns + other.n_turns,
            self.n_reference_turns + other.n_reference_turns,
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """A system on some recordings: scores weighted by speech time and words, times summed.

    ``people_off`` sums how many people too many or too few were found, whatever the direction;
    ``peak_mb`` is the largest; times are seconds by stage. ``talk`` covers the recordings whose
    reference has text; None where there is none or the system finds no words.
    """

    n_recordings: int
    diarisation: DiarisationScore
    collared: DiarisationScore
    people_off: int
    talk: TalkFigures | None
    audio_s: float
    wall_s: dict[str, float]
    cpu_s: dict[str, float]
    peak_mb: float

    def __add__(self, other: Figures) -> Figures:
        talks = [talk for talk in (self.talk, other.talk) if talk]
        return Figures(
            self.n_recordings + other.n_recordings,
            self.diarisation + other.diarisation,
            self.collared + other.collared,
            self.people_off + other.people_off,
            reduce(add, talks) if talks else None,
            self.audio_s + other.audio_s,
            _summed(self.wall_s, other.wall_s),
            _summed(self.cpu_s, other.cpu_s),
            max(self.peak_mb, other.peak_mb),
        )

    @property
    def rtf(self) -> float:
        """Real-time factor: time of all stages, loading apart, by the length of the audio."""
        return self._factor(self.wall_s)

    @property
    def cpu_rtf(self) -> float:
        """The same in processor time."""
        return self._factor(self.cpu_s)

    def _factor(self, seconds: dict[str, float]) -> float:
        return sum(s for stage, s in seconds.items() if stage != "load") / self.audio_s


def figures(output: Output, material: Material, language: str | None) -> Figures:
    """The scores of an output against its reference, and what it cost.

    ``language`` chooses the normalisers; it must be the same for all systems.
    """
    who = diarisation_score(output.segments, material)
    return Figures(
        n_recordings=1,
        diarisation=who,
        collared=diarisation_score(output.segments, material, COLLAR_S),
        people_off=abs(who.n_people - who.n_reference_people),
        talk=_talk(output, material, language),
        audio_s=output.audio_s,
        wall_s=output.wall_s,
        cpu_s=output.cpu_s,
        peak_mb=output.peak_mb,
    )


def pooled(some: Iterable[Figures]) -> Figures:
    """The figures of several recordings as one."""
    return reduce(add, some)


def ratios(ours: Figures, stock: Figures) -> dict[str, float | None]:
    """Figures as multiples of the usual stack's, both on the same recordings; None: no such one."""
    pairs = {
        "DER": (ours.diarisation.der, stock.diarisation.der),
        "JER": (ours.diarisation.jer, stock.diarisation.jer),
        "RTF": (ours.rtf, stock.rtf),
        "cpu": (ours.cpu_rtf, stock.cpu_rtf),
        "MB": (ours.peak_mb, stock.peak_mb),
    }
    if ours.talk and stock.talk:
        pairs["WER"] = (ours.talk.text["plain"].wer, stock.talk.text["plain"].wer)
        pairs["cpWER"] = (ours.talk.cpwer.value, stock.talk.cpwer.value)
    return {name: a / b if b else None for name, (a, b) in pairs.items()}


def as_json(found: Figures) -> dict[str, Any]:
    """For the file: every rate with its counts."""
    who, collared, talk = found.diarisation, found.collared, found.talk
    return {
        "n_recordings": found.n_recordings,
        "diarisation": _diarisation_json(who)
        | {
            "n_people": who.n_people,
            "n_reference_people": who.n_reference_people,
            "people_off": found.people_off,
        },
        "diarisation_collar": _diarisation_json(collared),
        "talk": _talk_json(talk) if talk else None,
        "audio_s": found.audio_s,
        "rtf": found.rtf,
        "cpu_rtf": found.cpu_rtf,
        "stage_rtf": {stage: s / found.audio_s for stage, s in found.wall_s.items()},
        "stage_cpu_rtf": {stage: s / found.audio_s for stage, s in found.cpu_s.items()},
        "peak_mb": found.peak_mb,
    }


def _talk(output: Output, material: Material, language: str | None) -> TalkFigures | None:
    utterances = material.utterances()
    if output.words is None or not utterances:
        return None
    texts = [w.text for w in output.words]
    ways = normalisers(language).items()
    return TalkFigures(
        {name: text_score(texts, utterances, normalise) for name, normalise in ways},
        cpwer(output.words, utterances),
        tcpwer(output.words, utterances),
        attribution(output.words, utterances),
        *turn_counts(output.words, utterances),
    )


def _summed(some: dict[str, float], more: dict[str, float]) -> dict[str, float]:
    return {stage: some.get(stage, 0.0) + more.get(stage, 0.0) for stage in some | more}


def _diarisation_json(score: DiarisationScore) -> dict[str, Any]:
    names = ("der", "miss", "false_alarm", "confusion", "jer", "total_s")
    return {name: getattr(score, name) for name in names}


def _talk_json(talk: TalkFigures) -> dict[str, Any]:
    return {
        "wer": {name: _rate_json(score.words) for name, score in talk.text.items()},
        "cer": {name: _rate_json(score.characters) for name, score in talk.text.items()},
        "cpwer": _rate_json(talk.cpwer),
        "tcpwer": _rate_json(talk.tcpwer),
        "words_to_the_right_person": _rate_json(talk.attributed),
        "n_turns": talk.n_turns,
        "n_reference_turns": talk.n_reference_turns,
    }


def _rate_json(rate: Rate) -> dict[str, float]:
    return {"rate": rate.value, "count": rate.count, "total": rate.total}
