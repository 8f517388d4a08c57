"""What a researcher reads beside the place where they put a file: <name>.vuoro.txt."""

from __future__ import annotations

import os
import re
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
from pipeline.tables.flags import Language

RECEIPT = ".vuoro.txt"
REASON = ".reason.txt"

WAITS_FOR_COPY = (
    "Odottaa, että kopiointi valmistuu. Sinun ei tarvitse tehdä mitään.\n\n"
    "Waiting for the copy to be complete. There is nothing for you to do.\n"
)

RECOVERED = (
    "Keskeytynyt ajo jätti tämän jälkeensä, eikä sen alkuperäinen kansio ole tiedossa. Jos se on "
    "tallenne, siirrä se ryhmänsä kansioon inbox-kansiossa.\n\n"
    "An interrupted run left this, and nothing tells which folder it came from. If it is a "
    "recording, move it into its group's folder in the inbox.\n"
)
_FINNISH = {
    "NotMediaError": "Tiedosto ei ole ääni- eikä videotiedosto. Tarkista tiedosto alkuperäisessä "
    "paikassa ja kopioi se uudelleen.",
    "EmptyFileError": "Tiedosto on tyhjä. Kopioi se uudelleen alkuperäisestä paikasta.",
    "WebPageError": "Tiedosto on verkkosivu, esimerkiksi kirjautumissivu, eikä tallenne. Kirjaudu "
    "palveluun ja lataa tallenne uudelleen.",
    "DocumentError": "Tiedosto on toimisto-ohjelman asiakirja eikä tallenne. Laita tähän kansioon "
    "itse tallenne.",
    "PictureError": "Tiedosto on kuva eikä tallenne. Laita tähän kansioon itse tallenne.",
    "ArchiveError": "Tiedosto on pakattu arkisto (esimerkiksi ZIP). Pura se ja laita tähän "
    "kansioon siinä oleva tallenne.",
    "DictationError": "Tiedosto on sanelu (DSS tai DS2), jota ei voi avata. Vie se WAV- tai "
    "MP3-muotoon sanelimen omalla ohjelmalla.",
    "NotConvertedError": "Tiedosto on Zoom-tallenne, jota ei ole vielä muunnettu. Avaa se "
    "tietokoneella, jolla se tallennettiin: Zoom muuntaa sen videoksi.",
    "UnfinishedVideoError": "Tallenteen lopussa oleva hakemisto (moov) puuttuu: tallennus tai "
    "kopiointi keskeytyi. Kopioi se uudelleen; jos se on sama lähteessäkin, avaa se laitteella tai "
    "ohjelmalla, jolla se tallennettiin, tai korjaa se untrunc-ohjelmalla ja saman laitteen "
    "ehjällä tallenteella.",
    "NoAudioError": "Siinä ei ole ääntä. Vie se äänen kanssa tai käytä erillistä äänitiedostoa.",
    "DamagedMediaError": "Se on vioittunut tai katkennut, eikä sen ääntä saada auki. Kopioi se "
    "uudelleen alkuperäisestä paikasta; jos se on sielläkin viallinen, vie se uudelleen.",
    "TooShortError": "Se on liian lyhyt. Tarkista, että se kopioitui kokonaan.",
    "LanguageError": "Tämän kielen nimiä ei osata peittää. Jos kieli arvattiin väärin, aseta "
    "`language` vuoro.toml-tiedoston kohtaan [transcription].",
    "DiskFullError": "Levy on täynnä. Vapauta tilaa.",
    "ConsentError": "Siinä on tai voi olla henkilö, jonka suostumusta ei ole tai joka on perunut "
    "sen. Jäsenen numero ja ohje ovat alla.",
    "CloudError": "Tallenne on vielä pilvessä. Lataa se tälle koneelle.",
    "PartsError": "Tallenne näyttää olevan yksi osa useana tiedostona tallennetusta istunnosta. "
    "Siirrä osat samaan kansioon, jonka nimi päättyy sanaan osat, tai anna tiedostolle oma numero; "
    "ohje on alla.",
    "CopyError": "Tallenne näyttää toisen tallenteen kopiolta, mutta eroaa siitä. Poista toinen "
    "tai anna tälle oma numero; ohje on alla.",
    "UnreadableError": "Tiedostoa ei voi lukea tai siirtää, tai se on vielä kopioitumassa. "
    "Tarkista käyttöoikeudet ja se, että levy tai verkkojako on kytketty.",
    "StudyError": "Tutkimuksen tiedoissa tai tallenteen session.yaml-tiedostossa on korjattavaa; "
    "ohje on alla. Tiedostossa session.yaml saa olla vain `number: 3` (1–99), `part: 2`, "
    "`kind: meeting` tai `kind: group_interview` ja `language: fi`.",
}
_REFUSED = "Tallennetta ei voi käyttää.", "This recording cannot be used."
HELD = "Odottaa vastausta.", "Waiting for an answer."
_STILL_WAITING = "Odottaa yhä.", "Still waiting."
_FAILED = "Käsittely epäonnistui.", "Processing failed."
_CORRECTED = (
    "Jos numero, laji tai ryhmä on väärä, korjaa se: vuoro session {0} --number 2 (tai --kind, "
    "--group)",
    "If its number, kind or group is wrong, correct it: vuoro session {0} --number 2 (or --kind, "
    "--group)",
)
_DONE = "Aineistossa istuntona {0}.", "In the data set, as session {0}."
_LOOK = "Istunto {0} on tarkistettava.", "Session {0} needs a look."
_SPOKEN = "Kieli", "Language"
_SETTLED_FI = (
    "Kun olet tarkistanut sen: `vuoro session {0} --accept` hyväksyy sen sellaisenaan, "
    "`--set-aside` siirtää tallenteen karanteeniin."
)
SET_ASIDE = (
    "Tallenne on siirretty sivuun, eikä se ole aineistossa. `vuoro retry {0}` tuo sen takaisin.\n\n"
    "The recording was set aside and is not in the data set. `vuoro retry {0}` brings it back.\n"
)


