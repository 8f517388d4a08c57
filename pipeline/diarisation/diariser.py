"""The stages of diarisation in sequence: from a WAV to who spoke when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.diarisation.clustering import SAME_PERSON, Bounds, People, find_people
from pipeline.diarisation.confidence import confidence
from pipeline.diarisation.segmentation import Activity, Bools, Floats, Segmentation, runs
from pipeline.diarisation.tracks import TrackDiariser
from pipeline.diarisation.voice_prints import Piece, Voices, pieces
from pipeline.records import Diarisation, Segment, VoicePrint

if TYPE_CHECKING:
    import torch

NO_ONE = -1
SEGMENTATION_SHARE = 0.35  # of the total time
TAKEN_FROM = 0.5  # share of a piece in which the same person already talks on another track


@dataclass(frozen=True, slots=True)
class Labelled:
    """Who talks on each track: ``person`` (frames, tracks), or NO_ONE, and the
    ``confidence`` (frames, tracks), 0 where no one talks."""

    person: NDArray[np.int32]
    confidence: Floats

    def of(self, person: int) -> Floats:
        """(frames,): the confidence that ``person`` talks; 0 where they do not."""
        return np.asarray(np.where(self.person == person, self.confidence, 0).max(axis=1))


class Diariser:
    """Speaker diarisation on segmentation-3.0 and CAM++."""

    def __init__(
        self, segmentation: Segmentation, voices: Voices, same_person: float = SAME_PERSON
    ) -> None:
        self._segmentation = segmentation
        self._voices = voices
        self._same_person = same_person

    @classmethod
    def load(
        cls,
        segmentation: Path,
        voice_print: Path,
        *,
        step: float,
        same_person: float = SAME_PERSON,
        at_once: int = 1,
    ) -> Diariser:
        """Load the model files in these two folders.

        ``step`` is the hop of the 10-second window as a share of it; ``same_person`` the cosine
        from which voices, without what all voices in the recording have in common, are one
        person's; ``at_once`` the number of batches that are computed at a time.
        """
        from pyannote.audio import Model

        from models.campplus import load_campplus

        model = Model.from_pretrained(segmentation / "pytorch_model.bin")
        voices = Voices(load_campplus(voice_print), at_once)
        return cls(Segmentation(model, step, at_once), voices, same_person)

    def to(self, device: torch.device) -> Diariser:
        """Move the networks to ``device``."""
        self._segmentation.to(device)
        self._voices.to(device)
        return self

    def __call__(self, wav: Path, bounds: Bounds, progress: Callable[[float], None]) -> Diarisation:
        """Who speaks when in a WAV of ``pipeline.media.audio``; ``progress`` gets 0–1, last 1.

        Labels are SPEAKER_00, SPEAKER_01, … in order of first talk; without speech there are none.
        """
        talk = self._segmentation(wav, lambda done: progress(SEGMENTATION_SHARE * done))
        cut = pieces(talk)
        embeddings, embedded = self._voices(
            wav, talk, cut, lambda done: progress(SEGMENTATION_SHARE + done * 0.64)
        )
        cut = [piece for piece, is_embedded in zip(cut, embedded, strict=True) if is_embedded]
        if not cut:
            progress(1.0)
            return Diarisation((), (), ())
        people = find_people(
            embeddings[embedded],
            np.array([(p.end - p.first) * talk.frames.step_s for p in cut], np.float32),
            np.array([p.clean for p in cut]),
            bounds.at_least(talk.at_least_people()),
            self._same_person,
        )
        labelled = _labelled(talk, cut, people)
        progress(1.0)
        return _record(talk, labelled, people)

    def tracks(self, tracks: Mapping[str, Path], progress: Callable[[float], None]) -> Diarisation:
        """Who speaks when, where every label has a track of its own (``TrackDiariser``)."""
        return TrackDiariser(self._segmentation, self._voices)(tracks, progress)


def _labelled(talk: Activity, cut: Sequence[Piece], people: People) -> Labelled:
    """Who talks on each track.

    A person talks on one track at a time: the less clear piece then goes to the next likeliest
    person.
    """
    labelled = np.full(talk.active.shape, NO_ONE, np.int32)
    sure = np.zeros(talk.active.shape, np.float32)
    for number in sorted(range(len(cut)), key=lambda n: -cut[n].clean_s):
        piece = cut[number]
        frames = slice(piece.first, piece.end)
        here, likeness = labelled[frames], people.likeness[number]
        for person in np.argsort(-likeness, kind="stable"):
            if (here == person).any(axis=1).mean() <= TAKEN_FROM:
                here[:, piece.track] = person
                activity = talk.activity[frames, piece.track]
                sure[frames, piece.track] = confidence(likeness, int(person), activity)
                break
    return Labelled(labelled, sure)


def _record(talk: Activity, labelled: Labelled, people: People) -> Diarisation:
    loudest = np.where(labelled.person != NO_ONE, talk.activity, -1).argmax(axis=1)
    alone = labelled.person[np.arange(len(loudest)), loudest]
    order = _by_first_talk(labelled.person)
    names = {person: f"SPEAKER_{number:02d}" for number, person in enumerate(order)}
    regular, exclusive, prints = [], [], []
    for person, name in names.items():
        sure = labelled.of(person)
        mine = _segments(talk, (labelled.person == person).any(axis=1), name, sure)
        regular += mine
        exclusive += _segments(talk, alone == person, name, sure)
        speech_s = round(sum(segment.duration_s for segment in mine), 3)
        voice = tuple(round(float(x), 6) for x in people.voices[person])
        prints.append(VoicePrint(name, speech_s, voice))
    return Diarisation(tuple(sorted(regular)), tuple(sorted(exclusive)), tuple(prints))


def _by_first_talk(labelled: NDArray[np.int32]) -> list[int]:
    """The people who talk, in order of their first talk."""
    person, first = np.unique(labelled.ravel(), return_index=True)
    return [int(p) for p in person[np.argsort(first)] if p != NO_ONE]


def _segments(talk: Activity, active: Bools, label: str, sure: Floats) -> list[Segment]:
    """The runs of ``active`` (frames,), each with the mean confidence of its frames."""
    start_s = talk.frames.start_s
    return [
        Segment(
            round(start_s(first), 3),
            round(start_s(end), 3),
            label,
            round(float(sure[first:end].mean()), 3),
        )
        for first, end in runs(active)
    ]
