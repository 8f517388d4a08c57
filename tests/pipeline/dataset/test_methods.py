"""The methods section: every figure is that of the data set, whatever is mixed in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from example_dataset import (
    BACKGROUND,
    MASKED,
    conversation,
    make_dataset,
    session_tables,
)
from many_sessions import UNKNOWN, make_study

from pipeline import __version__
from pipeline.dataset.methods import Private, section
from pipeline.dataset.summary import summarise
from pipeline.records import MaskedConversation
from pipeline.stages import publish

SETTINGS: Mapping[str, Mapping[str, Any]] = {
    digest: {
        "turns.lapse_s": lapse_s,
        "turns.minimal_response_max_words": n_words,
        "turns.minimal_response_max_s": 1.5,
    }
    for digest, lapse_s, n_words in (("5e771265", 8.0, 3), ("b", 2.5, 1))
}
MODELS = (
    "names-en=spacy-en@79c4b10031e5",
    "names-fi=spacy-fi@0000",  # another than the registry's: its version is not known
    "segmentation=segmentation-3.0@1da132ec7c04",
    "speech-recognition=whisper-base@0d2b0494ed18",
    "voice-print=campplus-zh-en@c05adbf77ec4",
)
TURBO = tuple(model.replace("whisper-base", "whisper-large-v3-turbo") for model in MODELS)
PIPELINE = (*MODELS, "pipeline=folder@1234")


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return make_dataset(tmp_path / "dataset")


def published(folder: Path, *sessions: dict[str, Any]) -> Path:
    """The example's sessions with these changes: language, models, settings, flags."""
    for number, changes in enumerate(sessions, start=1):
        session_id = f"G01-S0{number}"
        talk = replace(conversation(session_id), language=changes.get("language", "fi"))
        tables = session_tables(
            session_id,
            replace(talk, flags=changes.get("flags", ())),
            models=changes.get("models", MODELS),
            settings_digest=changes.get("settings", "5e771265"),
            questions=(None,) * len(MASKED[session_id].turns),
        )
        publish.publish_session(folder, tables, f"source of {session_id}")
    publish.publish_people(folder, BACKGROUND)
    return folder


def said(dataset: Path, *, fi: bool = False, private: Private | None = None) -> str:
    return section(summarise(dataset), "fi" if fi else "en", SETTINGS, private)


def test_figures_are_those_counted_by_hand(dataset: Path) -> None:
    text = said(dataset)
    for sentence in (
        "The data are recordings of 1 meeting and 1 group interview of 1 group, 0.5 minutes in "
        "all. The language of the talk was Finnish.",
        "there are 4 turns and 2 minimal responses. The talk is by 3 people: 1 leader and "
        "2 participants.",
        f"processed automatically with vuoro {__version__}.",
        "a silence lasts longer than 8 s (Sacks, Schegloff & Jefferson, 1974).",
        "has at most 3 words and lasts at most 1.5 s,",
        "by the name of their kind: 2 mentions in all.",
        "A human corrected 1 of the 6 turns and minimal responses. Of the people, 2 are named in a "
        "roster of members. The people were identified session by session (5 cases): 1 confirmed "
        "by a human, 3 recognised by voice alone and 1 taken as new to the group.",
        "Reservations: names may be left in clear (1 session); the recording breaks off (1 "
        "session).",
    ):
        assert sentence in text


def test_finnish_has_its_own_plurals_decimals_and_citations(dataset: Path) -> None:
    text = said(dataset, fi=True)
    for sentence in (
        "joissa on 1 tapaaminen ja 1 ryhmähaastattelu (1 ryhmä) ja joiden kesto on yhteensä 0,5 "
        "minuuttia. Puheen kieli oli suomi.",
        "aineistossa on 4 puheenvuoroa ja 2 minimipalautetta. Äänessä oli 3 henkilöä: 1 vetäjä ja "
        "2 osallistujaa.",
        "hiljaisuus on pidempi kuin 8 s (Sacks, Schegloff & Jefferson 1974).",
        "jossa on enintään 3 sanaa, jonka kesto on enintään 1,5 s ja",
        "yhteensä 2 mainintaa.",
        "on yhteensä 6, ja ihminen on korjannut niistä 1. Henkilöistä 2 on nimetty "
        "jäsenluettelossa. Henkilöt tunnistettiin istunto kerrallaan (5 tapausta): 1 ihmisen "
        "vahvistamana, 3 pelkästä äänestä ja 1 ryhmälle uutena äänenä.",
    ):
        assert sentence in text


