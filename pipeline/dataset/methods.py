"""The methods section of an article, written from the figures of the data set.

Everything in it comes from the tables and their footers, but for the values of the settings,
which the tables name by digest, and what only the study knows: ``Private``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

from models.registry import PackageSource, load_registry
from pipeline import __version__
from pipeline.dataset import sources
from pipeline.dataset.phrases import OR, in_sessions, joined, listed, shares
from pipeline.dataset.sources import DIARISATION_ERROR, Source
from pipeline.dataset.summary import ModelUse, Recogniser, Summary
from pipeline.records.languages import name_of
from pipeline.tables.flags import flag_of
from pipeline.texts import Language, Text, counted

SettingsByDigest = Mapping[str, Mapping[str, Any]]
"""The values of the settings by their keys, by the digest that the tables name."""
NO_SETTINGS: SettingsByDigest = MappingProxyType({})

_HEADING = Text("Methods section for an article")
_REFERENCES = Text("References")
_NONE = Text("The data set has no sessions yet.")
_LAPSE = "turns.lapse_s"
_WORDS = "turns.minimal_response_max_words"
_DURATION = "turns.minimal_response_max_s"


@dataclass(frozen=True, slots=True)
class Private:
    """What the study knows beyond its data set.

    ``n_names`` are the names in the talk and ``n_unjudged`` those not judged yet; None if
    unknown. ``n_left_out`` are recordings that are not in the data set.
    """

    n_names: int | None
    n_unjudged: int | None
    n_left_out: int


def section(
    summary: Summary,
    language: Language,
    settings: SettingsByDigest = NO_SETTINGS,
    private: Private | None = None,
    level: int = 1,
) -> str:
    """The section in Markdown, with its list of references; its heading is of this level."""
    heading = f"{'#' * level} {_HEADING.to(language)}"
    if not summary.n_sessions:
        return f"{heading}\n\n{_NONE.to(language)}"
    cited = [sources.SACKS, sources.HELDNER]
    paragraphs = (
        [*_data(summary), *_people(summary)],
        [*_processing(summary, cited), *_measured(summary)],
        [*_definitions(summary, settings)],
        [*_names(summary, private), *_corrections(summary), *_reservations(summary, private)],
    )
    entries = {each.entry for each in cited} | {*map(sources.software, summary.versions)}
    entry_list = "\n".join(f"- {entry}" for entry in sorted(entries))
    blocks = [" ".join(text.to(language) for text in texts) for texts in paragraphs]
    references = f"{'#' * level}# {_REFERENCES.to(language)}"
    return "\n\n".join([heading, *blocks, references, entry_list])


def _data(summary: Summary) -> Iterator[Text]:
    kinds = [_KINDS[kind].filled(n=summary.kinds[kind]) for kind in _KINDS if kind in summary.kinds]
    groups = counted("{n} group", "{n} groups").filled(n=summary.n_groups)
    yield Text("The data are recordings of {kinds} of {groups}, {length} in all.").filled(
        kinds=listed(kinds), groups=groups, length=_length(summary.duration_s)
    )
    spoken = [(name_of(code), n) for code, n in summary.languages.items() if code != "–"]
    if spoken:
        yield counted(
            "The language of the talk was {languages}.",
            "The languages of the talk were {languages}.",
        ).filled(n=len(spoken), languages=shares(spoken, summary.n_sessions))
    if n := summary.languages.get("–", 0):
        yield counted(
            "In {n} session there was no talk of which to recognise the language.",
            "In {n} sessions there was no talk of which to recognise the language.",
        ).filled(n=n)
    yield Text("The unit of observation is the turn: there are {turns} and {responses}.").filled(
        turns=counted("{n} turn", "{n} turns").filled(n=summary.n_turns),
        responses=counted("{n} minimal response", "{n} minimal responses").filled(
            n=summary.n_minimal_responses
        ),
    )


_KINDS = {
    "meeting": counted("{n} meeting", "{n} meetings"),
    "group_interview": counted("{n} group interview", "{n} group interviews"),
}


def _length(duration_s: float) -> Text:
    if duration_s < 3600:
        return Text("{minutes:.1f} minutes").filled(minutes=duration_s / 60)
    return Text("{hours:.1f} hours").filled(hours=duration_s / 3600)


def _people(summary: Summary) -> Iterator[Text]:
    people = summary.people
    n_people = sum(people.roles.values())
    if n_people and people.roles.keys() == {"unknown"}:
        yield counted(
            "The talk is by {n} person, whose role is not known.",
            "The talk is by {n} people, whose roles are not known.",
        ).filled(n=n_people)
    elif n_people:
        roles = listed([_ROLES[role].filled(n=n) for role, n in people.roles.items()])
        yield counted(
            "The talk is by {n} person: {roles}.", "The talk is by {n} people: {roles}."
        ).filled(n=n_people, roles=roles)
    if people.n_unknown:
        yield counted(
            "Besides, {n} voice, of one session, was not recognised as any person's.",
            "Besides, {n} voices, each of one session, were not recognised as any person's.",
        ).filled(n=people.n_unknown)


_ROLES = {
    "leader": counted("{n} leader", "{n} leaders"),
    "facilitator": counted("{n} facilitator", "{n} facilitators"),
    "participant": counted("{n} participant", "{n} participants"),
    "interviewer": counted("{n} interviewer", "{n} interviewers"),
    "unknown": counted("{n} person of unknown role", "{n} people of unknown role"),
}


def _processing(summary: Summary, cited: list[Source]) -> Iterator[Text]:
    """The programs and models that processed the sessions, with the work of each cited."""
    yield Text("The recordings were processed automatically with vuoro {versions}.").filled(
        versions=shares(summary.versions.items(), summary.n_sessions)
    )
    used: dict[str, list[tuple[object, int]]] = {}
    for use, n in summary.used.items():
        role = "names" if use.role.startswith("names-") else use.role
        used.setdefault(role, []).append((_name(use), n))
    models = {role: shares(names, summary.n_sessions) for role, names in used.items()}
    yield from _diarisation(summary, models, cited)
    if "speech-recognition" in models:
        cited.append(sources.RADFORD)
        yield Text("The talk was transcribed by the model {model} with {tool} ({sources}).").filled(
            model=models["speech-recognition"],
            tool=_tool("faster-whisper", summary),
            sources=_cited(sources.RADFORD),
        )
    if "names" in models:
        cited.append(sources.HONNIBAL)
        yield Text(
            "Names were looked for by the named-entity model {model} with {tool} ({sources}), by "
            "rules, and by the forms of names that were found elsewhere in the talk."
        ).filled(
            model=models["names"], tool=_tool("spacy", summary), sources=_cited(sources.HONNIBAL)
        )


def _diarisation(
    summary: Summary, models: Mapping[str, object], cited: list[Source]
) -> Iterator[Text]:
    """How speakers were distinguished, by the models of each role."""
    if "segmentation" in models and "voice-print" in models:
        cited += [sources.BREDIN, sources.PLAQUET, sources.WANG]
        yield Text(
            "Speakers were told apart (speaker diarisation) by the segmentation model "
            "{segmentation} and the voice-print model {voice_print} with {tool} ({sources})."
        ).filled(
            segmentation=models["segmentation"],
            voice_print=models["voice-print"],
            tool=_tool("pyannote.audio", summary),
            sources=_cited(sources.BREDIN, sources.PLAQUET, sources.WANG),
        )
    if "pipeline" in models:
        cited.append(sources.BREDIN)
        yield Text(
            "Speakers were told apart (speaker diarisation) by the pipeline {pipeline} with {tool} "
            "({sources})."
        ).filled(
            pipeline=models["pipeline"],
            tool=_tool("pyannote.audio", summary),
            sources=_cited(sources.BREDIN),
        )
    if n := summary.flags.get("separate_tracks", 0):
        yield counted(
            "In {n} session each person had a sound track of their own.",
            "In {n} sessions each person had a sound track of their own.",
        ).filled(n=n)


_OWN_MODEL = Text("of the study's own")


def _name(use: ModelUse) -> str | Text:
    """What an article calls a model; the version of a package if it is the registry's."""
    model = load_registry().get(use.id)
    if model is None:  # the tables do not name it
        return _OWN_MODEL
    source = model.source
    if isinstance(source, PackageSource) and use.sha256 and source.sha256.startswith(use.sha256):
        return f"{model.name} {source.version}"
    return model.name


