"""Receipts: what a researcher reads beside a file they dropped, <name>.vuoro.txt."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pipeline.errors import HoldError, StudyError, TransientError, VuoroError
from pipeline.records.languages import name_of
from pipeline.storage.disk import last_change_ns, os_errors, write_atomically
from pipeline.storage.harmless import on_one_line
from pipeline.study import Study
from pipeline.study.accepted import recording
from pipeline.study.file_names import fitted
from pipeline.study.outcome import SETTLED, Outcome
from pipeline.texts import Language, Text

RECEIPT = ".vuoro.txt"
REASON = ".reason.txt"

_WAITS_FOR_COPY = Text("Waiting for the copy to be complete. There is nothing for you to do.")
_RECOVERED = Text(
    "An interrupted run left this, and nothing tells which folder it came from. If it is a "
    "recording, move it into its group's folder in the inbox."
)
_SET_ASIDE = Text(
    "The recording was set aside and is not in the data set. `vuoro retry {session_id}` brings it "
    "back."
)
_DUPLICATE = Text("Duplicate of {session_id}, which is the same recording. There is nothing to do.")
_REFUSED = Text("This recording cannot be used.")
_HELD = Text("Waiting for an answer.")
_STILL_WAITING = Text("Still waiting.")
_FAILED = Text("Processing failed.")
_ACCEPTED = Text("Accepted as session {session_id}.")
_CORRECTED = Text(
    "If its number, kind or group is wrong, correct it, for example: vuoro session {session_id} "
    "--number 3"
)
_DONE = Text("In the data set, as session {session_id}.")
_LOOK = Text("Session {session_id} needs a look.")
_SPOKEN = Text("Language: {language}.")
_NOW = Text("now")


def receipt(study: Study, file: Path, text: str) -> bool:
    """Write ``text``, under the file's name, to <name>.vuoro.txt where the file is or was.

    Returns False, and writes nothing, if the receipt says so already. Raises TransientError.
    """
    data = os.fsencode(f"{on_one_line(str(file.relative_to(study.inbox)))}\n\n{text}")
    place = receipt_of(file)
    with os_errors("writing a receipt"):
        if place.is_file() and place.read_bytes() == data:
            return False
        write_atomically(place, data)
        return True


def receipt_of(file: Path) -> Path:
    """The place of the receipt of an inbox file, if it has one."""
    return file.with_name(fitted(file.name, RECEIPT))


def read(file: Path) -> bytes:
    """The content of an inbox file's receipt; empty if there is none."""
    place = receipt_of(file)
    with os_errors("reading a receipt"):
        return place.read_bytes() if place.is_file() else b""


def tells_why_it_waits(file: Path) -> bool:
    """Whether the receipt of a file says why it stays in the inbox, other than for its copy."""
    text = read(file)
    return any(f"\n\n{words} ".encode() in text for words in (_HELD, _STILL_WAITING))


def is_newer(file: Path, error: VuoroError) -> bool:
    """Whether the receipt of a file says just this, and the file has not changed since."""
    with os_errors("reading a receipt"):
        says_so = read(file).endswith(f"\n\n{still_waiting(error)}".encode())
        return says_so and last_change_ns(receipt_of(file).stat()) > last_change_ns(file.stat())


def tell_accepted(study: Study, file: Path, session_id: str) -> None:
    """Write into a file's receipt which session it is now, if the disk allows it."""
    with suppress(TransientError):
        receipt(study, file, _accepted(session_id))


def rename(study: Study, before: str, after: str) -> None:
    """Replace a session's old id by the new one in every receipt and quarantine reason.

    A file that cannot be written stays as it is: a message must not fail a session.
    """
    files = (*study.inbox.rglob(f"*{RECEIPT}"), *study.quarantine.rglob(f"*{REASON}"))
    for place in files:
        with suppress(OSError):
            file_name, end, text = place.read_bytes().partition(b"\n\n")
            new = re.sub(rb"\b%b\b" % before.encode(), after.encode(), text)
            if new != text:
                write_atomically(place, file_name + end + new)


