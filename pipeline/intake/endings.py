"""Whether a recording is complete to its end; a paused copy is not."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.errors import RecordingError, TransientError
from pipeline.media.container import declared_s, opened, origin_s
from pipeline.storage.disk import os_errors

LACKS_AT_MOST_S = 0.25
_TOLD_BY_HEADER = {"wav", "aiff", "flac", "mp3", "mov", "matroska", "asf"}
_LONGEST_PAGE = 27 + 255 + 255 * 255  # of an ogg file, in bytes (RFC 3533)
_IS_LAST = 4


def has_its_end(file: Path) -> bool:
    """Whether ``file`` holds sound up to the end that its header declares.

    Only the end is read. False if that is unknown: for a folder of tracks, which may get one more,
    for a file that cannot be read, and for one that does not declare its length.
    """
    try:
        if file.is_dir() or _is_short_of_its_riff(file):
            return False
        with opened(file) as (container, streams):
            stream = streams[0]
            end_s = declared_s(container, stream)
            if container.format.name == "ogg":
                return _has_last_page(file)
            if end_s is None or not _TOLD_BY_HEADER & {*container.format.name.split(",")}:
                return False
            end_s += origin_s(container)
            nearly_s = max(0.0, end_s - LACKS_AT_MOST_S)
            container.seek(int(nearly_s / stream.time_base), stream=stream)
            return any(
                float((packet.pts + (packet.duration or 0)) * stream.time_base) >= nearly_s
                for packet in container.demux(stream)
                if packet.pts is not None and packet.size
            )
    except (RecordingError, TransientError):
        return False


def _has_last_page(file: Path) -> bool:
    """Whether an ogg file ends with a whole page that says it is the last of its stream."""
    with os_errors("looking at a recording"), file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - _LONGEST_PAGE))
        _, mark, page = stream.read().rpartition(b"OggS")
    if not mark or len(page) < 23 or not page[1] & _IS_LAST:
        return False
    lengths = page[23 : 23 + page[22]]
    return len(lengths) == page[22] and len(page) >= 23 + len(lengths) + sum(lengths)


def _is_short_of_its_riff(file: Path) -> bool:
    """Whether a WAV has fewer bytes than its header says, which libav accepts."""
    with os_errors("looking at a recording"), file.open("rb") as stream:
        start, size = stream.read(8), os.fstat(stream.fileno()).st_size
    is_riff = start[:4] in (b"RIFF", b"RF64")  # of the longest, 2**32 - 1: that waits
    return is_riff and size < 8 + int.from_bytes(start[4:], "little")