def _tool(package: str, summary: Summary) -> str:
    """A library, with its version if this installation created all of the data set."""
    name = "spaCy" if package == "spacy" else package
    return f"{name} {version(package)}" if [*summary.versions] == [__version__] else name


def _cited(*cited: Source) -> Text:
    return joined([each.cited for each in cited], "; ")


def _measured(summary: Summary) -> Iterator[Text]:
    """A note that error rates of this material are unknown, and those of other material."""
    yield Text("The error rates of this material have not been measured.")
    known = {each: rates for each in summary.recognisers if (rates := _rates(each))}
    if known:
        yield Text(
            "On other material (in each language one meeting of about five minutes, composed of "
            "read speech; default settings), the diarisation error rate (DER) and the word error "
            "rate (WER) were: {rates}."
        ).filled(rates=joined([*known.values()], "; "))
    unknown = [each for each in summary.recognisers if each not in known and each.language]
    if unknown:
        yield Text("Not measured on other material either: {unknown}.").filled(
            unknown=joined([_recogniser(each) for each in unknown], "; ")
        )


def _rates(each: Recogniser) -> Text | None:
    """The rates where they were measured: with vuoro's own diarisation."""
    model = load_registry().get(each.model)
    wer = model.word_errors.get(each.language or "") if model else None
    if wer is None or not each.is_embedded:
        return None
    return Text("{recogniser}, DER {der:.0f} per cent, WER {wer:.0f} per cent").filled(
        recogniser=_recogniser(each), der=100 * DIARISATION_ERROR, wer=100 * wer
    )


