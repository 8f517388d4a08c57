"""A data set small enough to count by hand: two sessions of one group of three people.

The talk is invented. ``EXPECTED`` was worked out by hand from the records here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
from example_expected import EXPECTED as EXPECTED
from templates import copy_made

from pipeline.dataset.group_rows import Background
from pipeline.records import (
    Audio,
    Cast,
    Conversation,
    Diarisation,
    MaskedConversation,
    MaskedTurn,
    Person,
    Recording,
    Segment,
    Turn,
    Word,
)
from pipeline.stages import publish, session_rows

SESSIONS = ("G01-S01", "G01-S02")
LAPSE_S = 8.0
SETTINGS_DIGEST = "5e771265"
MODELS = ("whisper-base", "pyannote-segmentation-3.0")

_DEFAULTS: dict[str, Any] = {
    "kind": "turn",
    "words": (),
    "overlap_s": 0.0,
    "overlapped_by": (),
    "pause_s": 0.0,
    "previous_label": None,
    "offset_from_previous_s": None,
    "asr_confidence": None,
    "speaker_confidence": None,
    "suspect": (),
}


def turn(label: str, start_s: float, end_s: float, **others: Any) -> Turn:
    return Turn(**{**_DEFAULTS, "label": label, "start_s": start_s, "end_s": end_s, **others})


def masked_turn(of: Turn, person: int = 0, organisation: int = 0) -> MaskedTurn:
    return MaskedTurn(of, person, organisation, n_masked_place=0, n_masked_other=0)


LONG = turn(
    "SPEAKER_00",
    1.0004,
    6.0,
    words=(
        Word(1.0004, 1.4, "No", 0.99),
        Word(1.5, 2.3, "aloitetaan", 0.875),
        Word(3.0, 3.6, "[Henkilö 7]:lle", 0.5),
        Word(5.1, 5.9996, "kiitos.", 0.87654321),
    ),
    overlap_s=0.5,
    overlapped_by=("SPEAKER_02", "SPEAKER_01"),
    pause_s=0.8,
    asr_confidence=0.8104,
    speaker_confidence=1.0,
)
JOO = turn(
    "SPEAKER_01",
    4.0,
    4.5,
    kind="minimal_response",
    words=(Word(4.1, 4.3, "Joo.", 0.6),),
    overlap_s=0.5,
    overlapped_by=("SPEAKER_00", "SPEAKER_02"),
    previous_label="SPEAKER_00",
    asr_confidence=0.6,
    speaker_confidence=0.75,
)
MM = turn(
    "SPEAKER_02",
    4.0,
    4.3,
    kind="minimal_response",
    overlap_s=0.3,
    overlapped_by=("SPEAKER_00", "SPEAKER_01"),
    previous_label="SPEAKER_00",
)
ANSWER = turn(
    "SPEAKER_01",
    6.25,
    11.0,
    words=(
        Word(6.25, 6.7, "Meillä", 0.9),
        Word(6.7, 6.9, "[Organisaatio 3]:ssa", 0.9),
        Word(10.0, 11.0, "jaksetaan.", 0.9),
    ),
    pause_s=0.25,
    previous_label="SPEAKER_00",
    offset_from_previous_s=0.25,
    asr_confidence=0.9,
    speaker_confidence=1.0,
    suspect=("repetition", "low_confidence"),
)
HELLO = turn(
    "SPEAKER_00",
    0.5,
    3.0,
    words=(Word(0.5, 0.8, "Hei.", 0.7),),
    overlap_s=0.25,
    overlapped_by=("SPEAKER_01",),
    pause_s=0.25,
    asr_confidence=0.7,
    speaker_confidence=1.0,
)
THANKS = turn(
    "SPEAKER_01",
    2.75,
    8.0,
    words=(
        Word(2.75, 3.2, "Kiitos", 0.8),
        Word(3.3, 3.5, "kun", 0.8),
        Word(3.6, 4.0, "tulit", 0.8),
    ),
    overlap_s=0.25,
    overlapped_by=("SPEAKER_00",),
    previous_label="SPEAKER_00",
    offset_from_previous_s=-0.25,
    asr_confidence=0.8,
    speaker_confidence=0.5,
    edited=("split", "text"),
)

MASKED = {
    "G01-S01": MaskedConversation(
        (
            masked_turn(LONG, person=1),
            masked_turn(JOO),
            masked_turn(MM),
            masked_turn(ANSWER, organisation=1),
        ),
        ("name_detection_weak",),
    ),
    "G01-S02": MaskedConversation((masked_turn(HELLO), masked_turn(THANKS)), ()),
}
CASTS = {
    "G01-S01": Cast(
        (
            Person("SPEAKER_00", "H07", "leader", 4.2, "human"),
            Person("SPEAKER_01", "H03", "participant", 5.0, "voice", 0.71234, 0.2),
            Person("SPEAKER_02", "H11", "unknown", 0.3, "new"),
            Person("SPEAKER_03", "H99", "unknown", 0.1),  # never gets a row
        )
    ),
    "G01-S02": Cast(
        (
            Person("SPEAKER_00", "H11", "participant", 2.25, "voice", 0.5, 0.1),
            Person("SPEAKER_01", "H07", "leader", 5.25, "voice", 0.8, 0.4),
        )
    ),
}
BACKGROUND = {
    "G01": {
        "H03": Background("participant", {"x_työvuodet": 42.5, "x_ala": " "}, "yes"),
        "H07": Background("leader", {"x_työvuodet": 12, "x_ala": "järjestö"}, "yes"),
        "H20": Background("facilitator", {"x_työvuodet": 3, "x_ala": True}, "yes"),  # never there
    }
}
QUESTIONS = {"G01-S01": (), "G01-S02": (None, 2)}
RECORDINGS = {
    "G01-S01": Recording("G01-S01", "G01", 1, "meeting", "aa", "private.mp4", ".mp4"),
    "G01-S02": Recording("G01-S02", "G01", 2, "group_interview", "bb", "private.wav", ".wav"),
}
AUDIO = {
    "G01-S01": Audio("audio.wav", 16000, 20.00049, 0.5, ("truncated",), missing_s=2.0),
    "G01-S02": Audio("audio.wav", 16000, 8.5, 0.5),
}


def _diarisation(*segments: tuple[float, float, str]) -> Diarisation:
    return Diarisation(tuple(Segment(*segment) for segment in segments), (), ())


DIARISATIONS = {
    "G01-S01": _diarisation(
        (1.0, 4.6, "SPEAKER_00"),
        (4.0, 4.5, "SPEAKER_01"),
        (4.0, 4.3, "SPEAKER_02"),
        (5.4, 6.0, "SPEAKER_00"),
        (6.25, 9.0, "SPEAKER_01"),
        (9.25, 11.0, "SPEAKER_01"),
        (12.0, 12.1, "SPEAKER_03"),
    ),
    "G01-S02": _diarisation(
        (0.5, 1.5, "SPEAKER_00"),
        (1.75, 3.0, "SPEAKER_00"),
        (2.75, 8.0, "SPEAKER_01"),
    ),
}


def conversation(session_id: str) -> Conversation:
    """As it was before masking, with a name that must not come through."""
    secret = Word(0.0, 0.1, "Salanimi", 1.0)
    turns = tuple(turn(m.turn.label, 0, 1, words=(secret,)) for m in MASKED[session_id].turns)
    first = session_id == "G01-S01"
    return Conversation(
        turns=turns,
        language="fi",
        language_probability=0.98 if first else None,
        speech_s=9.45 if first else 7.0,
        overlap_s=0.5 if first else 0.25,
        silence_s=10.55 if first else 1.5,
        flags=("words_outside_speech", "truncated") if first else (),
    )


def tables_of(session_id: str) -> dict[str, pa.Table]:
    """A session of the example as it is published."""
    return session_tables(
        session_id,
        models=MODELS,
        settings_digest=SETTINGS_DIGEST,
        questions=QUESTIONS[session_id],
    )


def session_tables(
    session_id: str,
    conversation_: Conversation | None = None,
    *,
    recording: Recording | None = None,
    cast: Cast | None = None,
    masked: MaskedConversation | None = None,
    models: tuple[str, ...] = (),
    settings_digest: str = "d",
    questions: tuple[int | None, ...] = (),
) -> dict[str, pa.Table]:
    """A session of the example with something else in it."""
    return session_rows.session_tables(
        recording or RECORDINGS[session_id],
        AUDIO[session_id],
        DIARISATIONS[session_id],
        conversation_ or conversation(session_id),
        cast or CASTS[session_id],
        masked or MASKED[session_id],
        lapse_s=LAPSE_S,
        models=models,
        settings_digest=settings_digest,
        questions=questions,
    )


def make_dataset(folder: Path) -> Path:
    """The whole example, published, in ``folder``."""
    copy_made(publish_dataset, folder)
    return folder


def publish_dataset(folder: Path) -> None:
    """Publish the whole example into ``folder``."""
    for session_id in SESSIONS:
        publish.publish_session(folder, tables_of(session_id), f"source of {session_id}")
    publish.publish_people(folder, BACKGROUND)
    publish.write_documentation(folder)
