"""Remove results that can be recreated or are out of date; redo the stages of a session.

Only stage results and clips are touched: never recordings, decisions, keys, codings, edits or
rosters. The caller that removes anything holds the study, so that no run sees it half done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pipeline.dataset import files
from pipeline.errors import StudyError, UnreadableError, did_you_mean
from pipeline.people.samples import KEPT as VOICE_SAMPLES
from pipeline.settings import Settings
from pipeline.stages.chain import SessionChain
from pipeline.stages.declared import STORED, read_by
from pipeline.stages.hearing import DECODE
from pipeline.stages.stage import Stage
from pipeline.stages.to_do import chains
from pipeline.storage.disk import os_errors, remove
from pipeline.study import Study, accepted, locks, state
from pipeline.study.leases import lease
from pipeline.study.store import Store

SPOILT = ("damaged", ".pending")  # folders of the store that hold no results

SOUND: Literal["files of decoded sound"] = "files of decoded sound"

Kind = Literal[
    "superseded results", "damaged or half-written results", "clips", "files of decoded sound"
]


@dataclass(frozen=True, slots=True)
class Waste:
    """What cleaning would remove of a kind, and its size."""

    kind: Kind
    paths: tuple[Path, ...]
    n_bytes: int


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that cleaning would remove.

    ``kept_for`` are the stages whose superseded results stay, because a session in the data set
    does not have its new one yet: the settings may be changed back.
    """

    waste: tuple[Waste, ...]
    kept_for: tuple[str, ...]

    @property
    def n_bytes(self) -> int:
        return sum(each.n_bytes for each in self.waste)


@dataclass(frozen=True, slots=True)
class _InUse:
    """The folders of the results that the sessions have under the present settings.

    ``lacking`` are the kinds of results that a session in the data set lacks; ``unused_sound`` the
    folders of decoded sound that no coming stage reads.
    """

    folders: frozenset[Path]
    lacking: frozenset[str]
    unused_sound: frozenset[Path]


def find_waste(study: Study, settings: Settings, *, sound: bool = False) -> Found:
    """Return what ``clean`` would remove; touches nothing. With ``sound``, also decoded sound.

    Only that of finished sessions whose recording exists: it is decoded again when needed.

    Raises StudyError if a record, a roster or the key cannot be used, ModelError, TransientError.
    """
    used = _in_use(study, settings)
    with os_errors("looking for what can be removed"):
        results = [each for each in _results(study) if each not in used.folders]
        spoilt = [each for each in results if each.parent.name in SPOILT]
        kept = {*SPOILT, *used.lacking, VOICE_SAMPLES}
        old = [each for each in results if each.parent.name not in kept]
        waste = (
            _waste("superseded results", old),
            _waste("damaged or half-written results", spoilt),
            _waste("clips", study.clips.glob("*")),
            _waste(SOUND, _sound(used.unused_sound) if sound else ()),
        )
    waiting = {each.parent.name for each in results} & used.lacking
    kept_for = tuple(stage.name for stage in STORED if stage.name in waiting)
    return Found(tuple(each for each in waste if each.paths), kept_for)


def clean(study: Study, settings: Settings, *, sound: bool = False) -> Found:
    """Remove what is no longer needed; returns what was removed.

    Raises StudyError if a run is in progress on the study, and as ``find_waste``.
    """
    with locks.alone(study):
        found = find_waste(study, settings, sound=sound)
        for waste in found.waste:
            if waste.kind == SOUND:
                for wav in waste.paths:
                    Store(study.stages).drop(wav.parent, [wav.name])
            else:
                _remove(waste.paths)
    return found


def sweep(study: Study, settings: Settings) -> None:
    """Remove every stage result except those that the sessions have under these settings.

    A result does not say whose it is: those of earlier settings may hold a person who withdraws.
    The caller holds the study. Raises as ``find_waste``.
    """
    used = _in_use(study, settings)
    with os_errors("looking through the stage results"):
        unused = [each for each in _results(study) if each not in used.folders]
    _remove(unused)


def reprocess(study: Study, session_id: str, stage: str, settings: Settings) -> tuple[str, ...]:
    """Redo a stage of a session and those that depend on it in the next run; their names, in order.

    Decisions are kept, and applied to the new results. Until then the data set keeps the session
    as it is. Raises StudyError if there is no such stage or session, TakenError if another process
    is processing it; ModelError, TransientError.
    """
    names = [each.name for each in STORED]
    if stage not in names:
        meant = did_you_mean(stage, names)
        raise StudyError(
            f"There is no stage '{stage}'.", f"{meant} The stages are: {', '.join(names)}.".lstrip()
        )
    recording = accepted.recording(study, session_id)
    with locks.working(study), lease(study, session_id):
        chain = SessionChain(study, recording, settings)
        stages = _from(stage)
        found = [chain.find(each, verify=False) for each in stages]
        # the last first: if killed in between, no stage lacks one that it needs
        _remove(result.folder for result in reversed(found) if result is not None)
    state.retry(study, session_id)
    return tuple(each.name for each in stages)


def _from(first: str) -> list[Stage[Any]]:
    """Return a stage and those that depend on it, in order."""
    names = {first}
    for later in STORED:
        if read_by(later) & names:
            names.add(later.name)
    return [stage for stage in STORED if stage.name in names]


def _in_use(study: Study, settings: Settings) -> _InUse:
    folders: set[Path] = set()
    lacking: set[str] = set()
    unused: set[Path] = set()
    needed: set[Path] = set()
    accepted.require_recordings(study)
    accepted.sessions(study)  # of an unreadable one it is unknown what is in use
    for chain in chains(study, settings):
        is_shared = files.file_of(study.dataset, "sessions", chain.recording.session_id).is_file()
        folders |= {*chain.kept()}
        if is_shared:
            lacking |= {s.name for s in STORED if chain.find(s, verify=False) is None}
        if (decoded := chain.find(DECODE, verify=False)) is not None:
            is_done = not chain.pending(verify=False)
            (unused if is_done and _is_there(chain) else needed).add(decoded.folder)
        if chain.problems:
            raise chain.problems[0]
    return _InUse(frozenset(folders), frozenset(lacking), frozenset(unused - needed))


def _is_there(chain: SessionChain) -> bool:
    """Whether the recording can be decoded again, as far as can be seen."""
    try:
        return accepted.original(chain.study, chain.recording).exists()
    except UnreadableError:  # it was left in its place, and is gone
        return False


def _sound(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from folder.glob("*.wav")


def _results(study: Study) -> Iterator[Path]:
    """Every stage result, and what is damaged or half-written."""
    yield from study.stages.glob("*/*")


def _waste(kind: Kind, paths: Iterable[Path]) -> Waste:
    found = tuple(sorted(paths))
    return Waste(kind, found, sum(map(_n_bytes, found)))


def _n_bytes(path: Path) -> int:
    inside = (file for file in path.rglob("*") if file.is_file()) if path.is_dir() else (path,)
    return sum(file.stat().st_size for file in inside)


def _remove(paths: Iterable[Path]) -> None:
    with os_errors("removing what is of no use"):
        for path in paths:
            remove(path)
