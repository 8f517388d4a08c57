"""What a researcher reads beside the place where they put a file: <name>.vuoro.txt."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from pipeline.disk import os_errors, write_atomically
from pipeline.errors import TransientError, VuoroError
from pipeline.file_names import fitted
from pipeline.intake.sessions import recording
from pipeline.study import Study

RECEIPT = ".vuoro.txt"

WAITS_FOR_COPY = (
    "Odottaa, että kopiointi valmistuu. Sinun ei tarvitse tehdä mitään.\n\n"
    "Waiting for the copy to be complete. There is nothing for you to do.\n"
)

_FINNISH = {
    "NotMediaError": "Tiedosto on tyhjä, tai se ei ole ääni- eikä videotiedosto. Kopioi uudelleen.",
    "NoAudioError": "Siinä ei ole ääntä. Vie se äänen kanssa tai käytä erillistä äänitiedostoa.",
    "DamagedMediaError": "Se on vioittunut tai katkennut, eikä sen ääntä saada auki. Kopioi se "
    "uudelleen alkuperäisestä paikasta; jos se on sielläkin viallinen, vie se uudelleen.",
    "TooShortError": "Se on liian lyhyt. Tarkista, että se kopioitui kokonaan.",
    "LanguageError": "Tämän kielen nimiä ei osata peittää. Jos kieli arvattiin väärin, aseta "
    "`language` vuoro.toml-tiedoston kohtaan [transcription].",
    "DiskFullError": "Levy on täynnä. Vapauta tilaa.",
    "ConsentError": "Siinä on tai voi olla henkilö, jonka suostumusta ei ole tai joka on perunut "
    "sen. Jäsenen numero ja ohje ovat alla.",
    "UnreadableError": "Tiedostoa ei voi lukea tai siirtää, tai se on vielä kopioitumassa. "
    "Tarkista käyttöoikeudet ja se, että levy tai verkkojako on kytketty.",
    "StudyError": "Tutkimuksen tiedoissa tai tallenteen session.yaml-tiedostossa on jotain "
    "korjattavaa; ohje on alla.",
}
_REFUSED = "Tallennetta ei voi käyttää.", "This recording cannot be used."
_STILL_WAITING = "Odottaa yhä.", "Still waiting."
_FAILED = "Käsittely epäonnistui.", "Processing failed."


def receipt(study: Study, file: Path, text: str) -> None:
    """Write ``text``, under the file's name, to <name>.vuoro.txt where the file is or was.

    One that says so already is left as it is. Raises TransientError.
    """
    data = os.fsencode(f"{file.relative_to(study.inbox)}\n\n{text}")
    place = receipt_of(file)
    with os_errors("writing a receipt"):
        if not (place.is_file() and place.read_bytes() == data):
            write_atomically(place, data)


def receipt_of(file: Path) -> Path:
    """Where the receipt of a file of the inbox is, if it has one."""
    return file.with_name(fitted(file.name, RECEIPT))


def tell_accepted(study: Study, file: Path, session_id: str) -> None:
    """Say in the receipt of a file which session it is now, if the disk lets us."""
    with suppress(TransientError):
        receipt(study, file, _accepted(session_id))


def tell_corrected(study: Study, session_id: str) -> None:
    """Say in the receipt of a session's file which session it is now."""
    _update(study, session_id, _accepted(session_id))


def tell_finished(study: Study, session_id: str) -> None:
    """Say in the receipt of a session's file that it is in the data set."""
    _update(
        study,
        session_id,
        f"Aineistossa istuntona {session_id}.\n\nIn the data set, as session {session_id}.\n",
    )


def tell_failed(study: Study, session_id: str, error: VuoroError) -> None:
    """Say in the receipt of a session's file why it is not in the data set yet."""
    _update(study, session_id, f"{session_id}\n\n{told(error, _FAILED)}")


def refused(error: VuoroError) -> str:
    """Why a recording cannot be used and what to do, in both languages."""
    return told(error, _REFUSED)


def still_waiting(error: VuoroError) -> str:
    """Why a file stays in the inbox and what to do, in both languages."""
    return told(error, _STILL_WAITING)


def duplicate_of(session_id: str) -> str:
    """That a file's content is in the study already."""
    return (
        f"Kaksoiskappale: sama tallenne on jo istunto {session_id}. Mitään ei tarvitse tehdä.\n\n"
        f"Duplicate of {session_id}, which is the same recording. There is nothing to do.\n"
    )


def told(error: VuoroError, outcome: tuple[str, str]) -> str:
    """What is wrong and what to do, in both languages, after the words that say what follows."""
    finnish, english = outcome
    return f"{finnish} {_FINNISH.get(type(error).__name__, '')}\n\n{english} {error}\n"


def _accepted(session_id: str) -> str:
    return (
        f"Otettu istunnoksi {session_id}. Jos numero, laji tai ryhmä on väärä, korjaa se: "
        "vuoro session --help\n\n"
        f"Accepted as session {session_id}. If its number, kind or group is wrong, correct it: "
        "vuoro session --help\n"
    )


def _update(study: Study, session_id: str, text: str) -> None:
    """Write a session's receipt anew, unless somebody has tidied it away."""
    session = recording(study, session_id)
    file = study.inbox / session.inbox_folder / session.original_name
    with suppress(TransientError):  # a message is not worth a session
        if receipt_of(file).is_file():
            receipt(study, file, text)
