"""What stages read besides earlier stages' records: the recording, and people's decisions.

Where an input is derived from earlier records, only its value enters an address: a change in them
that does not change it redoes no later stage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pipeline.people.identify import same_voices, voices_as_one
from pipeline.people.register import Known, Register
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.pseudonymisation.morphology import edition
from pipeline.records import Cast, Diarisation, HeardLanguages, Recording
from pipeline.settings import MachineSettings, Settings
from pipeline.stages.common import Common
from pipeline.stages.stage import Input, Made
from pipeline.study import Study, accepted
from pipeline.transcription.spoken import Spoken, expected, spoken_language
from pipeline.turns.edits import log
from pipeline.turns.edits.edit import Edit, relabelled
from pipeline.turns.interview.guide import Guide, guide_of


def _nothing() -> None:
    """For an input that changes no result: it enters no address."""


def _machine(settings: Settings) -> MachineSettings:
    return settings.machine


def _min_duration_s(settings: Settings) -> float:
    return settings.intake.min_duration_s


def _trusted(settings: Settings) -> str | None:
    return settings.diarisation.trusted


def _original(study: Study, recording: Recording) -> Path:
    return accepted.verified(study, recording)


def _sha256(recording: Recording) -> str:
    return recording.sha256


def _gaps_s(recording: Recording) -> tuple[float | None, ...]:
    return recording.gaps_s


def _public(recording: Recording) -> Recording:
    return replace(recording, original_name="", suffix="", inbox_folder="")


def _languages(settings: Settings) -> tuple[str, ...]:
    return expected(settings.transcription)


def _spoken(recording: Recording, settings: Settings, detect_language: HeardLanguages) -> Spoken:
    said = recording.session_id, recording.language
    return spoken_language(detect_language, settings.transcription, *said)


def _glossary(study: Study) -> list[str]:
    return study.glossary()


def _known(
    recording: Recording, who_is_who: Register, diarise: Made[Diarisation]
) -> tuple[Known, ...]:
    return who_is_who.known(recording.session_id, diarise.digest)


def _same_voices(identify: Cast) -> Mapping[str, str]:
    return same_voices(identify)


def _voices(diarise: Diarisation, same_voices: Mapping[str, str]) -> Diarisation:
    return voices_as_one(diarise, same_voices)


def _voices_mark(diarise: Made[Diarisation], same_voices: Mapping[str, str]) -> object:
    return [diarise.digest, same_voices]


def _edits(
    study: Study,
    recording: Recording,
    common: Common,
    diarise: Made[Diarisation],
    same_voices: Mapping[str, str],
) -> list[Edit]:
    corrections = log.load(study, recording.session_id)
    if not corrections:  # the diarisation need not be read
        return []
    voices = voices_as_one(diarise.record, same_voices)
    return [*relabelled(corrections, voices, common.voice_model)]


def _table(number_names: EntityTable) -> EntityTable:
    return number_names


def _naming(study: Study) -> str:
    return EntityTable.load(study).naming


def _edition() -> str:
    return edition()


def _guide(study: Study, recording: Recording) -> Guide | None:
    return guide_of(study, recording)


def _models_used(common: Common) -> tuple[str, ...]:
    return common.models_used


def _settings_digest(settings: Settings) -> str:
    return settings.digest


MACHINE = Input("machine", _machine, mark=_nothing)
# it refuses recordings, and changes none
MIN_DURATION_S = Input("min_duration_s", _min_duration_s, mark=_nothing)
TRUSTED = Input("trusted", _trusted, mark=_nothing)  # it lets a pipeline load, and changes none
ORIGINAL = Input("original", _original, mark=_sha256)  # the recording's file, as it came
GAPS_S = Input("gaps_s", _gaps_s)  # between the parts of a recording
PUBLIC = Input("public", _public)  # what of a recording may be published
LANGUAGES = Input("languages", _languages)  # expected
SPOKEN = Input("spoken", _spoken)
GLOSSARY = Input("glossary", _glossary)
KNOWN = Input("known", _known)  # who the session's labels are
# labels that are the voice of another label's person, with that label
SAME_VOICES = Input("same_voices", _same_voices)
# the diarisation, with the labels of one person as one
VOICES = Input("voices", _voices, mark=_voices_mark)
EDITS = Input("edits", _edits)  # what people corrected, by the speaker labels of now
TABLE = Input("table", _table, mark=_naming)  # all names of the study
EDITION = Input("edition", _edition)  # of Voikko
GUIDE = Input("guide", _guide)  # of the interview
MODELS_USED = Input("models_used", _models_used)  # all of them, for the record in the tables
SETTINGS_DIGEST = Input("settings_digest", _settings_digest)

ALL = (
    MACHINE,
    MIN_DURATION_S,
    TRUSTED,
    ORIGINAL,
    GAPS_S,
    PUBLIC,
    LANGUAGES,
    SPOKEN,
    GLOSSARY,
    KNOWN,
    SAME_VOICES,
    VOICES,
    EDITS,
    TABLE,
    EDITION,
    GUIDE,
    MODELS_USED,
    SETTINGS_DIGEST,
)
