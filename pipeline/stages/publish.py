"""Publish: the masked turns of a session become rows of the public tables.

``session_tables`` makes the rows and is pure; the rest puts them into the data set's folder.
After publishing or removing sessions, ``publish_people`` and ``write_documentation`` bring the
study-level files up to date.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from pipeline.dataset import datasheet, files
from pipeline.dataset.group_rows import (
    HEARD,
    Group,
    as_entry,
    attendance_rows,
    heard,
    met,
    own_columns,
    people_rows,
    people_schema,
)
from pipeline.dynamics.floor import Meeting
from pipeline.dynamics.measure_rows import dynamics_rows
from pipeline.errors import DatasetError
from pipeline.records import (
    Audio,
    Cast,
    Conversation,
    Diarisation,
    MaskedConversation,
    MaskedTurn,
    Recording,
)
from pipeline.records.ids import group_of
from pipeline.records.turn_ids import turn_ids as ids_of_turns
from pipeline.storage.digests import digest
from pipeline.tables import schema
from pipeline.tables.columns import OWN
from pipeline.tables.values import EDITS

Row = dict[str, Any]

NOBODY: Mapping[str, Group] = MappingProxyType({})


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
    diarisation, with silences longer than ``lapse_s`` as lapses. ``questions`` are the numbers of
    the interview guide's questions that the turns of ``masked`` belong to. Who was heard is in the
    metadata of the sessions table, for ``publish_people``.

    Raises KeyError if a turn has a speaker label that the cast lacks.
    """
    turns, words = _turns_and_words(
        recording.session_id, conversation.language, cast, masked, questions
    )
    session = _session_row(recording, audio, conversation, masked, turns) | {
        "interviewer": _interviewers(recording, cast, turns),
        "models": list(models),
        "settings_digest": settings_digest,
    }
    rows = {"sessions": [session], "turns": turns, "words": words}
    rows |= dynamics_rows(
        recording,
        Meeting.of(
            [masked_turn.turn for masked_turn in masked.turns],
            diarisation.regular,
            {person.label: person.person_id for person in cast.people},
            lapse_s,
        ),
        audio.duration_s,
        {person.person_id: person.role for person in cast.people},
    )
    tables = {name: pa.Table.from_pylist(rows[name], schema=schema(name)) for name in rows}
    entry = {HEARD: as_entry(heard(cast, turns))}
    return tables | {"sessions": tables["sessions"].replace_schema_metadata(entry)}


def publish_session(dataset: Path, tables: dict[str, pa.Table], source: str) -> bool:
    """Write the files of a session into the data set; True if anything changed.

    ``tables`` are from ``session_tables``; ``source`` is a digest of all they derive from. If the
    session's files are undamaged and already of that source, nothing is written. The sessions
    file is written last: it makes the session complete.

    Raises TransientError where the disk is full or cannot be written.
    """
    session = tables["sessions"].to_pylist()[0]
    session_id, models = session["session_id"], session["models"]
    footers = {
        name: files.provenance(name, source, models, session["settings_digest"])
        for name in files.SESSION_TABLES
    }
    footers["sessions"] |= files.footer(tables["sessions"])
    if is_published(dataset, session_id, source):
        return False
    written = [
        files.write(
            files.file_of(dataset, name, session_id), files.encode(name, tables[name], footer)
        )
        for name, footer in footers.items()
    ]
    return any(written)


def is_published(dataset: Path, session_id: str, source: str) -> bool:
    """Whether all files of a session are there, undamaged, of this source and this vuoro.

    The sessions file, which is written last, tells it of those that were not changed since.

    Raises TransientError where one cannot be read.
    """
    *others, last = (files.file_of(dataset, name, session_id) for name in files.SESSION_TABLES)
    written_ns = files.changed_ns(last)
    changed = [files.changed_ns(file) for file in others]
    if written_ns is None or None in changed:
        return False
    read = [last, *(f for f, at in zip(others, changed, strict=True) if at and at > written_ns)]
    return all(_is_made_from(file, source) for file in read)


def publish_people(
    dataset: Path, background: Mapping[str, Group] = NOBODY, left: Collection[str] = ()
) -> bool:
    """Write the people and the attendance of every group anew; True if any changed.

    Both come from the footers of the sessions files and from ``background``, which has the members
    of each group's roster. Groups that are ``left`` keep the files that they have. One group is in
    memory at a time.

    Raises DatasetError if a file of the data set is damaged, TransientError if one cannot be read
    or written.
    """
    kept = (files.file_of(dataset, "people", group_id) for group_id in left)
    own = _own_columns_of(file for file in kept if file.is_file()) | own_columns(
        background.values()
    )
    changed, groups = False, set()
    sessions = files.files(dataset, "sessions")
    for group_id, of_group in groupby(sessions, key=lambda file: group_of(file.stem)):
        groups.add(group_id)
        if group_id in left and files.file_of(dataset, "people", group_id).is_file():
            continue
        changed |= _write_group(dataset, group_id, of_group, background.get(group_id, {}), own)
    stale = (f for name in files.GROUP_TABLES for f in files.files(dataset, name))
    return _remove(file for file in stale if file.stem not in groups) or changed


