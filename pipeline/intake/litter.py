"""What lies in an inbox and is no recording: left alone, or told of in one line."""

from __future__ import annotations

import os
import re
from pathlib import Path

from pipeline.errors import CloudError
from pipeline.file_names import suffix

HALF_COPIED = re.compile(
    r".*\.(part|partial|filepart|crdownload|opdownload|download|tmp)|\.syncthing\..*",
    re.IGNORECASE | re.DOTALL,
)
_LITTER = re.compile(  # hidden files and folders, and what systems, NAS and clouds leave behind
    r"\.|~\$|@(eadir|recycle|recently-snapshot|tmp|sharebin)$|~snapshot$|#(recycle|snapshot)$"
    r"|\$recycle\.bin$|recycler$|system volume information$"
    r"|lost\+found$|found\.\d{3}$|__macosx$|network trash folder$|temporary items$"
    r"|thevolumesettingsfolder$|icon\r$|thumbs\.db$|ehthumbs(_vista)?\.db$|desktop\.ini$"
    r"|.*@syno(eastream|resource)$|.*\.vuoro\.txt$|(.*\.)?session\.yaml$",
    re.IGNORECASE | re.DOTALL,
)
_DOCUMENT = re.compile(
    r"\.(txt|md|rtf|pdf|docx?|odt|pages|xls[xm]?|ods|numbers|csv|tsv|pptx?|odp|key"
    r"|jpe?g|png|gif|bmp|tiff?|webp|hei[cf]|svg"
    r"|html?|xml|json|ya?ml|toml|ini|log|vtt|srt|ics|eml|msg|db)"
)
_CLOUD_LINK = re.compile(r"\.(url|webloc|lnk|desktop|gdoc|gsheet|gslides|gdrive|gvid)")
_PLACEHOLDER = re.compile(
    r"\.(?P<icloud>.+)\.icloud|(?P<odrive>.+)\.cloudf?", re.IGNORECASE | re.DOTALL
)
_NOT_HERE = 0x1000 | 0x40000 | 0x400000  # Windows: offline, recall on open, recall on data access
_DATALESS = 0x40000000  # macOS

_IN_THE_CLOUD = (
    "This recording is still in the cloud.",
    "Download it to this machine: open its folder and choose to keep it on this device.",
)
_IS_A_LINK = (
    "This is a link to something in the cloud, not a recording.",
    "If it leads to a recording, download that and put it here.",
)


def is_litter(name: str) -> bool:
    """Whether a file or folder of this name is nothing that a person put there for vuoro."""
    return _LITTER.match(name) is not None or HALF_COPIED.fullmatch(name) is not None


def is_document(name: str) -> bool:
    """Whether a file of this name is a document or picture, which may lie beside recordings."""
    return _DOCUMENT.fullmatch(suffix(name)) is not None


def in_the_cloud(entry: os.DirEntry[str]) -> tuple[Path, CloudError] | None:
    """The recording that a file stands for, if its content is not on this machine.

    Clouds leave placeholders under another name (.meeting.mp4.icloud), links, or files of which
    only the system knows that they are empty.
    """
    if found := _PLACEHOLDER.fullmatch(entry.name):
        name = found["icloud"] or found["odrive"]
        place = Path(entry.path).with_name(name)
        told = is_document(name) or os.path.lexists(place)
        return None if told else (place, CloudError(*_IN_THE_CLOUD))
    if _CLOUD_LINK.fullmatch(suffix(entry.name)):
        return Path(entry.path), CloudError(*_IS_A_LINK)
    info = entry.stat(follow_symlinks=False)
    attributes, flags = (getattr(info, key, 0) for key in ("st_file_attributes", "st_flags"))
    if attributes & _NOT_HERE or flags & _DATALESS:
        return Path(entry.path), CloudError(*_IN_THE_CLOUD)
    return None