def test_sessions_made_with_different_models_and_languages_are_told_apart(tmp_path: Path) -> None:
    mixed = published(tmp_path, {"language": "en", "models": TURBO}, {"models": MODELS})
    text = said(mixed)
    for sentence in (
        "The languages of the talk were English (1 session) and Finnish (1 session).",
        "by the model Whisper base (1 session) and Whisper large-v3-turbo (1 session) with",
        "en-core-web-sm 3.8.0 (1 session) and spacy-fi-experimental-web-md (1 session) with spaCy",
        "were: Finnish, model Whisper base, DER 7 per cent, WER 69 per cent. Not measured on other "
        "material either: English, model Whisper large-v3-turbo.",
    ):
        assert sentence in text
    assert "mallilla Whisper base (1 istunto) ja Whisper large-v3-turbo (1 istunto)," in said(
        mixed, fi=True
    )


def test_one_model_in_all_sessions_is_named_once_and_only_that_of_the_language(
    tmp_path: Path,
) -> None:
    text = said(published(tmp_path, {}, {}))
    assert "by the model Whisper base with faster-whisper" in text
    assert "by the named-entity model spacy-fi-experimental-web-md with spaCy" in text
    assert "en-core-web-sm" not in text


def test_where_no_model_knows_the_language_all_that_looked_for_names_are_named(
    tmp_path: Path,
) -> None:
    text = said(published(tmp_path, {"language": "sv"}, {"language": "sv"}))
    assert "en-core-web-sm 3.8.0 and spacy-fi-experimental-web-md" in text
    assert "Not measured on other material either: Swedish, model Whisper base." in text
    assert "WER" not in text


def test_diarisation_of_the_studys_own_takes_the_place_of_the_embedded_models(
    tmp_path: Path,
) -> None:
    text = said(published(tmp_path, {"models": PIPELINE}, {"models": PIPELINE}))
    assert "by the pipeline of the study's own with pyannote.audio" in text
    assert "CAM++" not in text
    assert "WER" not in text  # measured with the embedded ones


def test_several_thresholds_are_given_with_their_sessions(tmp_path: Path) -> None:
    mixed = published(tmp_path, {}, {"settings": "b"})
    assert "longer than 8 s (1 session) or 2.5 s (1 session) (Sacks" in said(mixed)
    assert "at most 3 words (1 session) or 1 word (1 session) and lasts at most 1.5 s," in said(
        mixed
    )
    assert "pidempi kuin 8 s (1 istunto) tai 2,5 s (1 istunto)" in said(mixed, fi=True)


def test_thresholds_that_are_not_known_are_not_made_up(tmp_path: Path) -> None:
    text = said(published(tmp_path, {"settings": "gone"}, {"settings": "gone"}))
    assert "a silence lasts longer than the time set for the study (Sacks" in text


@pytest.mark.parametrize(
    ("private", "english", "finnish"),
    [
        (Private(4, 4, 0), "None of the 4 masked names has", "niistä yhtäkään."),
        (
            Private(4, 3, 0),
            "Of the 4 masked names, 1 has been",
            "Peitettyjä nimiä on 4, ja ihminen",
        ),
        (Private(4, 2, 0), "Of the 4 masked names, 2 have been", "on tarkistanut niistä 2."),
        (Private(4, 0, 0), "All 4 masked names have been", "on tarkistanut ne kaikki."),
        (Private(1, 1, 0), "The 1 masked name has not been", "eikä ihminen ole tarkistanut sitä."),
        (Private(1, 0, 0), "The 1 masked name has been", "ja ihminen on tarkistanut sen."),
        (Private(None, None, 0), "cannot be told at present.", "ei juuri nyt voi selvittää."),
        (None, "is recorded outside the data set.", "aineiston ulkopuolella."),
        (
            Private(0, 0, 1),
            "Besides, the study has 1 recording that",
            "on lisäksi 1 tallenne, joka ei ole",
        ),
        (
            Private(0, 0, 2),
            "Besides, the study has 2 recordings that",
            "2 tallennetta, jotka eivät ole",
        ),
    ],
)
def test_how_far_names_are_reviewed_and_what_is_left_out(
    dataset: Path, private: Private | None, english: str, finnish: str
) -> None:
    assert english in said(dataset, private=private)
    assert finnish in said(dataset, fi=True, private=private)