def receipt(study: Study, file: Path, text: str) -> bool:
    """Write ``text``, under the file's name, to <name>.vuoro.txt where the file is or was.

    One that says so already is left as it is: then False. Raises TransientError.
    """
    data = os.fsencode(f"{on_one_line(str(file.relative_to(study.inbox)))}\n\n{text}")
    place = receipt_of(file)
    with os_errors("writing a receipt"):
        if place.is_file() and place.read_bytes() == data:
            return False
        write_atomically(place, data)
        return True


def receipt_of(file: Path) -> Path:
    """Where the receipt of a file of the inbox is, if it has one."""
    return file.with_name(fitted(file.name, RECEIPT))


def read(file: Path) -> bytes:
    """What the receipt of a file of the inbox says; nothing where there is none."""
    place = receipt_of(file)
    with os_errors("reading a receipt"):
        return place.read_bytes() if place.is_file() else b""


def tells_why_it_waits(file: Path) -> bool:
    """Whether the receipt of a file says why it stays in the inbox, other than for its copy."""
    told = read(file)
    return any(f"\n\n{words} ".encode() in told for _, words in (HELD, _STILL_WAITING))


def is_newer(file: Path, error: VuoroError) -> bool:
    """Whether the receipt of a file says just this, and the file has not changed since."""
    with os_errors("reading a receipt"):
        told_it = read(file).endswith(f"\n\n{still_waiting(error)}".encode())
        return told_it and last_change_ns(receipt_of(file).stat()) > last_change_ns(file.stat())


def tell_accepted(study: Study, file: Path, session_id: str) -> None:
    """Say in the receipt of a file which session it is now, if the disk lets us."""
    with suppress(TransientError):
        receipt(study, file, _accepted(session_id))


def rename(study: Study, before: str, after: str) -> None:
    """Say the new id of a session in every receipt, and reason of a quarantine, that says its old.

    What cannot be written stays as it is: a message is not worth a session.
    """
    told = (*study.inbox.rglob(f"*{RECEIPT}"), *study.quarantine.rglob(f"*{REASON}"))
    for place in told:
        with suppress(OSError):
            file_name, end, text = place.read_bytes().partition(b"\n\n")
            new = re.sub(rb"\b%b\b" % before.encode(), after.encode(), text)
            if new != text:
                write_atomically(place, file_name + end + new)


def tell_finished(study: Study, found: Outcome) -> None:
    """Say in the receipt of a session's file that it is in the data set, or needs a look."""
    text = f"{_finished(found, 'fi')}\n\n{_finished(found, 'en')}\n"
    _update(study, found.session_id, text)


def _finished(found: Outcome, language: Language) -> str:
    at = 0 if language == "fi" else 1
    said = [(_LOOK if found.needs_a_look else _DONE)[at].format(found.session_id)]
    if code := found.row["language"]:
        said.append(f"{_SPOKEN[at]}: {name_of(code, language)}.")
    said += [remark.sentence(language) for remark in found.remarks]
    if found.needs_a_look:
        said.append((_SETTLED_FI, SETTLED)[at].format(found.session_id))
    return "\n".join([*said, _CORRECTED[at].format(found.session_id)])


def tell_failed(study: Study, session_id: str, error: VuoroError) -> None:
    """Say in the receipt of a session's file why it is not in the data set yet."""
    outcome = HELD if isinstance(error, HoldError) else _FAILED
    _update(study, session_id, f"{session_id}\n\n{told(error, outcome)}")


def refused(error: VuoroError) -> str:
    """Why a recording cannot be used and what to do, in both languages."""
    return told(error, _REFUSED)


def still_waiting(error: VuoroError) -> str:
    """Why a file stays in the inbox and what to do, in both languages."""
    return told(error, HELD if isinstance(error, HoldError) else _STILL_WAITING)


def duplicate_of(session_id: str) -> str:
    """That a file's content is in the study already."""
    return (
        f"Kaksoiskappale: sama tallenne on jo istunto {session_id}. Mitään ei tarvitse tehdä.\n\n"
        f"Duplicate of {session_id}, which is the same recording. There is nothing to do.\n"
    )


def is_of_duplicate(text: bytes) -> bool:
    """Whether a receipt or reason says that the file is a duplicate."""
    return b"\n\nDuplicate of " in text


def is_recovered(text: bytes) -> bool:
    """Whether a reason says that nothing tells which folder the file came from."""
    return RECOVERED.encode() in text


def told(error: VuoroError, outcome: tuple[str, str]) -> str:
    """What is wrong and what to do, in both languages, after the words that say what follows."""
    finnish, english = outcome
    why = error.finnish or _FINNISH.get(type(error).__name__, "")
    return f"{finnish} {why}\n\n{english} {error}\n"


def _accepted(session_id: str) -> str:
    return (
        f"Otettu istunnoksi {session_id}. {_CORRECTED[0].format(session_id)}\n\n"
        f"Accepted as session {session_id}. {_CORRECTED[1].format(session_id)}\n"
    )


def _update(study: Study, session_id: str, text: str) -> None:
    """Write a session's receipt again, unless somebody has tidied it away."""
    # a message is not worth a session
    with suppress(StudyError, TransientError), os_errors("writing a receipt"):
        session = recording(study, session_id)
        file = study.inbox / session.inbox_folder / session.original_name
        if receipt_of(file).is_file():
            receipt(study, file, text)
