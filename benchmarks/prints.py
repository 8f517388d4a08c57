"""Voice prints of people in recordings with references, and how well they distinguish people."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

from benchmarks.material import Material
from benchmarks.systems import decoded
from models.registry import resolve
from pipeline.diarisation.diarise import diarisation_models, diarise
from pipeline.media.audio import WAV
from pipeline.people.likeness import Voice, common, cosine, mean_voice, without
from pipeline.records import Diarisation, Segment
from pipeline.settings import Settings
from pipeline.storage.digests import digest
from pipeline.storage.disk import file_sha256
from pipeline.study.store import Store, read_record, write_record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.diarisation.segmentation import Activity

    Floats = NDArray[np.float64]

R = TypeVar("R")

MOST_STRETCHES = 8  # of one person in one recording, so that no person outweighs the others
STEP_S = 0.01
CLIPS, CLIPS_TABLE = "clips", "reference.tsv"


@dataclass(frozen=True, slots=True)
class Piece:
    """The voice in about a second of one person's talk alone, or in a clip of theirs."""

    person: str
    speech_s: float
    voice: Voice


@dataclass(frozen=True, slots=True)
class Pieces:
    """All of one recording, person by person, in order of time."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A print of some seconds of a person's talk, and the same less what its recording shares."""

    person: str
    recording: str
    voice: Voice
    centred: Voice


@dataclass(frozen=True, slots=True)
class Separation:
    """How well prints of so many seconds distinguish people.

    ``plain`` and ``centred`` are equal-error rates, without and with what a recording's voices have
    in common taken out; ``elsewhere`` is ``centred`` where the same person is always in two
    recordings. ``same`` and ``different`` are the likeness (centred) that 99 % of the pairs of one
    person exceed, and that 99 % of the pairs of two stay below.
    """

    seconds: float
    n_same: int
    n_different: int
    plain: float
    centred: float
    elsewhere: float | None
    same: float
    different: float


class Finder:
    """What is found in recordings, kept in a folder for the next time."""

    def __init__(self, cache: Path) -> None:
        self._settings = Settings()
        self._store = Store(cache)
        roles = diarisation_models(self._settings.diarisation)
        self._models = {role: resolve(model) for role, model in roles.items()}

    def diarisation(self, material: Material) -> Diarisation:
        """Who speaks when, as a run finds it."""
        return self._kept(
            Diarisation, [material.recording], lambda: self._diarised(material.recording)
        )

    def pieces(self, material: Material) -> Pieces:
        """The voices in the talk that each person has alone, as the reference says."""
        return self._kept(
            Pieces, [material.recording, material.rttm], lambda: self._spoken(material)
        )

    def clips(self, folder: Path) -> Pieces:
        """The voice in each clip of a folder."""
        with (folder / CLIPS_TABLE).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        files = [folder / CLIPS / row["path"] for row in rows]
        speakers = [row["client_id"] for row in rows]
        return self._kept(
            Pieces, [folder / CLIPS_TABLE, *files], lambda: self._in_clips(files, speakers)
        )

    def _kept(self, kind: type[R], files: Iterable[Path], make: Callable[[], R]) -> R:
        """The record made of these files, if it is kept; else it is made and kept."""
        models = {role: model.sha256 for role, model in self._models.items()}
        key = digest([[file_sha256(file) for file in files], models])[:32]
        stage = kind.__name__.lower()
        if self._store.find(stage, key) is None:
            record = make()
            with self._store.writing(stage, key) as folder:
                write_record(folder, record)
        return read_record(self._store.root / stage / key, kind)

    def _diarised(self, recording: Path, track: str | None = None) -> Diarisation:
        """By the voices, or as the talk of one person, whose label is ``track``."""
        with TemporaryDirectory() as name:
            decoded(recording, Path(name))
            wav = Path(name) / WAV
            return diarise(
                wav,
                self._settings.diarisation,
                {role: model.path for role, model in self._models.items()},
                self._settings.machine,
                lambda _: None,
                {track: wav} if track else None,
            )

    def _spoken(self, material: Material) -> Pieces:
        from models.campplus import load_campplus
        from pipeline.diarisation.voice_prints import Voices, pieces

        voices = Voices(load_campplus(self._models["voice-print"].path))
        found = []
        with TemporaryDirectory() as name:
            duration_s = decoded(material.recording, Path(name)).duration_s
            for person, talk in _alone(reference(material), duration_s):
                cut = pieces(talk)
                embeddings, embedded = voices(Path(name) / WAV, talk, cut, lambda _: None)
                for piece, voice, is_embedded in zip(cut, embeddings, embedded, strict=True):
                    if is_embedded:
                        speech_s = (piece.end - piece.first) * STEP_S
                        found.append(Piece(person, speech_s, tuple(map(float, voice))))
        return Pieces(tuple(found))

    def _in_clips(self, files: Sequence[Path], speakers: Sequence[str]) -> Pieces:
        prints = [
            (speaker, each)
            for file, speaker in zip(files, speakers, strict=True)
            for each in self._diarised(file, track=speaker).voice_prints
        ]
        return Pieces(tuple(Piece(who, each.speech_s, each.embedding) for who, each in prints))


