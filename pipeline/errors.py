"""Every error that vuoro raises on purpose.

    VuoroError
    ├── SettingsError              a value in vuoro.toml or the environment is wrong or out of place
    ├── StudyError                 the folder is no study, or something in it cannot be found
    ├── ModelError                 a model is missing, incomplete or not the file it should be
    ├── DatasetError               the published data set breaks its own declaration
    ├── CancelledError             somebody said that this session shall not be worked on
    ├── RecordingError             this recording cannot be used; it goes to quarantine
    │   ├── NotMediaError          not an audio or video file
    │   │   ├── EmptyFileError     no bytes, or zeros only
    │   │   ├── WebPageError       a web page, such as a sign-in page
    │   │   ├── DocumentError      an office document
    │   │   ├── PictureError       a picture
    │   │   ├── ArchiveError       a ZIP file or another archive
    │   │   ├── DictationError     a form of dictation machines
    │   │   └── NotConvertedError  a Zoom recording before its conversion
    │   ├── NoAudioError           a video without sound
    │   ├── DamagedMediaError      nothing, or almost nothing, of the sound can be decoded
    │   │   └── UnfinishedVideoError   its index was never written
    │   ├── TooShortError          shorter than a turn
    │   └── LanguageError          in this language names cannot be hidden
    └── TransientError             not the recording's fault; it stays, and the next run tries again
        ├── DiskFullError
        ├── CloudError             the recording is not on this machine yet
        ├── HoldError              it waits for a person's answer
        │   ├── ConsentError       somebody in it has not consented, or has withdrawn
        │   ├── LanguageQuestionError   its language is not clear, or none of those expected
        │   ├── PartsError         it looks like one of several files of one session
        │   └── CopyError          it looks like a copy of another recording, and differs from it
        ├── UnreadableError        no permission, or the disk or network share does not answer
        ├── TakenError             somebody else is at work on just this
        ├── LostError              it was taken over: this process did not answer for a minute
        └── StageCrashError        a stage failed in a way that nobody foresaw

A message is one sentence that says what is wrong; ``remedy`` is one that says what to do next.
Neither may hold what people said, a person's name or a recording's file name, because messages
travel into Prefect's database: whoever shows an error adds the file name.
"""

from __future__ import annotations

import errno


class VuoroError(Exception):
    """Base of every error that vuoro raises on purpose.

    ``what`` says what is wrong, ``remedy`` what to do next; ``str()`` gives both. ``finnish`` says
    both in Finnish for receipts, where that is not the same for all errors of a kind.
    """

    remedy = ""

    def __init__(self, what: str, remedy: str = "", finnish: str = "") -> None:
        self.what = what
        self.remedy = remedy or type(self).remedy
        self.finnish = finnish
        super().__init__(f"{what} {self.remedy}".strip())

    def __reduce__(self) -> tuple[type[VuoroError], tuple[str, str, str]]:
        return type(self), (self.what, self.remedy, self.finnish)


class SettingsError(VuoroError):
    """A value in vuoro.toml or the environment is wrong or out of place."""


class StudyError(VuoroError):
    """The folder is no study, or something in it cannot be found."""


class ModelError(VuoroError):
    """A model is missing, incomplete or not the file it should be."""

    remedy = "Run `vuoro models pull` while connected to the internet, then try again."


class DatasetError(VuoroError):
    """The published data set breaks its own declaration."""

    remedy = "Run `vuoro run` to write the data set anew, then `vuoro validate`."


class CancelledError(VuoroError):
    """Somebody said that this session shall not be worked on. What is done of it is kept."""

    remedy = "`vuoro retry` brings it back."


class RecordingError(VuoroError):
    """This recording cannot be used; it goes to quarantine with the reason."""


class NotMediaError(RecordingError):
    """Not an audio or video file."""

    remedy = "Check the file on the machine it came from and copy it again."


class EmptyFileError(NotMediaError):
    """No bytes, or zeros only: what an interrupted copy leaves."""

    remedy = "Copy it again from where it was recorded."


