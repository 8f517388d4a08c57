"""Flags of a session: what to know about its recording, and what to do about it.

A stage puts the id of a flag into its record; ``sessions.flags`` of the data set lists them. This
table alone defines their meaning: receipts, status, Prefect's page, reports, data sheet and
dictionary read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, Literal, get_args

from pipeline.errors import VuoroError
from pipeline.records.languages import name_of
from pipeline.texts import Language, Text

Level = Literal["look", "warning", "note"]  # the most serious first
_NOTHING = Text()


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag: the problem, as a self-contained phrase, and what to do.

    ``level``: a ``note`` says what was done, a ``warning`` what to know before the session is used;
    a session with a flag of level ``look`` is not finished until a person has checked it.

    ``amount`` is added to the phrase, and may name columns of the session's row in braces:
    ``{missing_s:.1f} s are missing``; ``{language}`` is the name of the language. It is left out
    if that is 0 or missing: the amount is unknown. ``do`` may name only ``{session_id}``: the
    data sheet says it of several sessions.
    """

    level: Level
    what: Text
    do: Text = _NOTHING
    amount: Text = _NOTHING


@dataclass(frozen=True, slots=True)
class Remark:
    """A flag of one session, with the placeholders of its texts filled in."""

    id: str
    flag: Flag

    @property
    def level(self) -> Level:
        """How serious it is."""
        return self.flag.level

    def what(self, language: Language) -> str:
        """The problem, as a sentence."""
        phrase = self.flag.what.to(language).rstrip(".")  # that of an error is a sentence already
        amount = self.flag.amount.to(language)
        sentence = f"{phrase}: {amount}" if amount else phrase
        return f"{sentence[0].upper()}{sentence[1:]}."

    def do(self, language: Language) -> str:
        """What to do; "" if there is nothing to do."""
        return self.flag.do.to(language)

    def sentence(self, language: Language) -> str:
        """The problem and what to do."""
        return f"{self.what(language)} {self.do(language)}".strip()


FLAGS: dict[str, Flag] = {
    # the sound
    "silent": Flag(
        "look",
        Text("nothing can be heard"),
        Text("Check that the microphone was on and that this is the right file."),
    ),
    "truncated": Flag(
        "warning",
        Text("the recording breaks off"),
        Text("Copy the file again if there is a whole copy."),
        amount=Text("{missing_s:.1f} s are missing"),
    ),
    "decode_errors": Flag(
        "warning",
        Text("part of the sound is damaged"),
        Text("Copy the file again if there is a whole copy."),
        amount=Text("{missing_s:.1f} s are missing"),
    ),
    "end_missing": Flag(
        "warning",
        Text("the recording breaks off, and how much is missing cannot be known"),
        Text("Copy the file again if there is a whole copy."),
    ),
    "parts_joined": Flag(
        "note",
        Text(
            "the recordings in the file were joined on one time line, without the pauses "
            "between them"
        ),
    ),
    "several_sound_tracks": Flag(
        "note", Text("there are several sound tracks; their talk was put together, all of it once")
    ),
    "separate_tracks": Flag("note", Text("each person has a track of their own")),
    "mix_left_out": Flag(
        "note", Text("one of the tracks is a mix of the others, and was left out")
    ),
    "track_shifted": Flag(
        "note",
        Text("tracks that do not begin at the same moment were aligned by their sound"),
        amount=Text("by up to {track_shift_s:.1f} s"),
    ),
    "track_lengths_differ": Flag(
        "warning",
        Text("the tracks differ in length, and their sound does not tell how they belong together"),
        Text("Check that they begin at the same moment and are whole."),
        amount=Text("{track_shift_s:.1f} s"),
    ),
    "inverted_channel": Flag("note", Text("one of the channels was inverted, and was turned back")),
    "noisy_channel": Flag("note", Text("one of the channels holds only noise, and was left out")),
    "level_changed": Flag(
        "note", Text("the volume was far from ordinary, and was changed to an ordinary one")
    ),
    "files_joined": Flag(
        "note", Text("the recording came in several files, which were laid one after another")
    ),
    "gap_unknown": Flag(
        "note",
        Text("the pause between the parts of the recording is of unknown length and left out"),
    ),
    # the talk
    "no_speech": Flag(
        "look", Text("no speech can be heard"), Text("Check that this is the right file.")
    ),
    "no_words": Flag(
        "look",
        Text("no word of the talk was recognised"),
        Text("Listen to the recording; try a larger Whisper model."),
    ),
    "words_outside_speech": Flag(
        "note", Text("words that were recognised outside the speech were left out")
    ),
    "language_unsure": Flag(
        "warning",
        Text("the language is unsure"),
        Text(
            "If it is wrong, state the code of the right one (fi, sv, en …): `vuoro session"
            " {session_id} --language CODE`."
        ),
        amount=Text("{language}"),
    ),
    "language_differs": Flag(
        "warning",
        Text("the talk does not sound like the language that was set"),
        Text(
            "Listen to its beginning; if need be, state the code of the right one (fi, sv, "
            "en …): `vuoro session {session_id} --language CODE`."
        ),
        amount=Text("{language}"),
    ),
    # what people did with it
    "name_detection_weak": Flag(
        "warning",
        Text("names may be left in clear"),
        Text("Read the transcript before sharing it."),
    ),
    "edits_lost": Flag(
        "warning",
        Text("a correction did not find its place"),
        Text("Open the sheet of corrections to see which: `vuoro edit {session_id}`."),
    ),
    "talk_left_out": Flag(
        "note", Text("the talk of a person who has not consented is left out of this copy")
    ),
    "person_withdrawn": Flag(
        "note", Text("a person has withdrawn, and their speech has been removed")
    ),
}


def remarks(session: Mapping[str, Any]) -> tuple[Remark, ...]:
    """The flags of a session, given its row of ``sessions``, the most serious first."""
    order = [*FLAGS]
    said_by = {"no_speech": "silent"}  # silence implies no speech
    given = [id for id in session["flags"] if said_by.get(id) not in session["flags"]]
    flags = sorted(given, key=lambda id: order.index(id) if id in FLAGS else len(order))
    found = [Remark(id, _filled(flag_of(id), session)) for id in flags]
    return tuple(sorted(found, key=lambda remark: get_args(Level).index(remark.level)))


def asked_about(error: VuoroError) -> Remark:
    """The remark on a session with a question about its language; it is not in the data set."""
    what, remedy = error.texts
    return Remark("language_question", Flag("look", what, remedy))


def flag_of(id: str) -> Flag:
    """The flag with this id; for one set by another version of vuoro, only its id is known."""
    return FLAGS.get(id) or Flag("note", Text(id))


def looked_for(flags: Iterable[str]) -> frozenset[str]:
    """The flags among these for which a person must check the session."""
    return frozenset(id for id in flags if flag_of(id).level == "look")


def meanings(language: Language) -> str:
    """All flags with what they mean, for the dictionary."""
    return "; ".join(f"{id} ({flag.what.to(language)})" for id, flag in FLAGS.items())


def _filled(flag: Flag, session: Mapping[str, Any]) -> Flag:
    spoken = session["language"]
    values = {**session, "language": name_of(spoken) if spoken else ""}
    named = [column for _, column, _, _ in Formatter().parse(flag.amount.english) if column]
    amount = flag.amount.filled(**values) if all(values[column] for column in named) else _NOTHING
    return Flag(flag.level, flag.what, flag.do.filled(**values), amount)
