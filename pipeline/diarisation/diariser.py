"""The stages of diarisation in a row: from a WAV to who spoke when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.diarisation.clustering import SAME_PERSON, Bounds, People, find_people
from pipeline.diarisation.segmentation import Bools, Segmentation, Talk, runs
from pipeline.diarisation.voices import Piece, Voices, pieces
from pipeline.records import Diarisation, Segment, VoicePrint

if TYPE_CHECKING:
    import torch

NOBODY = -1
SEGMENTATION_SHARE = 0.35  # of the time that the whole takes
TAKEN_FROM = 0.5  # share of a piece in which the same person already talks on another track


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
        cls, segmentation: Path, voice_print: Path, *, step: float, same_person: float = SAME_PERSON
    ) -> Diariser:
        """On the model files in these two folders.

        ``step`` is the hop of the 10-second window as a share of it; ``same_person`` the cosine
        from which voices, less what all in the recording have in common, are one person's.
        """
        from pyannote.audio import Model

        from models.campplus import load_campplus

        model = Model.from_pretrained(segmentation / "pytorch_model.bin")
        return cls(Segmentation(model, step), Voices(load_campplus(voice_print)), same_person)

    def to(self, device: torch.device) -> Diariser:
        """Move the networks to ``device``."""
        self._segmentation.to(device)
        self._voices.to(device)
        return self

    def __call__(self, wav: Path, bounds: Bounds, progress: Callable[[float], None]) -> Diarisation:
        """Who speaks when in a WAV of ``pipeline.audio``; ``progress`` gets 0–1, last 1.

        Labels are SPEAKER_00, SPEAKER_01, … in order of first talk; without speech there are none.
        """
        talk = self._segmentation(wav, lambda done: progress(SEGMENTATION_SHARE * done))
        cut = pieces(talk)
        embeddings, heard = self._voices(
            wav, talk, cut, lambda done: progress(SEGMENTATION_SHARE + done * 0.64)
        )
        cut = [piece for piece, is_heard in zip(cut, heard, strict=True) if is_heard]
        if not cut:
            progress(1.0)
            return Diarisation((), (), ())
        people = find_people(
            embeddings[heard],
            np.array([(p.end - p.first) * talk.frames.step_s for p in cut], np.float32),
            np.array([p.clean for p in cut]),
            bounds,
            self._same_person,
        )
        labelled = _labelled(talk, cut, people)
        progress(1.0)
        return _record(talk, labelled, people)


def _labelled(talk: Talk, cut: Sequence[Piece], people: People) -> NDArray[np.int32]:
    """Who talks on each track: (frames, tracks), or NOBODY.

    Nobody talks on two tracks at a time: the piece that is heard less clearly is then the next
    likeliest person's.
    """
    labelled = np.full(talk.active.shape, NOBODY, np.int32)
    for number in sorted(range(len(cut)), key=lambda n: -cut[n].clean_s):
        piece = cut[number]
        here = labelled[piece.first : piece.end]
        for person in np.argsort(-people.likeness[number], kind="stable"):
            if (here == person).any(axis=1).mean() <= TAKEN_FROM:
                here[:, piece.track] = person
                break
    return labelled


def _record(talk: Talk, labelled: NDArray[np.int32], people: People) -> Diarisation:
    loudest = np.where(labelled != NOBODY, talk.activity, -1).argmax(axis=1)
    alone = labelled[np.arange(len(labelled)), loudest]
    order = _by_first_talk(labelled)
    names = {person: f"SPEAKER_{number:02d}" for number, person in enumerate(order)}
    regular, exclusive, prints = [], [], []
    for person, name in names.items():
        mine = _segments(talk, (labelled == person).any(axis=1), name)
        regular += mine
        exclusive += _segments(talk, alone == person, name)
        speech_s = round(sum(segment.duration_s for segment in mine), 3)
        voice = tuple(round(float(x), 6) for x in people.voices[person])
        prints.append(VoicePrint(name, speech_s, voice))
    return Diarisation(tuple(sorted(regular)), tuple(sorted(exclusive)), tuple(prints))


def _by_first_talk(labelled: NDArray[np.int32]) -> list[int]:
    """The people who talk at all, in order of when they first do."""
    person, first = np.unique(labelled.ravel(), return_index=True)
    return [int(p) for p in person[np.argsort(first)] if p != NOBODY]


def _segments(talk: Talk, active: Bools, label: str) -> list[Segment]:
    frames = talk.frames
    return [
        Segment(round(frames.start_s(first), 3), round(frames.start_s(end), 3), label)
        for first, end in runs(active)
    ]
