"""The masked turns of a session as rows of the public tables. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from pipeline.dataset.group_rows import HEARD, as_entry, heard
from pipeline.dynamics.floor import Meeting
from pipeline.dynamics.measure_rows import dynamics_rows
from pipeline.records import (
    Audio,
    Cast,
    Conversation,
    Diarisation,
    MaskedConversation,
    MaskedTurn,
    Recording,
    Segment,
)
from pipeline.records.turn_ids import turn_ids as ids_of_turns
from pipeline.tables import TABLES
from pipeline.tables.columns import Row
from pipeline.tables.values import EDITS


def session_tables(
    recording: Recording,
    audio: Audio,
    diarisation: Diarisation,
    conversation: Conversation,
    cast: Cast,
    masked: MaskedConversation,
    *,
    lapse_s: float,
    models: tuple[str, ...],
    settings_digest: str,
    questions: Sequence[int | None] = (),
) -> dict[str, pa.Table]:
    """The session's rows of its tables, by table name.

    Text, words and turns come from ``masked`` alone; turn-taking from its turns and the regular
    diarisation. For the rest see ``talk_tables`` and ``measure_tables``.

    Raises KeyError if a turn has a speaker label that the cast lacks.
    """
    talk = talk_tables(
        recording,
        audio,
        conversation,
        cast,
        masked,
        models=models,
        settings_digest=settings_digest,
        questions=questions,
    )
    regular = diarisation.regular
    return talk | measure_tables(recording, audio, regular, cast, masked, lapse_s=lapse_s)


def talk_tables(
    recording: Recording,
    audio: Audio,
    conversation: Conversation,
    cast: Cast,
    masked: MaskedConversation,
    *,
    models: tuple[str, ...],
    settings_digest: str,
    questions: Sequence[int | None] = (),
) -> dict[str, pa.Table]:
    """The session's rows of ``sessions``, ``turns`` and ``words``.

    ``questions`` are the numbers of the interview guide's questions that the turns of ``masked``
    belong to. The speakers are in the metadata of the sessions table, for ``publish_people``.
    """
    turns, words = _turns_and_words(
        recording.session_id, conversation.language, cast, masked, questions
    )
    session = _session_row(recording, audio, conversation, masked, turns) | {
        "interviewer": _interviewers(recording, cast, turns),
        "models": list(models),
        "settings_digest": settings_digest,
    }
    tables = _tables({"sessions": [session], "turns": turns, "words": words})
    entry = {HEARD: as_entry(heard(cast, turns))}
    return tables | {"sessions": tables["sessions"].replace_schema_metadata(entry)}


def measure_tables(
    recording: Recording,
    audio: Audio,
    regular: Sequence[Segment],
    cast: Cast,
    masked: MaskedConversation,
    *,
    lapse_s: float,
) -> dict[str, pa.Table]:
    """The session's measures of turn-taking, by table name.

    ``regular`` is the diarisation in which people may overlap; silences longer than ``lapse_s`` are
    lapses.
    """
    meeting = Meeting.of(
        [masked_turn.turn for masked_turn in masked.turns],
        regular,
        {person.label: person.person_id for person in cast.people},
        lapse_s,
    )
    roles = {person.person_id: person.role for person in cast.people}
    return _tables(dynamics_rows(recording, meeting, audio.duration_s, roles))


def _tables(rows: dict[str, list[Row]]) -> dict[str, pa.Table]:
    return {name: TABLES[name].of_rows(rows[name]) for name in rows}


def _turns_and_words(
    session_id: str,
    language: str | None,
    cast: Cast,
    masked: MaskedConversation,
    questions: Sequence[int | None],
) -> tuple[list[Row], list[Row]]:
    person_of = {person.label: person.person_id for person in cast.people}
    ids = turn_ids(session_id, masked)
    asked = questions or [None] * len(ids)
    in_order = sorted(zip(ids, masked.turns, asked, strict=True), key=lambda each: each[0])
    turns, words = [], []
    for number, (turn_id, masked_turn, question) in enumerate(in_order, start=1):
        place = {"turn_id": turn_id, "session_id": session_id, "turn_number": number}
        place |= {"language": language, "question": question}
        turns.append(place | _turn_row(masked_turn, person_of))
        words += _word_rows(turn_id, masked_turn)
    return turns, words


def turn_ids(session_id: str, masked: MaskedConversation) -> list[str]:
    """The ``turn_id`` of each turn, in the order of the record."""
    return ids_of_turns(session_id, [each.turn.start_s for each in masked.turns])


def _turn_row(masked_turn: MaskedTurn, person_of: dict[str, str]) -> Row:
    turn = masked_turn.turn
    start, end = _ms(turn.start_s), _ms(turn.end_s)
    duration_s = (end - start) / 1000
    person_id = person_of[turn.label]
    others = {person_of[label] for label in turn.overlapped_by} - {person_id}
    return {
        "person_id": person_id,
        "kind": turn.kind,
        "start_s": start / 1000,
        "end_s": end / 1000,
        "duration_s": duration_s,
        "text": " ".join(word.text for word in turn.words) or None,
        "n_words": len(turn.words),
        "offset_from_previous_s": _optional_seconds(turn.offset_from_previous_s),
        "previous_person_id": turn.previous_label and person_of[turn.previous_label],
        "overlap_s": min(_seconds(turn.overlap_s), duration_s),
        "overlapped_by": sorted(others),
        "pause_s": min(_seconds(turn.pause_s), duration_s),
        "asr_confidence": _confidence(turn.asr_confidence),
        "speaker_confidence": _confidence(turn.speaker_confidence),
        "suspect": sorted(set(turn.suspect)),
        "edited": [edit for edit in EDITS if edit in turn.edited],
        "n_masked_person": masked_turn.n_masked_person,
        "n_masked_organisation": masked_turn.n_masked_organisation,
        "n_masked_place": masked_turn.n_masked_place,
        "n_masked_other": masked_turn.n_masked_other,
    }


def _word_rows(turn_id: str, masked_turn: MaskedTurn) -> list[Row]:
    return [
        {
            "turn_id": turn_id,
            "word_number": number,
            "start_s": _seconds(word.start_s),
            "end_s": _seconds(word.end_s),
            "word": word.text,
            "confidence": _confidence(word.probability),
        }
        for number, word in enumerate(masked_turn.turn.words, start=1)
    ]


def _session_row(
    recording: Recording,
    audio: Audio,
    conversation: Conversation,
    masked: MaskedConversation,
    turns: list[Row],
) -> Row:
    n_turns = sum(turn["kind"] == "turn" for turn in turns)
    return {
        "session_id": recording.session_id,
        "group_id": recording.group_id,
        "session_number": recording.session_number,
        "kind": recording.kind,
        "duration_s": _seconds(audio.duration_s),
        "language": conversation.language,
        "language_probability": _confidence(conversation.language_probability),
        "n_people": len({turn["person_id"] for turn in turns}),
        "n_turns": n_turns,
        "n_minimal_responses": len(turns) - n_turns,
        "n_words": sum(turn["n_words"] for turn in turns),
        "speech_s": _seconds(conversation.speech_s),
        "overlap_s": _seconds(conversation.overlap_s),
        "silence_s": _seconds(conversation.silence_s),
        "missing_s": _seconds(audio.missing_s),
        "track_shift_s": _seconds(audio.track_shift_s),
        "flags": sorted({*audio.flags, *conversation.flags, *masked.flags}),
    }


def _interviewers(recording: Recording, cast: Cast, turns: list[Row]) -> list[str]:
    """Return those who ask in an interview, among those who speak in it."""
    if recording.kind != "group_interview":
        return []
    speakers = {turn["person_id"] for turn in turns}
    return sorted({p.person_id for p in cast.people if p.role == "interviewer"} & speakers)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _seconds(value: float) -> float:
    """Round to milliseconds, the same way for all times, so that their order is kept."""
    return _ms(value) / 1000


def _optional_seconds(value: float | None) -> float | None:
    return None if value is None else _seconds(value)


def _confidence(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
