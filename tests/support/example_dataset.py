"""A data set small enough to count by hand: two sessions of one group of three people.

The talk is invented. ``EXPECTED`` was worked out by hand from the records above it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline import publish
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
            Person("SPEAKER_00", "H07", "leader", 4.2),
            Person("SPEAKER_01", "H03", "participant", 5.0),
            Person("SPEAKER_02", "H11", "unknown", 0.3),
            Person("SPEAKER_03", "H99", "unknown", 0.1),  # never gets a row
        )
    ),
    "G01-S02": Cast(
        (
            Person("SPEAKER_00", "H11", "participant", 2.25),
            Person("SPEAKER_01", "H07", "leader", 5.25),
        )
    ),
}
RECORDINGS = {
    "G01-S01": Recording("G01-S01", "G01", 1, "meeting", "aa", "private.mp4", ".mp4"),
    "G01-S02": Recording("G01-S02", "G01", 2, "group_interview", "bb", "private.wav", ".wav"),
}
AUDIO = {
    "G01-S01": Audio("audio.wav", 16000, 20.00049, 0.5, ("truncated",)),
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
    return publish.session_tables(
        RECORDINGS[session_id],
        AUDIO[session_id],
        DIARISATIONS[session_id],
        conversation(session_id),
        CASTS[session_id],
        MASKED[session_id],
        lapse_s=LAPSE_S,
        models=MODELS,
        settings_digest=SETTINGS_DIGEST,
    )


def make_dataset(folder: Path) -> Path:
    """Publish the whole example into ``folder``."""
    for session_id in SESSIONS:
        publish.publish_session(folder, tables_of(session_id), f"source of {session_id}")
    publish.publish_people(folder)
    publish.write_documentation(folder)
    return folder


def _turn_row(*values: Any) -> dict[str, Any]:
    return dict(zip(_TURN_COLUMNS, values, strict=True))


# fmt: off
_TURN_COLUMNS = (
    "turn_id", "session_id", "turn_number", "person_id", "kind", "start_s", "end_s", "duration_s",
    "text", "n_words", "language", "offset_from_previous_s", "previous_person_id", "overlap_s",
    "overlapped_by", "pause_s", "asr_confidence", "speaker_confidence", "suspect",
    "n_masked_person", "n_masked_organisation", "n_masked_place", "n_masked_other",
)
_PERSON_COLUMNS = (
    "session_id", "person_id", "n_turns", "turn_share", "speech_s", "speaking_share",
    "n_floor_taken", "n_floor_yielded", "fto_mean_s", "fto_median_s", "pause_s",
    "n_interruptions_successful", "n_interruptions_unsuccessful", "n_interrupted_successfully",
    "n_interrupted_unsuccessfully", "n_overlaps_cooperative", "n_minimal_responses_given",
    "n_minimal_responses_received", "n_ab_ba", "n_ab_xa", "turn_mean_s", "turn_median_s",
    "turn_max_s", "speech_rate",
)
EXPECTED: dict[str, list[dict[str, Any]]] = {
    "sessions": [
        {
            "session_id": "G01-S01", "group_id": "G01", "session_number": 1, "kind": "meeting",
            "duration_s": 20.0, "language": "fi", "language_probability": 0.98, "n_people": 3,
            "n_turns": 2, "n_minimal_responses": 2, "n_words": 8, "speech_s": 9.45,
            "overlap_s": 0.5, "silence_s": 10.55,
            "flags": ["name_detection_weak", "truncated", "words_outside_speech"],
            "models": ["whisper-base", "pyannote-segmentation-3.0"], "settings_digest": "5e771265",
        },
        {
            "session_id": "G01-S02", "group_id": "G01", "session_number": 2,
            "kind": "group_interview", "duration_s": 8.5, "language": "fi",
            "language_probability": None, "n_people": 2, "n_turns": 2, "n_minimal_responses": 0,
            "n_words": 4, "speech_s": 7.0, "overlap_s": 0.25, "silence_s": 1.5, "flags": [],
            "models": ["whisper-base", "pyannote-segmentation-3.0"], "settings_digest": "5e771265",
        },
    ],
    "people": [
        {"person_id": "H03", "group_id": "G01", "role": "participant",
         "n_sessions": 1, "n_turns": 1, "speech_s": 5.0},
        {"person_id": "H07", "group_id": "G01", "role": "leader",
         "n_sessions": 2, "n_turns": 2, "speech_s": 9.45},
        {"person_id": "H11", "group_id": "G01", "role": "participant",
         "n_sessions": 2, "n_turns": 1, "speech_s": 2.55},
    ],
    "turns": [
        _turn_row("G01-S01-T00001000", "G01-S01", 1, "H07", "turn", 1.0, 6.0, 5.0,
                  "No aloitetaan [Henkilö 7]:lle kiitos.", 4, "fi", None, None, 0.5,
                  ["H03", "H11"], 0.8, 0.8104, 1.0, [], 1, 0, 0, 0),
        _turn_row("G01-S01-T00004000", "G01-S01", 2, "H03", "minimal_response", 4.0, 4.5, 0.5,
                  "Joo.", 1, "fi", None, "H07", 0.5, ["H07", "H11"], 0.0, 0.6, 0.75, [],
                  0, 0, 0, 0),
        _turn_row("G01-S01-T00004001", "G01-S01", 3, "H11", "minimal_response", 4.0, 4.3, 0.3,
                  None, 0, "fi", None, "H07", 0.3, ["H03", "H07"], 0.0, None, None, [],
                  0, 0, 0, 0),
        _turn_row("G01-S01-T00006250", "G01-S01", 4, "H03", "turn", 6.25, 11.0, 4.75,
                  "Meillä [Organisaatio 3]:ssa jaksetaan.", 3, "fi", 0.25, "H07", 0.0, [], 0.25,
                  0.9, 1.0, ["low_confidence", "repetition"], 0, 1, 0, 0),
        _turn_row("G01-S02-T00000500", "G01-S02", 1, "H11", "turn", 0.5, 3.0, 2.5, "Hei.", 1,
                  "fi", None, None, 0.25, ["H07"], 0.25, 0.7, 1.0, [], 0, 0, 0, 0),
        _turn_row("G01-S02-T00002750", "G01-S02", 2, "H07", "turn", 2.75, 8.0, 5.25,
                  "Kiitos kun tulit", 3, "fi", -0.25, "H11", 0.25, ["H11"], 0.0, 0.8, 0.5, [],
                  0, 0, 0, 0),
    ],
    "words": [
        dict(zip(("turn_id", "word_number", "start_s", "end_s", "word", "confidence"), row,
                 strict=True))
        for row in (
            ("G01-S01-T00001000", 1, 1.0, 1.4, "No", 0.99),
            ("G01-S01-T00001000", 2, 1.5, 2.3, "aloitetaan", 0.875),
            ("G01-S01-T00001000", 3, 3.0, 3.6, "[Henkilö 7]:lle", 0.5),
            ("G01-S01-T00001000", 4, 5.1, 6.0, "kiitos.", 0.8765),
            ("G01-S01-T00004000", 1, 4.1, 4.3, "Joo.", 0.6),
            ("G01-S01-T00006250", 1, 6.25, 6.7, "Meillä", 0.9),
            ("G01-S01-T00006250", 2, 6.7, 6.9, "[Organisaatio 3]:ssa", 0.9),
            ("G01-S01-T00006250", 3, 10.0, 11.0, "jaksetaan.", 0.9),
            ("G01-S02-T00000500", 1, 0.5, 0.8, "Hei.", 0.7),
            ("G01-S02-T00002750", 1, 2.75, 3.2, "Kiitos", 0.8),
            ("G01-S02-T00002750", 2, 3.3, 3.5, "kun", 0.8),
            ("G01-S02-T00002750", 3, 3.6, 4.0, "tulit", 0.8),
        )
    ],
    "dynamics_session": [
        {
            "session_id": "G01-S01", "n_people": 3, "n_floor_transfers": 1, "fto_mean_s": 0.25,
            "fto_q25_s": 0.25, "fto_median_s": 0.25, "fto_q75_s": 0.25, "n_gaps": 1, "gap_s": 0.25,
            "n_lapses": 0, "lapse_s": 0.0, "pause_s": 1.05, "n_overlaps_between": 0,
            "overlap_between_s": 0.0, "n_overlaps_within": 2, "overlap_within_s": 0.8,
            "n_interruptions_successful": 0, "n_interruptions_unsuccessful": 0,
            "n_overlaps_cooperative": 2, "gini_speech": 0.4947, "entropy_speech": 0.7353,
            "gini_turns": 0.5, "entropy_turns": 0.6309, "reciprocity": 0.0, "n_ab_ba": 0,
            "n_ab_xa": 0, "turn_mean_s": 4.875, "turn_q25_s": 4.812, "turn_median_s": 4.875,
            "turn_q75_s": 4.938, "turn_max_s": 5.0, "silence_share": 0.56,
            "overlap_share": 0.0568, "speech_rate": 43.0769,
        },
        {
            "session_id": "G01-S02", "n_people": 2, "n_floor_transfers": 1, "fto_mean_s": -0.25,
            "fto_q25_s": -0.25, "fto_median_s": -0.25, "fto_q75_s": -0.25, "n_gaps": 0,
            "gap_s": 0.0, "n_lapses": 0, "lapse_s": 0.0, "pause_s": 0.25, "n_overlaps_between": 1,
            "overlap_between_s": 0.25, "n_overlaps_within": 0, "overlap_within_s": 0.0,
            "n_interruptions_successful": 0, "n_interruptions_unsuccessful": 0,
            "n_overlaps_cooperative": 1, "gini_speech": 0.4, "entropy_speech": 0.8813,
            "gini_turns": 0.0, "entropy_turns": 1.0, "reciprocity": 0.0, "n_ab_ba": 0,
            "n_ab_xa": 0, "turn_mean_s": 3.875, "turn_q25_s": 3.188, "turn_median_s": 3.875,
            "turn_q75_s": 4.562, "turn_max_s": 5.25, "silence_share": 0.1471,
            "overlap_share": 0.0345, "speech_rate": 30.9677,
        },
    ],
    "dynamics_person": [
        dict(zip(_PERSON_COLUMNS, row, strict=True))
        for row in (
            ("G01-S01", "H03", 1, 0.5, 5.0, 0.5263, 1, 0, 0.25, 0.25, 0.25, 0, 0, 0, 0, 1, 1, 0,
             0, 0, 4.75, 4.75, 4.75, 37.8947),
            ("G01-S01", "H07", 1, 0.5, 4.2, 0.4421, 0, 1, None, None, 0.8, 0, 0, 0, 0, 0, 0, 2,
             0, 0, 5.0, 5.0, 5.0, 48.0),
            ("G01-S01", "H11", 0, 0.0, 0.3, 0.0316, 0, 0, None, None, 0.0, 0, 0, 0, 0, 1, 1, 0,
             0, 0, None, None, None, None),
            ("G01-S02", "H07", 1, 0.5, 5.25, 0.7, 1, 0, -0.25, -0.25, 0.0, 0, 0, 0, 0, 1, 0, 0,
             0, 0, 5.25, 5.25, 5.25, 34.2857),
            ("G01-S02", "H11", 1, 0.5, 2.25, 0.3, 0, 1, None, None, 0.25, 0, 0, 0, 0, 0, 0, 0,
             0, 0, 2.5, 2.5, 2.5, 24.0),
        )
    ],
    "transitions": [
        dict(zip(("session_id", "from_person_id", "to_person_id", "n", "expected", "residual"),
                 row, strict=True))
        for row in (
            ("G01-S01", "H03", "H07", 0, 0.0, None),
            ("G01-S01", "H03", "H11", 0, 0.0, None),
            ("G01-S01", "H07", "H03", 1, 1.0, 0.0),
            ("G01-S01", "H07", "H11", 0, 0.0, None),
            ("G01-S01", "H11", "H03", 0, 0.0, None),
            ("G01-S01", "H11", "H07", 0, 0.0, None),
            ("G01-S02", "H07", "H11", 0, 0.0, None),
            ("G01-S02", "H11", "H07", 1, 1.0, 0.0),
        )
    ],
}
# fmt: on
