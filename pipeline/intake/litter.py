"""Files in an inbox that are not recordings: left alone, or reported in one line."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path

from pipeline.errors import CloudError, RecordingError, TransientError
from pipeline.media.container import opened
from pipeline.study.file_names import suffix
from pipeline.texts import Text

HALF_COPIED = re.compile(
    r".*\.(part|partial|filepart|dtapart|\w*download|tmp|temp|~\w+|!\w+|aria2|bts|inprogress"
    r"|ffs_tmp|rclone_chunk\.\d+)|\.syncthing\..*|~syncthing~.*",
    re.IGNORECASE | re.DOTALL,
)
_LITTER = re.compile(  # hidden files and folders, and what systems, NAS and clouds leave behind
    r"\.|~\$|@(eadir|recycle|recently-snapshot|tmp|sharebin)$|~snapshot$|#(recycle|snapshot)$"
    r"|\$recycle\.bin$|recycle(r| bin)$|@?trash(box)?$|papierkorb$|roskakori$|papperskorgen$"
    r"|files_(trashbin|versions)$|previous versions$|_gsdata_$|thefindbycontentfolder$"
    r"|system volume information$|lost\+found$|lost\.dir$|found\.\d{3}$|__macosx$"
    r"|network trash folder$|temporary items$|thevolumesettingsfolder$|icon\r$|thumbs\.db$"
    r"|ehthumbs(_vista)?\.db$|desktop\.ini$"
    r"|.*@syno(eastream|resource)$|.*\.vuoro\.txt$|(.*\.)?session\.yaml$",
    re.IGNORECASE | re.DOTALL,
)
_DOCUMENT = re.compile(
    r"\.(txt|md|rtf|pdf|docx?|odt|pages|xls[xm]?|ods|numbers|csv|tsv|pptx?|odp|key"
    r"|lrv|thm|jpe?g|png|gif|bmp|tiff?|webp|hei[cf]|svg"
    r"|html?|xml|json|ya?ml|toml|ini|log|vtt|srt|ics|eml|msg|db)"
)
_RECORDING = re.compile(  # of recorders, phones, cameras, meetings and editors, and packed ones
    r"\.(3g2|3gpp?|aac|ac3|aif[cf]?|aiff|amr|ape|asf|au|avi|awb|caf|divx|dss?2?|dts|dv|dvf|eac3"
    r"|f4v|flac|flv|gsm|insv|m2ts?|m2v|m4[abprv]|mk[av]|mod|mov|mp[1234acg]|mpeg|msv|mts|mxf|og[agmvx]"
    r"|oma|opus|qt|ra|rf64|rm|rmvb|snd|spx|tod|ts|tta|vob|voc|vox|w64|wave?|weba|webm|wm[av]|wtv|wv"
    r"|zoom|zip|7z|rar|gz|tar|tgz|xz|bz2)"
)
_CLOUD_LINK = re.compile(r"\.(url|webloc|lnk|desktop|gdoc|gsheet|gslides|gdrive|gvid)")
_PLACEHOLDER = re.compile(
    r"\.(?P<icloud>.+)\.icloud|(?P<other>.+)\.(?:cloudf?|nextcloud|owncloud)",
    re.IGNORECASE | re.DOTALL,
)
_NOT_HERE = 0x1000 | 0x40000 | 0x400000  # Windows: offline, recall on open, recall on data access
_DATALESS = 0x40000000  # macOS

_IN_THE_CLOUD = (
    Text("This recording is still in the cloud."),
    Text("Download it to this machine: open its folder and choose to keep it on this device."),
)
_IS_A_LINK = (
    Text("This is a link, not a recording."),
    Text(
        "If it leads to a recording, put that itself here; one in the cloud must be downloaded "
        "first."
    ),
)


def is_litter(name: str) -> bool:
    """Whether a file or folder of this name was not put there for vuoro by a person."""
    return _LITTER.match(name) is not None or HALF_COPIED.fullmatch(name) is not None


def is_document(name: str) -> bool:
    """Whether a file of this name is a document or picture, which may lie beside recordings."""
    return _DOCUMENT.fullmatch(suffix(name)) is not None


def is_foreign(entry: os.DirEntry[str]) -> bool:
    """Whether a file is not named like a recording and is none: other programs' projects, say."""
    if _RECORDING.fullmatch(suffix(entry.name)):
        return False
    info = entry.stat(follow_symlinks=False)
    return not _holds_sound(entry.path, info.st_size, info.st_mtime_ns)


@lru_cache(maxsize=10_000)
def _holds_sound(path: str, size: int, changed_ns: int) -> bool:
    """Whether a file with this look can be opened as a recording."""
    try:
        with opened(Path(path)):
            return True
    except RecordingError:
        return False
    except TransientError:  # taking it in reports that it cannot be read
        return True


def in_the_cloud(entry: os.DirEntry[str]) -> tuple[Path, CloudError] | None:
    """The recording that a file stands for, if its content is not on this machine.

    Clouds leave placeholders under another name (.meeting.mp4.icloud), links, or files of which
    only the system knows that they are empty.
    """
    if found := _PLACEHOLDER.fullmatch(entry.name):
        name = found["icloud"] or found["other"]
        place = Path(entry.path).with_name(name)
        is_known = is_document(name) or os.path.lexists(place)
        return None if is_known else (place, CloudError(*_IN_THE_CLOUD))
    if _CLOUD_LINK.fullmatch(suffix(entry.name)):
        return Path(entry.path), CloudError(*_IS_A_LINK)
    info = entry.stat(follow_symlinks=False)
    attributes, flags = (getattr(info, key, 0) for key in ("st_file_attributes", "st_flags"))
    if attributes & _NOT_HERE or flags & _DATALESS:
        return Path(entry.path), CloudError(*_IN_THE_CLOUD)
    return None
