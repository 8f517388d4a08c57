"""Every error that vuoro raises on purpose.

    VuoroError
    ├── SettingsError              a value in vuoro.toml or the environment is wrong or out of place
    ├── StudyError                 the folder is not a study, or something in it cannot be found
    ├── ModelError                 a model is missing, incomplete or not the file it should be
    ├── DatasetError               the published data set breaks its own declaration
    ├── CancelledError             a user has cancelled the session
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
    │   ├── DamagedMediaError      none, or almost none, of the sound can be decoded
    │   │   └── UnfinishedVideoError   its index was never written
    │   ├── TooShortError          shorter than a turn
    │   └── LanguageError          names cannot be masked in this language
    └── TransientError             not the recording's fault; it stays, and the next run tries again
        ├── DiskFullError
        ├── CloudError             the recording is not on this machine yet
        ├── HoldError              the recording waits for a person's answer
        │   ├── ConsentError       a person in it has not consented, or has withdrawn
        │   ├── LanguageQuestionError   its language is unclear, or not one of those expected
        │   ├── PartsError         it looks like one of several files of one session
        │   └── CopyError          it looks like a copy of another recording but differs from it
        ├── UnreadableError        no permission, or the disk or network share does not answer
        ├── TakenError             another process is working on the same recording or study
        ├── LostError              another process took over: this one did not answer for a minute
        └── StageCrashError        a stage failed unexpectedly

A message is one sentence that says what is wrong; ``remedy`` is one that says what to do next.
If a receipt may show an error, both are texts, so that the receipt gives them in Finnish too.
Neither may contain what people said, a person's name or a recording's file name, because messages
are stored in Prefect's database: the code that shows an error adds the file name.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar

from pipeline.texts import Language, Text


class VuoroError(Exception):
    """Base of every error that vuoro raises on purpose.

    ``what`` says what is wrong, ``remedy`` what to do next; ``str()`` gives both, in English.
    """

    usual_remedy: ClassVar[Text] = Text()
    meaning: ClassVar[Text] = Text()  # for an error whose own sentence is in English only

    def __init__(self, what: Text | str, remedy: Text | str = "") -> None:
        self._is_translated = isinstance(what, Text)
        self.texts = _text(what), _text(remedy or self.usual_remedy)
        super().__init__(self._sentences("en"))

    def __reduce__(self) -> tuple[type[VuoroError], tuple[Text | str, Text]]:
        what, remedy = self.texts
        return type(self), (what if self._is_translated else self.what, remedy)

    @property
    def what(self) -> str:
        """What is wrong."""
        return str(self.texts[0])

    @property
    def remedy(self) -> str:
        """What to do next; "" if unknown."""
        return str(self.texts[1])

    def to(self, language: Language) -> str:
        """What is wrong and what to do, in a language.

        If its sentence exists in English only, other languages give the meaning of its kind, or
        what to do.
        """
        if language == "en" or self._is_translated:
            return self._sentences(language)
        return self.meaning.to(language) or self.usual_remedy.to(language)

    def _sentences(self, language: Language) -> str:
        return " ".join(each.to(language) for each in self.texts).strip()


def _text(said: Text | str) -> Text:
    return said if isinstance(said, Text) else Text(said)


class SettingsError(VuoroError):
    """A value in vuoro.toml or the environment is wrong or out of place."""


class StudyError(VuoroError):
    """The folder is not a study, or something in it cannot be found."""

    meaning = Text(
        "Something in the study or in the session.yaml of the recording must be corrected; see "
        "below. A session.yaml may hold only `number: 3` (1–99), `part: 2`, `kind: meeting` or "
        "`kind: group_interview`, and `language: fi`."
    )


class ModelError(VuoroError):
    """A model is missing, incomplete or not the file it should be."""

    usual_remedy = Text("Run `vuoro models pull` while connected to the internet, then try again.")


class DatasetError(VuoroError):
    """The published data set violates its own declaration."""

    usual_remedy = Text("Run `vuoro run` to write the data set again, then `vuoro validate`.")


class CancelledError(VuoroError):
    """A user cancelled the session. Finished work is kept."""

    usual_remedy = Text("`vuoro retry` brings it back.")


class RecordingError(VuoroError):
    """This recording cannot be used; it goes to quarantine with the reason."""


class NotMediaError(RecordingError):
    """Not an audio or video file."""

    usual_remedy = Text("Check the file on the machine it came from and copy it again.")


class EmptyFileError(NotMediaError):
    """No bytes, or only zeros: the result of an interrupted copy."""

    usual_remedy = Text("Copy it again from where it was recorded.")


class WebPageError(NotMediaError):
    """A web page, such as a sign-in page that was saved instead of a recording."""

    usual_remedy = Text("Sign in to the service it came from and download the recording again.")


class DocumentError(NotMediaError):
    """An office document."""

    usual_remedy = Text("Put the recording itself here.")


class PictureError(NotMediaError):
    """A picture."""

    usual_remedy = Text("Put the recording itself here.")


class ArchiveError(NotMediaError):
    """A ZIP file or another archive."""

    usual_remedy = Text("Unpack it and put the recording in it here.")


class DictationError(NotMediaError):
    """A dictation format that is encrypted or that libav does not support."""

    usual_remedy = Text("Export it as WAV or MP3 from the program that came with the recorder.")


class NotConvertedError(NotMediaError):
    """A Zoom recording that has not been converted yet."""

    usual_remedy = Text("Open it on the computer that recorded it: Zoom converts it to a video.")


class NoAudioError(RecordingError):
    """A video without sound."""

    usual_remedy = Text("Export the recording with its sound, or use the separate audio file.")


class DamagedMediaError(RecordingError):
    """None, or almost none, of the sound can be decoded."""

    usual_remedy = Text(
        "Copy the file again from its source; if it is damaged there too, export it again."
    )


class UnfinishedVideoError(DamagedMediaError):
    """An mp4 file without its index: recording or copying was interrupted."""

    usual_remedy = Text(
        "Copy it again; if it is the same at its source, open it in the app or device that "
        "recorded it, or repair it with `untrunc` and a whole recording of the same device."
    )


class TooShortError(RecordingError):
    """Shorter than a turn."""

    usual_remedy = Text("Check that the whole recording was copied.")


class LanguageError(RecordingError):
    """Names cannot be masked in this language, so nothing may be published."""

    usual_remedy = Text(
        "If it was guessed wrong, set `language` under [transcription] in vuoro.toml."
    )


class TransientError(VuoroError):
    """Not the recording's fault: it stays where it is, and the next run tries again."""