def _recogniser(each: Recogniser) -> Text:
    model = _name(ModelUse("speech-recognition", each.model, ""))
    if each.is_embedded:
        return Text("{language}, model {model}").filled(
            language=name_of(each.language or ""), model=model
        )
    return Text("{language}, model {model}, another diarisation").filled(
        language=name_of(each.language or ""), model=model
    )


def _definitions(summary: Summary, settings: SettingsByDigest) -> Iterator[Text]:
    def limit(key: str, text: Text, unknown: Text) -> object:
        """The value of a setting; all values if the sessions were processed with several."""
        made: Counter[Any] = Counter()
        for digest, n in summary.settings.items():
            made[settings.get(digest, {}).get(key)] += n
        values = [(unknown if v is None else text.filled(n=v), n) for v, n in made.items()]
        return shares(values, summary.n_sessions, OR)

    seconds, unknown_s = Text("{n:g} s"), Text("the time set for the study")
    words = counted("{n} word", "{n} words")
    lapse = limit(_LAPSE, seconds, unknown_s)
    yield Text(
        "A turn is a stretch in which one person holds the floor: consecutive talk of that person, "
        "pauses included, until another person takes the floor or a silence lasts longer than "
        "{lapse} ({sources})."
    ).filled(lapse=lapse, sources=_cited(sources.SACKS))
    yield Text(
        "A minimal response (such as *joo* or *mm*) is talk within another person's turn that has "
        "at most {words} and lasts at most {duration}, and that consists of response words alone "
        "or during at least half of which the holder of the floor talks as well; so are sounds "
        "without words of at most that length. It is not a turn, and does not end another's."
    ).filled(
        words=limit(_WORDS, words, Text("the number of words set for the study")),
        duration=limit(_DURATION, seconds, unknown_s),
    )
    yield Text(
        "The floor transfer offset is the start of a turn minus the end of the previous floor "
        "holder's turn: positive, it is a gap (longer than {lapse}, a lapse); negative, an overlap "
        "between turns ({sources})."
    ).filled(lapse=lapse, sources=_cited(sources.SACKS, sources.HELDNER))
    yield Text(
        "Overlap is the time in which two or more people talk at once, from the diarisation."
    )