def test_sessions_that_need_a_look_and_talk_that_was_removed_are_named(tmp_path: Path) -> None:
    flagged = published(
        tmp_path, {"flags": ("no_words", "person_withdrawn")}, {"flags": ("talk_left_out",)}
    )
    text = said(flagged)
    for sentence in (
        "Sessions that need a look before use: no word of the talk was recognised (1 session).",
        "From 1 session the talk of people without consent has been left out.",
        "From 1 session the talk of people who withdrew has been removed.",
    ):
        assert sentence in text


def test_tracks_of_their_own_are_named(tmp_path: Path) -> None:
    folder = published(tmp_path, {"flags": ("separate_tracks",)}, {})
    assert "In 1 session each person had a sound track of their own." in said(folder)


def test_without_rosters_roles_are_not_known_and_a_session_may_have_no_talk(tmp_path: Path) -> None:
    text = said(make_study(tmp_path / "study", UNKNOWN).dataset)
    assert "The data are recordings of 4 meetings of 2 groups," in text
    assert "The talk is by 6 people, whose roles are not known." in text
    assert "None of the people is named in a roster of members." in text


def test_voices_that_were_not_recognised_are_counted_apart(tmp_path: Path) -> None:
    folder = published(tmp_path, {})
    counted = summarise(folder)
    people = replace(counted.people, roles={"leader": 1}, n_unknown=2)
    text = section(replace(counted, people=people), "en")
    assert (
        "The talk is by 1 person: 1 leader. Besides, 2 voices, each of one session, were not"
        in text
    )
    text = section(replace(counted, people=replace(people, n_unknown=1)), "fi")
    assert "Äänessä oli 1 henkilö: 1 vetäjä. Lisäksi 1 ääni, joka on vain yhdestä" in text


def test_no_names_in_the_talk_need_no_review(tmp_path: Path) -> None:
    masked = MaskedConversation(
        tuple(replace(turn, n_masked_person=0, n_masked_organisation=0)
              for turn in MASKED["G01-S01"].turns), ())  # fmt: skip
    tables = session_tables("G01-S01", masked=masked, models=MODELS)
    publish.publish_session(tmp_path, tables, "source")
    publish.publish_people(tmp_path, BACKGROUND)
    text = said(tmp_path, private=Private(0, 0, 0))
    assert "No names or identifiers were masked in the transcripts." in text
    assert "masked name" not in text


def test_only_what_is_cited_is_in_the_references(dataset: Path, tmp_path: Path) -> None:
    bare, whole = said(dataset), said(published(tmp_path / "other", {}))
    assert "Radford" not in bare  # the example does not say which of its models did what
    references = whole.partition("## References")[2].strip().splitlines()
    assert references == sorted(references)
    cited = ("Bredin", "Heldner", "Honnibal", "Plaquet", "Radford", "Sacks", "The vuoro", "Wang")
    assert [line.split(",")[0].split(" authors")[0] for line in references] == [
        f"- {author}" for author in cited
    ]


def test_an_empty_data_set_has_one_sentence(tmp_path: Path) -> None:
    assert said(tmp_path) == (
        "# Methods section for an article\n\nThe data set has no sessions yet."
    )
    assert said(tmp_path, fi=True).endswith("\n\nAineistossa ei ole vielä istuntoja.")


def test_the_data_sheet_has_the_section_in_both_languages(dataset: Path) -> None:
    publish.write_documentation(dataset, SETTINGS)
    sheet = (dataset / "DATASHEET.md").read_text(encoding="utf-8")
    counted = summarise(dataset)
    assert section(counted, "fi", SETTINGS, level=2) in sheet
    assert section(counted, "en", SETTINGS, level=2) in sheet