class WebPageError(NotMediaError):
    """A web page, such as a sign-in page that was saved in a recording's place."""

    remedy = "Sign in to the service it came from and download the recording again."


class DocumentError(NotMediaError):
    """An office document."""

    remedy = "Put the recording itself here."


class PictureError(NotMediaError):
    """A picture."""

    remedy = "Put the recording itself here."


class ArchiveError(NotMediaError):
    """A ZIP file or another archive."""

    remedy = "Unpack it and put the recording in it here."


class DictationError(NotMediaError):
    """A form of dictation machines that is encrypted or that libav does not know."""

    remedy = "Export it as WAV or MP3 from the program that came with the recorder."


class NotConvertedError(NotMediaError):
    """A Zoom recording before its conversion."""

    remedy = "Open it on the computer that recorded it: Zoom converts it to a video."


class NoAudioError(RecordingError):
    """A video without sound."""

    remedy = "Export the recording with its sound, or use the separate audio file."


class DamagedMediaError(RecordingError):
    """Nothing, or almost nothing, of the sound can be decoded."""

    remedy = "Copy the file again from its source; if it is damaged there too, export it anew."


class UnfinishedVideoError(DamagedMediaError):
    """An mp4 without its index: recording, or copying, was interrupted."""

    remedy = (
        "Copy it again; if it is the same at its source, open it in the app or device that "
        "recorded it, or repair it with `untrunc` and a whole recording of the same device."
    )


class TooShortError(RecordingError):
    """Shorter than a turn."""

    remedy = "Check that the whole recording was copied."


class LanguageError(RecordingError):
    """In this language names cannot be hidden, so nothing may be published."""

    remedy = "If it was guessed wrong, set `language` under [transcription] in vuoro.toml."


class TransientError(VuoroError):
    """Not the recording's fault: it stays where it is, and the next run tries again."""


class DiskFullError(TransientError):
    """No space is left on the disk."""

    remedy = "Free some space and run `vuoro run` again; finished stages are kept."


class UnreadableError(TransientError):
    """No permission, or the disk or network share does not answer."""

    remedy = "Check that you may read the file and that the disk is connected, then run again."


class HoldError(TransientError):
    """Nothing is wrong: it waits until a person has answered."""

    remedy = "Answer, then run `vuoro run` again."


class LanguageQuestionError(HoldError):
    """The language of the talk is not clear, or none of those that the study expects."""


class ConsentError(HoldError):
    """Somebody in the recording has not consented, or has withdrawn their consent."""

    remedy = (
        "When they have consented, write so in the roster; if they are not in this session, list "
        "it there under `absent`. `vuoro group show` tells who it is."
    )


class CloudError(TransientError):
    """The recording is not on this machine yet, only something in its place."""

    remedy = "Download it to this machine."


class PartsError(HoldError):
    """It looks like one of several files of one session, and that is not sure."""

    remedy = (
        "Say which session it is in a file beside it, named like it and ending in .session.yaml: "
        "`number: 3`; or put the parts of one session into a folder whose name ends in parts."
    )


class CopyError(HoldError):
    """It looks like a copy of another recording, and differs from it."""

    remedy = (
        "Remove one of the two, or, if this is a session of its own, say so in a file beside it, "
        "named like it and ending in .session.yaml: `number: 3`."
    )


class TakenError(TransientError):
    """Somebody else is at work on just this."""

    remedy = "Wait until that has finished."


class LostError(TransientError):
    """Another process has taken this work over, as this one did not answer for a minute."""

    remedy = "Run `vuoro run` again if nobody else is at work; nothing is lost."


class StageCrashError(TransientError):
    """A stage failed in a way that nobody foresaw."""

    remedy = "Run `vuoro run` again; if it fails at the same place, report it with this line."


def from_os_error(error: OSError, doing: str) -> VuoroError:
    """The error of ours that an operating-system error means, without its text or file name."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DiskFullError(f"The disk is full while {doing}.")
    reason = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return UnreadableError(f"A file or folder cannot be read or written while {doing} ({reason}).")