def remove_stale(dataset: Path, session_ids: Collection[str]) -> bool:
    """Remove the files of sessions that the study no longer has; True if there were any.

    ``session_ids`` are those it has. Files that a killed run left unfinished go too, so this is
    only for while no other run publishes.

    Raises TransientError where a file cannot be removed.
    """
    kept = set(session_ids)
    for file in files.unfinished(dataset):
        files.remove(file)
    # The sessions file goes first, so that a session half removed is not taken for a whole one.
    return _remove(
        file
        for name in reversed(files.SESSION_TABLES)
        for file in files.files(dataset, name)
        if file.stem not in kept
    )


def write_documentation(dataset: Path) -> bool:
    """Write dictionary.csv and DATASHEET.md of the data set as it is; True if any changed.

    Raises DatasetError if a file of the data set is damaged, TransientError if one cannot be read
    or written.
    """
    summary = datasheet.summarise(dataset)
    contents = {
        "dictionary.csv": datasheet.dictionary_csv(summary.own),
        "DATASHEET.md": datasheet.datasheet(summary).encode(),
    }
    return any([files.write(dataset / name, data) for name, data in contents.items()])


def _turns_and_words(
    session_id: str,
    language: str | None,
    cast: Cast,
    masked: MaskedConversation,
    questions: Sequence[int | None],
) -> tuple[list[Row], list[Row]]:
    person_of = {person.label: person.person_id for person in cast.people}
    asked = (
        {id(turn): n for turn, n in zip(masked.turns, questions, strict=True)} if questions else {}
    )
    turns, words = [], []
    for number, (turn_id, masked_turn) in enumerate(_with_ids(session_id, masked.turns), start=1):
        place = {"turn_id": turn_id, "session_id": session_id, "turn_number": number}
        place |= {"language": language, "question": asked.get(id(masked_turn))}
        turns.append(place | _turn_row(masked_turn, person_of))
        words += _word_rows(turn_id, masked_turn)
    return turns, words


def turn_ids(session_id: str, masked: MaskedConversation) -> list[str]:
    """The ``turn_id`` of each turn, in the order of the record."""
    return ids_of_turns(session_id, [each.turn.start_s for each in masked.turns])


def _with_ids(session_id: str, turns: Sequence[MaskedTurn]) -> Iterator[tuple[str, MaskedTurn]]:
    """Each turn with its id, in order of start."""
    ids = ids_of_turns(session_id, [each.turn.start_s for each in turns])
    yield from sorted(zip(ids, turns, strict=True), key=lambda pair: pair[0])


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
    """Who asks in an interview, of those who talk in it."""
    if recording.kind != "group_interview":
        return []
    heard = {turn["person_id"] for turn in turns}
    return sorted({p.person_id for p in cast.people if p.role == "interviewer"} & heard)


def _own_columns_of(people: Iterable[Path]) -> dict[str, pa.DataType]:
    """The study's own columns, as these files of ``people`` have them."""
    fields = (field for file in people for field in files.read(file).schema)
    return {field.name: field.type for field in fields if field.name.startswith(OWN)}


def _write_group(
    dataset: Path,
    group_id: str,
    sessions: Iterable[Path],
    group: Group,
    own: Mapping[str, pa.DataType],
) -> bool:
    read = [met(file) for file in sessions]
    of_group, footers = [each for each, _ in read], [footer for _, footer in read]
    people = people_rows(group_id, of_group, group, own)
    attendance = attendance_rows(of_group, people)
    rows = {
        "people": (people, people_schema(schema("people"), own)),
        "attendance": (attendance, schema("attendance")),
    }
    sources = [footer["vuoro.source"] for footer in footers]
    models = sorted({model for each in of_group for model in each.session["models"]})
    settings = ", ".join(sorted({footer["vuoro.settings_digest"] for footer in footers}))
    written = [
        files.write(
            files.file_of(dataset, name, group_id),
            files.encode(
                name,
                pa.Table.from_pylist(made, schema=columns),
                files.provenance(name, digest([*sources, made]), models, settings),
            ),
        )
        for name, (made, columns) in rows.items()
    ]
    return any(written)


def _is_made_from(file: Path, source: str) -> bool:
    wanted = files.origin(source)
    try:
        return wanted.items() <= files.footer(files.read(file)).items()
    except DatasetError:  # damaged: to be written anew
        return False


def _remove(stale: Iterable[Path]) -> bool:
    gone = list(stale)
    for file in gone:
        files.remove(file)
    return bool(gone)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _seconds(value: float) -> float:
    """Rounded to milliseconds, the one way for all times, so that what was in order stays so."""
    return _ms(value) / 1000


def _optional_seconds(value: float | None) -> float | None:
    return None if value is None else _seconds(value)


def _confidence(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
