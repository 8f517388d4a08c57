"""The rows of the example data set, worked out by hand from the records in ``example_dataset``."""

from __future__ import annotations

from typing import Any


def _turn_row(*values: Any) -> dict[str, Any]:
    return dict(zip(_TURN_COLUMNS, values, strict=True))


_S01 = {"session_id": "G01-S01", "group_id": "G01", "session_number": 1, "kind": "meeting"}
_S02 = {"session_id": "G01-S02", "group_id": "G01", "session_number": 2, "kind": "group_interview"}


def _of(session: dict[str, Any], columns: tuple[str, ...], *rows: tuple[Any, ...]) -> list[Any]:
    """Rows of the turn-taking of a session."""
    return [session | dict(zip(columns, row, strict=True)) for row in rows]


# fmt: off
_TURN_COLUMNS = (
    "turn_id", "session_id", "turn_number", "person_id", "kind", "start_s", "end_s", "duration_s",
    "text", "n_words", "language", "offset_from_previous_s", "previous_person_id", "overlap_s",
    "overlapped_by", "pause_s", "asr_confidence", "speaker_confidence", "suspect",
    "edited", "question", "n_masked_person", "n_masked_organisation", "n_masked_place",
    "n_masked_other",
)
_NO_SHARES = (  # of roles that nobody has
    "facilitator_speaking_share", "facilitator_turn_share", "interviewer_speaking_share",
    "interviewer_turn_share",
)
_PEOPLE_COLUMNS = (
    "person_id", "group_id", "role", "identity", "consent", "n_sessions", "n_turns",
    "speech_s", "x_ala", "x_työvuodet",
)
_ATTENDANCE_COLUMNS = (
    "group_id", "person_id", "session_id", "session_number", "kind", "role", "present",
    "identified_by", "similarity", "margin", "n_turns", "speech_s",
)
_PERSON_COLUMNS = (
    "person_id", "role", "n_turns", "turn_share", "speech_s", "speaking_share",
    "n_floor_taken", "n_floor_yielded", "fto_mean_s", "fto_median_s", "pause_s",
    "n_interruptions_successful", "n_interruptions_unsuccessful", "n_interrupted_successfully",
    "n_interrupted_unsuccessfully", "n_overlaps_cooperative", "n_minimal_responses_given",
    "n_minimal_responses_received", "n_ab_ba", "n_ab_xa", "turn_mean_s", "turn_median_s",
    "turn_max_s", "speech_rate",
)
_TRANSITION_COLUMNS = (
    "from_person_id", "from_role", "to_person_id", "to_role", "n", "expected", "residual",
)
EXPECTED: dict[str, list[dict[str, Any]]] = {
    "sessions": [
        {
            "session_id": "G01-S01", "group_id": "G01", "session_number": 1, "kind": "meeting",
            "duration_s": 20.0, "language": "fi", "language_probability": 0.98, "n_people": 3,
            "n_turns": 2, "n_minimal_responses": 2, "n_words": 8, "speech_s": 9.45,
            "overlap_s": 0.5, "silence_s": 10.55, "missing_s": 2.0, "track_shift_s": 0.0,
            "interviewer": [],
            "flags": ["name_detection_weak", "truncated", "words_outside_speech"],
            "models": ["whisper-base", "pyannote-segmentation-3.0"], "settings_digest": "5e771265",
        },
        {
            "session_id": "G01-S02", "group_id": "G01", "session_number": 2,
            "kind": "group_interview", "duration_s": 8.5, "language": "fi",
            "language_probability": None, "n_people": 2, "n_turns": 2, "n_minimal_responses": 0,
            "n_words": 4, "speech_s": 7.0, "overlap_s": 0.25, "silence_s": 1.5, "missing_s": 0.0,
            "track_shift_s": 0.0, "interviewer": [],
            "flags": [],
            "models": ["whisper-base", "pyannote-segmentation-3.0"], "settings_digest": "5e771265",
        },
    ],
    "people": [
        dict(zip(_PEOPLE_COLUMNS, row, strict=True))
        for row in (
            ("H03", "G01", "participant", "roster", "yes", 1, 1, 5.0, None, 42.5),
            ("H07", "G01", "leader", "roster", "yes", 2, 2, 9.45, "järjestö", 12.0),
            ("H11", "G01", "participant", "voice", "unknown", 2, 1, 2.55, None, None),
            ("H20", "G01", "facilitator", "roster", "yes", 0, 0, 0.0, "yes", 3.0),
        )
    ],
    "attendance": [
        dict(zip(_ATTENDANCE_COLUMNS, row, strict=True))
        for row in (
            ("G01", "H03", "G01-S01", 1, "meeting", "participant", True, "voice", 0.7123, 0.2,
             1, 5.0),
            ("G01", "H07", "G01-S01", 1, "meeting", "leader", True, "human", None, None, 1, 4.2),
            ("G01", "H11", "G01-S01", 1, "meeting", "participant", True, "new", None, None, 0, 0.3),
            ("G01", "H20", "G01-S01", 1, "meeting", "facilitator", False, *(None,) * 5),
            ("G01", "H03", "G01-S02", 2, "group_interview", "participant", False, *(None,) * 5),
            ("G01", "H07", "G01-S02", 2, "group_interview", "leader", True, "voice", 0.8, 0.4,
             1, 5.25),
            ("G01", "H11", "G01-S02", 2, "group_interview", "participant", True, "voice", 0.5,
             0.1, 1, 2.25),
            ("G01", "H20", "G01-S02", 2, "group_interview", "facilitator", False, *(None,) * 5),
        )
    ],
    "turns": [
        _turn_row("G01-S01-T00001000", "G01-S01", 1, "H07", "turn", 1.0, 6.0, 5.0,
                  "No aloitetaan [Henkilö 7]:lle kiitos.", 4, "fi", None, None, 0.5,
                  ["H03", "H11"], 0.8, 0.8104, 1.0, [], [], None, 1, 0, 0, 0),
        _turn_row("G01-S01-T00004000", "G01-S01", 2, "H03", "minimal_response", 4.0, 4.5, 0.5,
                  "Joo.", 1, "fi", None, "H07", 0.5, ["H07", "H11"], 0.0, 0.6, 0.75, [], [],
                  None, 0, 0, 0, 0),
        _turn_row("G01-S01-T00004001", "G01-S01", 3, "H11", "minimal_response", 4.0, 4.3, 0.3,
                  None, 0, "fi", None, "H07", 0.3, ["H03", "H07"], 0.0, None, None, [], [],
                  None, 0, 0, 0, 0),
        _turn_row("G01-S01-T00006250", "G01-S01", 4, "H03", "turn", 6.25, 11.0, 4.75,
                  "Meillä [Organisaatio 3]:ssa jaksetaan.", 3, "fi", 0.25, "H07", 0.0, [], 0.25,
                  0.9, 1.0, ["low_confidence", "repetition"], [], None, 0, 1, 0, 0),
        _turn_row("G01-S02-T00000500", "G01-S02", 1, "H11", "turn", 0.5, 3.0, 2.5, "Hei.", 1,
                  "fi", None, None, 0.25, ["H07"], 0.25, 0.7, 1.0, [], [], None, 0, 0, 0, 0),
        _turn_row("G01-S02-T00002750", "G01-S02", 2, "H07", "turn", 2.75, 8.0, 5.25,
                  "Kiitos kun tulit", 3, "fi", -0.25, "H11", 0.25, ["H11"], 0.0, 0.8, 0.5, [],
                  ["text", "split"], 2, 0, 0, 0, 0),
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
            **_S01, "leader_speaking_share": 0.4421, "leader_turn_share": 0.5,
            **dict.fromkeys(_NO_SHARES), "n_people": 3, "n_floor_transfers": 1, "fto_mean_s": 0.25,
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
            **_S02, "leader_speaking_share": 0.7, "leader_turn_share": 0.5,
            **dict.fromkeys(_NO_SHARES), "n_people": 2, "n_floor_transfers": 1, "fto_mean_s": -0.25,
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
        *_of(_S01, _PERSON_COLUMNS,
            ("H03", "participant", 1, 0.5, 5.0, 0.5263, 1, 0, 0.25, 0.25, 0.25, 0, 0, 0, 0, 1, 1, 0,
             0, 0, 4.75, 4.75, 4.75, 37.8947),
            ("H07", "leader", 1, 0.5, 4.2, 0.4421, 0, 1, None, None, 0.8, 0, 0, 0, 0, 0, 0, 2,
             0, 0, 5.0, 5.0, 5.0, 48.0),
            ("H11", "unknown", 0, 0.0, 0.3, 0.0316, 0, 0, None, None, 0.0, 0, 0, 0, 0, 1, 1, 0,
             0, 0, None, None, None, None),
        ),
        *_of(_S02, _PERSON_COLUMNS,
            ("H07", "leader", 1, 0.5, 5.25, 0.7, 1, 0, -0.25, -0.25, 0.0, 0, 0, 0, 0, 1, 0, 0,
             0, 0, 5.25, 5.25, 5.25, 34.2857),
            ("H11", "participant", 1, 0.5, 2.25, 0.3, 0, 1, None, None, 0.25, 0, 0, 0, 0, 0, 0, 0,
             0, 0, 2.5, 2.5, 2.5, 24.0),
        ),
    ],
    "transitions": [
        *_of(_S01, _TRANSITION_COLUMNS,
            ("H03", "participant", "H07", "leader", 0, 0.0, None),
            ("H03", "participant", "H11", "unknown", 0, 0.0, None),
            ("H07", "leader", "H03", "participant", 1, 1.0, 0.0),
            ("H07", "leader", "H11", "unknown", 0, 0.0, None),
            ("H11", "unknown", "H03", "participant", 0, 0.0, None),
            ("H11", "unknown", "H07", "leader", 0, 0.0, None),
        ),
        *_of(_S02, _TRANSITION_COLUMNS,
            ("H07", "leader", "H11", "participant", 0, 0.0, None),
            ("H11", "participant", "H07", "leader", 1, 1.0, 0.0),
        ),
    ],
}
# fmt: on