def tell_finished(study: Study, found: Outcome) -> None:
    """Write into the receipt of a session's file that it is in the data set, or needs a look."""
    _update(study, found.session_id, _in_both(lambda language: _finished(found, language)))


def _finished(found: Outcome, language: Language) -> str:
    state = _LOOK if found.needs_a_look else _DONE
    said = [state.filled(session_id=found.session_id).to(language)]
    if code := found.row["language"]:
        said.append(_SPOKEN.filled(language=name_of(code)).to(language))
    said += [remark.sentence(language) for remark in found.remarks]
    last = (SETTLED, _CORRECTED) if found.needs_a_look else (_CORRECTED,)
    return "\n".join([*said, *(t.filled(session_id=found.session_id).to(language) for t in last)])


def tell_failed(study: Study, session_id: str, error: VuoroError) -> None:
    """Write into the receipt of a session's file why it is not in the data set yet."""
    outcome = _HELD if isinstance(error, HoldError) else _FAILED
    _update(study, session_id, f"{session_id}\n\n{_refusal(error, outcome)}")


def waits_for_copy() -> str:
    """That a file's copy is not complete yet."""
    return _in_both(_WAITS_FOR_COPY.to)


def refused(error: VuoroError) -> str:
    """Why a recording cannot be used and what to do."""
    return _refusal(error, _REFUSED)


def still_waiting(error: VuoroError) -> str:
    """Why a file stays in the inbox and what to do."""
    return _refusal(error, _HELD if isinstance(error, HoldError) else _STILL_WAITING)


def duplicate_of(session_id: str) -> str:
    """That a file's content is in the study already."""
    return _in_both(_DUPLICATE.filled(session_id=session_id).to)


def set_aside(session_id: str) -> str:
    """That a person does not want a recording in the data set."""
    return _in_both(_SET_ASIDE.filled(session_id=session_id).to)


def recovered() -> str:
    """That the folder a file came from is unknown."""
    return _in_both(_RECOVERED.to)


def moved(text: str, place: str) -> str:
    """The receipt of a file that was moved, with the text that says why."""
    return f"{text}\n{_NOW.both.capitalize()}: {place}\n"


def last_words(text: bytes) -> str:
    """The English text of a receipt or reason, without the place of its file."""
    paragraphs = text.decode(errors="replace").strip().split("\n\n")[1:]
    said = [each for each in paragraphs if not each.startswith(_NOW.both.capitalize())]
    return " ".join(said[-1].split()) if said else ""


def is_of_copy(words: str) -> bool:
    """Whether a receipt's last words say that a file's copy is not complete yet."""
    return words == str(_WAITS_FOR_COPY)


def is_of_hold(words: str) -> bool:
    """Whether a receipt's last words say that a person must answer."""
    return words.startswith(str(_HELD))


def is_of_duplicate(words: str) -> bool:
    """Whether a receipt's last words say that the file is a duplicate."""
    return words.startswith(_DUPLICATE.english.partition("{")[0])


def is_recovered(words: str) -> bool:
    """Whether a receipt's last words say that the folder the file came from is unknown."""
    return words == str(_RECOVERED)


def _refusal(error: VuoroError, outcome: Text) -> str:
    """What is wrong and what to do, after the words that give the outcome."""
    return _in_both(lambda language: f"{outcome.to(language)} {error.to(language)}")


def _accepted(session_id: str) -> str:
    said = [each.filled(session_id=session_id) for each in (_ACCEPTED, _CORRECTED)]
    return _in_both(lambda language: " ".join(each.to(language) for each in said))


def _in_both(say: Callable[[Language], str]) -> str:
    """A paragraph in Finnish, and one in English."""
    return f"{say('fi')}\n\n{say('en')}\n"


def _update(study: Study, session_id: str, text: str) -> None:
    """Rewrite a session's receipt, unless a user has removed it."""
    # a message must not fail a session
    with suppress(StudyError, TransientError), os_errors("writing a receipt"):
        session = recording(study, session_id)
        file = study.inbox / session.inbox_folder / session.original_name
        if receipt_of(file).is_file():
            receipt(study, file, text)