def reference(material: Material) -> list[Segment]:
    from pyannote.database.util import load_rttm

    truth = next(iter(load_rttm(material.rttm).values()))
    return [
        Segment(float(part.start), float(part.end), str(person))
        for part, _, person in truth.itertracks(yield_label=True)
    ]


def _alone(said: Sequence[Segment], duration_s: float) -> Iterator[tuple[str, Activity]]:
    """Each person, and the talk that is theirs alone."""
    import numpy as np

    from pipeline.diarisation.segmentation import Activity, Frames

    people = sorted({segment.label for segment in said})
    active = np.zeros((int(duration_s / STEP_S), len(people)), np.bool_)
    for segment in said:
        frames = slice(round(segment.start_s / STEP_S), round(segment.end_s / STEP_S))
        active[frames, people.index(segment.label)] = True
    alone = active & (active.sum(axis=1) == 1)[:, None]
    for number, person in enumerate(people):
        own = alone[:, number : number + 1]
        yield person, Activity(Frames(STEP_S / 2, STEP_S), own.astype(np.float32), own)


def stretches(recording: str, found: Pieces, seconds: float) -> list[Stretch]:
    """Prints of ``seconds`` each, of pieces in a row; what is left over is no stretch."""
    by_person: defaultdict[str, list[Piece]] = defaultdict(list)
    for piece in found.pieces:
        by_person[piece.person].append(piece)
    whole = {who: _print(pieces) for who, pieces in by_person.items()}
    shared = common(whole.values())
    made = []
    for person, pieces in by_person.items():
        voices = list(_in_rows(pieces, seconds))[:MOST_STRETCHES]
        made += [Stretch(person, recording, voice, without(voice, shared)) for voice in voices]
    return made


def _in_rows(pieces: Iterable[Piece], seconds: float) -> Iterator[Voice]:
    row: list[Piece] = []
    for piece in pieces:
        row.append(piece)
        if sum(each.speech_s for each in row) >= seconds:
            yield _print(row)
            row = []


def _print(pieces: Iterable[Piece]) -> Voice:
    return mean_voice((piece.voice, piece.speech_s) for piece in pieces)


def separation(folders: Iterable[Sequence[Stretch]], seconds: float) -> Separation | None:
    """Over all pairs of stretches within each folder; None without both kinds of pairs."""
    import numpy as np

    pairs = [
        (a.person == b.person, a.recording != b.recording, cosine(a.voice, b.voice), cosine(*both))
        for folder in folders
        for n, a in enumerate(folder)
        for b in folder[:n]
        if (both := (a.centred, b.centred))
    ]
    if len({same for same, *_ in pairs}) < 2:
        return None
    same, apart, plain, centred = (np.array(column) for column in zip(*pairs, strict=True))
    elsewhere = apart & same
    return Separation(
        seconds,
        int(same.sum()),
        int((~same).sum()),
        equal_error_rate(plain[same], plain[~same]),
        equal_error_rate(centred[same], centred[~same]),
        equal_error_rate(centred[elsewhere], centred[~same]) if elsewhere.any() else None,
        float(np.percentile(centred[same], 1)),
        float(np.percentile(centred[~same], 99)),
    )


def equal_error_rate(same: Floats, different: Floats) -> float:
    """The error rate at the likeness at which as large a share of pairs of one person (``same``)
    lies below as of pairs of two people (``different``) at or above; the mean where none is."""
    import numpy as np

    thresholds = np.unique(np.concatenate([same, different]))
    missed = np.searchsorted(np.sort(same), thresholds) / len(same)
    mistaken = 1 - np.searchsorted(np.sort(different), thresholds) / len(different)
    at = int(np.abs(missed - mistaken).argmin())
    return float(missed[at] + mistaken[at]) / 2
