"""Decode all sound tracks of one file, channel by channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import DamagedMediaError, NoAudioError, NotMediaError
from pipeline.media.container import opened, read
from pipeline.media.parts import Part, parts
from pipeline.media.signals import Loudness, Signal
from pipeline.media.sound import Track


@dataclass(frozen=True, slots=True)
class Sound:
    """One sound track of a file: its channels, their loudness, and what decoding found."""

    channels: tuple[Signal, ...]
    loudness: tuple[Loudness, ...]
    track: Track


@dataclass(frozen=True, slots=True)
class Heard:
    """What was decoded from a file."""

    sounds: tuple[Sound, ...]
    flags: frozenset[str]
    heard_s: float
    missing_s: float


def hear(source: Path, scratch: Path, progress: Callable[[float], None]) -> Heard:
    """Decode a file into the folder ``scratch``: every channel of every sound track and part.

    Raises NotMediaError, NoAudioError, DamagedMediaError, RecordingError (more than a day),
    DiskFullError or UnreadableError.
    """
    pieces, tracks = parts(source), list[Track]()
    refused: list[NotMediaError | NoAudioError | DamagedMediaError] = []
    for part in pieces:
        try:
            _hear_part(source, part, scratch, tracks, _within(progress, part, pieces[-1].last))
        except (NotMediaError, NoAudioError, DamagedMediaError) as error:
            refused.append(error)
    if not tracks:
        raise refused[0]
    facts = {
        "decode_errors": bool(refused) or any(track.damaged for track in tracks),
        "truncated": any(track.truncated for track in tracks),
        "end_missing": any(track.torn for track in tracks),
        "parts_joined": len(pieces) > 1 or any(track.restarted for track in tracks),
    }
    sounds = []
    for track in tracks:
        if channels := track.sound.signals():
            loudness = tuple(channel.loudness() for channel in channels)
            sounds.append(Sound(tuple(channels), loudness, track))
    return Heard(
        tuple(sounds),
        frozenset(flag for flag, holds in facts.items() if holds),
        max(track.heard_s for track in tracks),
        max(track.missing_s for track in tracks),
    )


def _hear_part(
    source: Path, part: Part, scratch: Path, tracks: list[Track], progress: Callable[[float], None]
) -> None:
    with opened(source, part) as (container, streams):
        start_s = max((track.sound.position_s for track in tracks), default=0.0)
        for number in range(len(tracks), len(streams)):
            tracks.append(Track(scratch, number))
        takers = dict[int, Track]()
        for track, stream in zip(tracks, streams, strict=False):
            track.begin(container, stream, part, start_s)
            takers[stream.index] = track
        for share in read(container, takers):
            progress(share)
        for track in takers.values():
            track.end()


def _within(progress: Callable[[float], None], part: Part, size: int) -> Callable[[float], None]:
    def of_file(share: float) -> None:
        progress((part.first + share * (part.last - part.first)) / max(1, size))

    return of_file