def _names(summary: Summary, private: Private | None) -> Iterator[Text]:
    n_mentions = sum(summary.masked.values())
    if not n_mentions:
        yield Text("No names or identifiers were masked in the transcripts.")
    else:
        yield Text(
            "The names of people, organisations and places in the transcripts were replaced by "
            "pseudonyms, contact data and other identifiers by the name of their kind: {mentions} "
            "in all. Speakers, too, are known by pseudonyms."
        ).filled(mentions=counted("{n} mention", "{n} mentions").filled(n=n_mentions))
    if private is None:
        yield Text("How far people have reviewed the names is recorded outside the data set.")
    elif private.n_names is None or private.n_unjudged is None:
        yield Text("How far people have reviewed the names cannot be told at present.")
    elif private.n_names:
        yield _reviewed(private.n_names - private.n_unjudged, private.n_names)


def _reviewed(n_judged: int, n: int) -> Text:
    if not n_judged:
        return counted(
            "The {n} masked name has not been reviewed by a human.",
            "None of the {n} masked names has been reviewed by a human.",
        ).filled(n=n)
    if n_judged == n:
        return counted(
            "The {n} masked name has been reviewed by a human.",
            "All {n} masked names have been reviewed by a human.",
        ).filled(n=n)
    return counted(
        "Of the {of} masked names, {n} has been reviewed by a human.",
        "Of the {of} masked names, {n} have been reviewed by a human.",
    ).filled(n=n_judged, of=n)


def _corrections(summary: Summary) -> Iterator[Text]:
    n_rows = summary.n_rows["turns"]
    if summary.n_corrected:
        yield Text("A human corrected {n} of the {of} turns and minimal responses.").filled(
            n=summary.n_corrected, of=n_rows
        )
    else:
        yield Text("The transcripts and speakers of turns have not been corrected by a human.")
    people = summary.people
    if people.n_roster:
        yield counted(
            "Of the people, {n} is named in a roster of members.",
            "Of the people, {n} are named in a roster of members.",
        ).filled(n=people.n_roster)
    elif people.roles:
        yield Text("None of the people is named in a roster of members.")
    if n := sum(people.identified_by.values()):
        by = listed([_IDENTIFIED[by].filled(n=n) for by, n in people.identified_by.items()])
        yield Text("The people were identified session by session ({cases}): {by}.").filled(
            cases=counted("{n} case", "{n} cases").filled(n=n), by=by
        )


_IDENTIFIED = {
    "human": Text("{n} confirmed by a human"),
    "voice": Text("{n} recognised by voice alone"),
    "new": Text("{n} taken as new to the group"),
    "unknown": Text("{n} not recognised"),
}


def _reservations(summary: Summary, private: Private | None) -> Iterator[Text]:
    """The flags that a reader must know, and what is left out."""
    flags = {id: (flag_of(id), n) for id, n in summary.flags.items()}
    for level, text in (
        ("look", Text("Sessions that need a look before use: {flags}.")),
        ("warning", Text("Reservations: {flags}.")),
    ):
        found = [in_sessions(flag.what, n) for flag, n in flags.values() if flag.level == level]
        if found:
            yield text.filled(flags=joined(found, "; "))
    for id, left in _LEFT_OUT.items():
        if n := summary.flags.get(id, 0):
            yield left.filled(n=n)
    if private is not None and private.n_left_out:
        yield counted(
            "Besides, the study has {n} recording that is not in the data set.",
            "Besides, the study has {n} recordings that are not in the data set.",
        ).filled(n=private.n_left_out)


_LEFT_OUT = {
    "talk_left_out": counted(
        "From {n} session the talk of people without consent has been left out.",
        "From {n} sessions the talk of people without consent has been left out.",
    ),
    "person_withdrawn": counted(
        "From {n} session the talk of people who withdrew has been removed.",
        "From {n} sessions the talk of people who withdrew has been removed.",
    ),
}