class DiskFullError(TransientError):
    """No space is left on the disk."""

    usual_remedy = Text("Free some space and run `vuoro run` again; finished stages are kept.")
    meaning = Text("The disk is full. Free some space.")


class UnreadableError(TransientError):
    """No permission, or the disk or network share does not answer."""

    usual_remedy = Text(
        "Check that you may read the file and that the disk is connected, then run again."
    )
    meaning = Text(
        "A file cannot be read or moved, or is still being copied. Check that you may read it and "
        "that the disk or network share is connected."
    )


class HoldError(TransientError):
    """Nothing is wrong: the recording waits for a person's answer."""

    usual_remedy = Text("Answer, then run `vuoro run` again.")


class LanguageQuestionError(HoldError):
    """The language of the talk is unclear, or not one of those that the study expects."""


class ConsentError(HoldError):
    """A person in the recording has not consented, or has withdrawn their consent."""

    usual_remedy = Text(
        "When they have consented, write so in the roster; if they are not in this session, list "
        "it there under `absent`. `vuoro group show` tells who it is."
    )


class CloudError(TransientError):
    """The recording is not on this machine yet, only a placeholder."""

    usual_remedy = Text("Download it to this machine.")


class PartsError(HoldError):
    """The recording may be one of several files of one session, but that is not certain."""

    usual_remedy = Text(
        "Say which session it is in a file beside it, named like it and ending in .session.yaml: "
        "`number: 3`; or put the parts of one session into a folder whose name ends in parts."
    )


class CopyError(HoldError):
    """The recording looks like a copy of another but differs from it."""

    usual_remedy = Text(
        "Remove one of the two, or, if this is a session of its own, say so in a file beside it, "
        "named like it and ending in .session.yaml: `number: 3`."
    )


class TakenError(TransientError):
    """Another process is working on the same recording or study."""

    usual_remedy = Text("Wait until that has finished.")


class LostError(TransientError):
    """Another process took over this work because this one did not answer for a minute."""

    usual_remedy = Text("Run `vuoro run` again if no other process is running; nothing is lost.")


class StageCrashError(TransientError):
    """A stage failed unexpectedly."""

    usual_remedy = Text(
        "Run `vuoro run` again; if it fails at the same place, report it with this line."
    )


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """A question that suggests the known name spelt most like ``given``; "" if none is close."""
    by_folded = {each.casefold(): each for each in known}
    nearest = get_close_matches(given.casefold(), by_folded, n=1, cutoff=0.7)
    return f"Did you mean '{by_folded[nearest[0]]}'?" if nearest else ""


def from_os_error(error: OSError, doing: str) -> VuoroError:
    """The vuoro error for an operating-system error, without its text or file name."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DiskFullError(f"The disk is full while {doing}.")
    reason = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return UnreadableError(f"A file or folder cannot be read or written while {doing} ({reason}).")
