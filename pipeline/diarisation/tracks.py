"""Who spoke when, where each person was recorded on their own track.

The track says who speaks; segmentation-3.0 says when, track by track. It detects speech at any
level, including other people's voices where they reach a microphone (in one room, through
loudspeakers). How loud those come through is measured on each track, and talk that is nearer to
that level than to the person's own voice counts as the others'.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from pipeline.diarisation.segmentation import Activity, Bools, Floats, Frames, Segmentation, runs
from pipeline.diarisation.voice_prints import Voices, pieces
from pipeline.media.audio import SAMPLE_RATE_HZ, samples
from pipeline.records import Diarisation, Segment, VoicePrint

SMOOTH_S = 0.3  # voices vary by 20 dB from sound to sound
AROUND_S = 0.3  # in a room, what comes through is delayed
NEARER = 0.5  # of the way, in dB, from the others' voices as they come through to the person's own
OWN_LEVEL = 75  # percentile of the levels while the track is the loudest
FLOOR_DB = -100.0
BLOCK_S = 600.0
SEGMENTATION_SHARE = 0.6


class TrackDiariser:
    """One label per track."""

    def __init__(self, segmentation: Segmentation, voices: Voices) -> None:
        self._segmentation = segmentation
        self._voices = voices

    def __call__(
        self, tracks: Mapping[str, Path], progress: Callable[[float], None]
    ) -> Diarisation:
        """Who speaks when: ``tracks`` are WAVs of ``media.audio``, of any length, by label.

        A track without speech gives no segment. ``progress`` gets 0–1, last 1.
        """
        wavs = list(tracks.values())
        talks = []
        for number, wav in enumerate(wavs):
            talks.append(self._segmentation(wav, _ignore))
            progress(SEGMENTATION_SHARE * (number + 1) / len(wavs))
        frames = talks[0].frames
        length = max(len(talk.active) for talk in talks)
        spoken = np.zeros((length, len(wavs)), np.bool_)
        level_db = np.full((length, len(wavs)), FLOOR_DB, np.float32)
        for number, (talk, wav) in enumerate(zip(talks, wavs, strict=True)):
            spoken[: len(talk.active), number] = talk.active.any(axis=1)
            level_db[: len(talk.active), number] = _level_db(wav, frames, len(talk.active))
        relative_db = level_db - _own_level_db(level_db, spoken)
        spoken &= ~_comes_through(relative_db, spoken, frames)
        regular: list[Segment] = []
        exclusive: list[Segment] = []
        prints: list[VoicePrint] = []
        loudest = np.where(spoken, relative_db, -np.inf).argmax(axis=1)
        for number, (label, talk) in enumerate(zip(tracks, talks, strict=True)):
            activity = talk.activity.max(axis=1)
            mine = _segments(frames, spoken[:, number], activity, label)
            alone = spoken[:, number] & (loudest == number)
            regular += mine
            exclusive += _segments(frames, alone, activity, label)
            speech_s = round(sum(segment.duration_s for segment in mine), 3)
            voice = self._voice(tracks[label], talk, spoken, number)
            if voice is not None:
                prints.append(VoicePrint(label, speech_s, voice))
            progress(SEGMENTATION_SHARE + (1 - SEGMENTATION_SHARE) * (number + 1) / len(wavs))
        progress(1.0)
        return Diarisation(tuple(sorted(regular)), tuple(sorted(exclusive)), tuple(prints))

    def _voice(
        self, wav: Path, talk: Activity, spoken: Bools, number: int
    ) -> tuple[float, ...] | None:
        """The mean voice on a track, without overlap if possible; None if it is too short."""
        own = spoken[: len(talk.active), number]
        others = np.delete(spoken[: len(talk.active)], number, axis=1).any(axis=1)
        clear = own & ~others if (own & ~others).any() else own
        alone = Activity(talk.frames, talk.activity, clear[:, None])
        embeddings, embedded = self._voices(wav, alone, pieces(alone), _ignore)
        if not embedded.any():
            return None
        mean = embeddings[embedded].mean(axis=0)
        return tuple(round(float(x), 6) for x in mean / np.linalg.norm(mean))


def _level_db(wav: Path, frames: Frames, n_frames: int) -> Floats:
    """How loud a track is in each frame, smoothed: (frames,) in dBFS."""
    energy = np.zeros(n_frames, np.float64)
    step = frames.step_s * SAMPLE_RATE_HZ
    for first in range(0, n_frames, block := int(BLOCK_S / frames.step_s)):
        end = min(n_frames, first + block)
        edges_s = [frames.start_s(frame) for frame in (first, end)]
        sound = samples(wav, *edges_s).astype(np.float64)
        at = np.minimum(((np.arange(end - first)) * step).astype(np.intp), max(0, len(sound) - 1))
        if len(sound):
            energy[first:end] = np.add.reduceat(sound**2, at) / step
    width = max(1, round(SMOOTH_S / frames.step_s))
    smooth = np.convolve(energy, np.ones(width) / width, "same")
    return np.asarray(10 * np.log10(np.maximum(smooth, 10 ** (FLOOR_DB / 10))), np.float32)


def _own_level_db(level_db: Floats, spoken: Bools) -> Floats:
    """(tracks,): how loud each person is on their own track while that track is the loudest."""
    loudest = level_db.argmax(axis=1)
    own = np.zeros(level_db.shape[1], np.float32)
    for track in range(len(own)):
        leads = spoken[:, track] & (loudest == track)
        if leads.any():
            own[track] = np.percentile(level_db[leads, track], OWN_LEVEL)
    return own


def _comes_through(relative_db: Floats, spoken: Bools, frames: Frames) -> Bools:
    """(frames, tracks): where a track carries other people's voices rather than its person's."""
    from scipy.ndimage import maximum_filter1d

    found = np.zeros_like(spoken)
    around = round(AROUND_S / frames.step_s)
    for track in range(spoken.shape[1]):
        others_db = np.where(
            np.delete(spoken, track, axis=1), np.delete(relative_db, track, axis=1), FLOOR_DB
        ).max(axis=1, initial=FLOOR_DB)
        clear = others_db > -10  # another person talks, about as loud as usual
        if clear.any():
            distance_db = np.median((others_db - relative_db[:, track])[clear])
            near_db = maximum_filter1d(others_db, around)
            found[:, track] = near_db - relative_db[:, track] > NEARER * distance_db
    return found


def _segments(frames: Frames, active: Bools, activity: Floats, label: str) -> list[Segment]:
    return [
        Segment(
            round(frames.start_s(first), 3),
            round(frames.start_s(end), 3),
            label,
            round(float(activity[first:end].mean()), 3),
        )
        for first, end in runs(active)
    ]


def _ignore(share: float) -> None:
    """Ignore it: progress is reported track by track."""
