"""Which language is spoken: detected from the sound, then decided.

``detect_language`` detects; ``spoken_language`` decides, from the settings and from what a person
stated. A session that is clearly in an unexpected language raises a question: its words would be
invented, and its names left unmasked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import LanguageQuestionError
from pipeline.media.device import Device, on_device
from pipeline.records import Diarisation, HeardLanguages
from pipeline.records.languages import name_of
from pipeline.settings import MachineSettings, TranscriptionSettings
from pipeline.texts import Text
from pipeline.transcription import whisper
from pipeline.transcription.windows import talk_windows

CLEAR = 0.5  # of the votes, for an expected language; real talk has 0.88 and more in its own
FOREIGN = 0.7  # for any other
POSSIBLE = 0.2  # with so many votes, an expected language is still possible
LATIN = "la"  # Whisper's answer where it does not know: no session is held in Latin
LEAST_FIT = 0.4  # words of synthesised talk get 0.44–0.63 in their own language
MARGIN = 0.05  # by how much another language must fit better than the one that was set
PLACES = 4


@dataclass(frozen=True, slots=True)
class Spoken:
    """The language to transcribe in.

    ``probability`` is None where a person stated it; ``differs`` means that the talk does not
    sound like it. ``language`` is None where there is no talk.
    """

    language: str | None
    probability: float | None = None
    differs: bool = False


def expected(settings: TranscriptionSettings) -> tuple[str, ...]:
    """The languages that a study expects, its own first."""
    own = (settings.language,) if settings.language else ()
    return tuple(dict.fromkeys((*own, *settings.languages)))


def detect_language(
    wav: Path,
    diarisation: Diarisation,
    candidates: Sequence[str],
    model_folder: Path,
    machine: MachineSettings,
    progress: Callable[[float], None],
    tracks: Mapping[str, Path],
) -> HeardLanguages:
    """Which languages the talk may be in; see ``transcribe`` for the parameters.

    A single place misleads: a greeting in another language, a laugh, a poor line. The longest
    stretches are the most informative. Where they agree on no language, they are transcribed in
    each of the ``candidates``: words that were not said get a low probability.
    """
    parts = talk_windows(wav, diarisation, tracks)
    if not parts:
        return HeardLanguages()

    def detect(device: Device) -> HeardLanguages:
        model = whisper.load(model_folder, machine, device)
        if not model.model.is_multilingual:
            return HeardLanguages((("en", 1.0),))
        sounds = whisper.encode_longest(model, parts, PLACES)
        votes = whisper.vote(model, sounds)
        if _clear(votes, candidates) is not None:
            return HeardLanguages(votes)
        fits = []
        for done, language in enumerate(candidates):
            progress(done / len(candidates))
            fits.append((language, whisper.fit(model, sounds, language)))
        return HeardLanguages(votes, tuple(fits))

    found = on_device(machine, "language detection", detect)
    progress(1.0)
    return found


def spoken_language(
    detected: HeardLanguages, settings: TranscriptionSettings, session_id: str, stated: str = ""
) -> Spoken:
    """The language that a session is transcribed in.

    ``stated`` is the language that a person stated for this session, and decides; "" if none.
    Raises LanguageQuestionError where a person must state it.
    """
    if not detected.votes:
        return Spoken(stated or settings.language)
    if stated:
        return Spoken(stated, differs=_differs(detected, stated, expected(settings)))
    if settings.language is not None:
        if _differs(detected, settings.language, expected(settings)):
            raise _question(session_id, _likeliest(detected, expected(settings)), settings)
        return Spoken(settings.language)
    return _detected(detected, session_id, settings)


def _detected(detected: HeardLanguages, session_id: str, settings: TranscriptionSettings) -> Spoken:
    """The likeliest of the expected languages, or of all if none is named."""
    languages = settings.languages
    votes, fits = dict(detected.votes), dict(detected.fits)
    clear = _clear(detected.votes, languages)
    if not languages or clear in languages:
        language = clear or detected.votes[0][0]
        return Spoken(language, votes.get(language, 0.0))
    best = max(languages, key=lambda language: votes.get(language, 0.0))
    if clear is not None and votes.get(best, 0.0) >= POSSIBLE:
        return Spoken(best, votes[best])
    if clear is not None:
        raise _question(session_id, clear, settings)
    leading, share = _leading(detected.votes)
    if leading not in languages and share >= POSSIBLE > votes.get(best, 0.0):
        raise _question(session_id, leading, settings)
    language = max(languages, key=lambda language: fits.get(language, 0.0))
    if detected.fits and fits.get(language, 0.0) < LEAST_FIT:
        raise _not_clear(session_id, language)
    return Spoken(language, votes.get(language, 0.0))


def _clear(votes: Sequence[tuple[str, float]], wanted: Sequence[str]) -> str | None:
    """The language with most of the votes, Latin excluded; None if there is none."""
    language, share = _leading(votes)
    of_all = sum(share for language, share in votes if language != LATIN)
    most = (CLEAR if language in wanted else FOREIGN) * of_all
    return language if share >= max(POSSIBLE, most) else None


def _leading(votes: Sequence[tuple[str, float]]) -> tuple[str, float]:
    """The language with the most votes, Latin excluded, and its share."""
    return next((vote for vote in votes if vote[0] != LATIN), ("", 0.0))


def _differs(detected: HeardLanguages, language: str, wanted: Sequence[str]) -> bool:
    """Whether the talk is clearly not in this language."""
    votes, fits = dict(detected.votes), dict(detected.fits)
    if votes.get(language, 0.0) >= POSSIBLE:
        return False
    if (clear := _clear(detected.votes, wanted)) is not None:
        return clear != language
    return max(fits.values(), default=0.0) - fits.get(language, 0.0) >= MARGIN


def _likeliest(detected: HeardLanguages, wanted: Sequence[str]) -> str:
    fits = dict(detected.fits)
    return _clear(detected.votes, wanted) or max(fits, key=lambda language: fits[language])


def _not_clear(session_id: str, guess: str) -> LanguageQuestionError:
    """The question where no language is clear; ``guess`` fits best."""
    command = f"vuoro session {session_id} --language {guess}"
    what = Text("The language of the talk is not clear; it may be {language}.")
    remedy = Text("Listen to the recording and state its language: `{command}`.")
    return LanguageQuestionError(
        what.filled(language=name_of(guess)), remedy.filled(command=command)
    )


def _question(
    session_id: str, spoken: str, settings: TranscriptionSettings
) -> LanguageQuestionError:
    """The question where the talk is in another language than those expected."""
    wanted = (settings.language,) if settings.language else settings.languages
    what = Text("The talk sounds like {language} ({code}); expected: {expected}.")
    remedy = _SET_OTHERWISE if settings.language and spoken in settings.languages else _NOT_LISTED
    return LanguageQuestionError(
        what.filled(language=name_of(spoken), code=spoken, expected=tuple(map(name_of, wanted))),
        remedy.filled(
            command=f"vuoro session {session_id} --language {spoken}",
            language=name_of(spoken),
            code=spoken,
            other=wanted[0],
        ),
    )


_NOT_LISTED = Text(
    "State which language it is: `{command}` (or `--language {other}`). If more sessions are in "
    '{language}, add "{code}" to `languages` under [transcription] in vuoro.toml.'
)
_SET_OTHERWISE = Text(
    "State which language it is: `{command}` (or `--language {other}`). If more sessions are in "
    "{language}, remove `language` under [transcription] in vuoro.toml."
)
