"""Whole sentences through detection and masking. All people and organisations are made up."""

from __future__ import annotations

import re

import pytest

from pipeline.errors import LanguageError
from pipeline.pseudonymisation.detect import detect
from pipeline.pseudonymisation.mask import mask
from pipeline.records import Conversation, Mentions, Replacement


def masked(conversation: Conversation) -> list[str]:
    """The masked turns; numbers are given in the order of the names, to be readable."""
    mentions = detect(conversation)
    keys = dict.fromkeys((mention.type, mention.entity) for mention in mentions.mentions)
    numbers = {key: number for number, key in enumerate(keys, 1)}
    replacements = [
        Replacement(
            m.turn,
            m.first_word,
            m.last_word,
            m.type,
            numbers[m.type, m.entity],
            m.suffix,
            m.detectors,
        )
        for m in mentions.mentions
    ]
    labels = conversation.language if conversation.language in ("sv", "en") else "fi"
    turns = mask(conversation, replacements, (), labels).turns
    return [" ".join(word.text for word in turn.turn.words) for turn in turns]


def without_numbers(text: str) -> str:
    return re.sub(r" \d+\]", "]", text)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "Mä juttelin eilen Pekan kanssa siitä.",
            "Mä juttelin eilen [Henkilö]:n kanssa siitä.",
        ),
        (
            "Moi, mä oon Liisa Virtanen, ja asun Kuopiossa.",
            "Moi, mä oon [Henkilö], ja asun [Paikka]:ssa.",
        ),
        (
            "Mä tulen Omaiset ja ystävät -liitosta.",
            "Mä tulen [Organisaatio]:sta.",
        ),
        (
            "Mun työpaikka on Mallilan vertaistuki ry.",
            "Mun työpaikka on [Organisaatio].",
        ),
        (
            "Siis QWL:n puolella ne puhuu ihan eri tavalla.",
            "Siis [Organisaatio]:n puolella ne puhuu ihan eri tavalla.",
        ),
        (
            "Sitten QWERlta tuli rahoitusta.",
            "Sitten [Organisaatio]:lta tuli rahoitusta.",
        ),
        (
            "Ulkona oli kova tuuli ja mä kävelin kotiin.",
            "Ulkona oli kova tuuli ja mä kävelin kotiin.",
        ),
        (
            "Mun työpari Tuuli on nyt lomalla.",
            "Mun työpari [Henkilö] on nyt lomalla.",
        ),
        (
            "Mun numero on 040 123 4567, soitelkaa.",
            "Mun numero on [yhteystieto], soitelkaa.",
        ),
        (
            "Se on matti piste virtanen ät esimerkki piste fi.",
            "Se on [yhteystieto].",
        ),
        (
            "Tunnus oli 131052-308A siinä lomakkeessa.",
            "Tunnus oli [tunniste] siinä lomakkeessa.",
        ),
        ("joo mä sanoin pekalle sen", "joo mä sanoin [Henkilö]:lle sen"),
        ("mä soitin virtaselle eilen", "mä soitin [Henkilö]:lle eilen"),
        (
            "Mä asun Kuusikujalla viidessä, siis Kuusikuja 5 B.",
            "Mä asun [yhteystieto], siis [yhteystieto].",
        ),
        (
            "Sieltä Mallilan yliopiston kasvatustieteen laitokselta soitettiin.",
            "Sieltä [Organisaatio]:lta soitettiin.",
        ),
        ("Se on IHAN hirveä PÄÄTÖS.", "Se on IHAN hirveä PÄÄTÖS."),
        ("Mun nimi on Onni, moi.", "Mun nimi on [Henkilö], moi."),
        (
            "Siis ammattiliitto ja avioliitto on eri asioita.",
            "Siis ammattiliitto ja avioliitto on eri asioita.",
        ),
    ],
)
def test_finnish_talk(talk, said: str, expected: str) -> None:
    assert without_numbers(masked(talk(said))[0]) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "I think Sarah's point on Monday was good, and I agree with John.",
            "I think [Person]'s point on Monday was good, and I agree with [Person].",
        ),
        (
            "He lives in Bristol now.",
            "He lives in [Place] now.",
        ),
        (
            "We got money from the Brightwater Carers Association.",
            "We got money from the [Organisation].",
        ),
        (
            "Write to john dot smith at example dot org, please.",
            "Write to [contact], please.",
        ),
        (
            "My number is oh seven seven double one two three.",
            "My number is [contact].",
        ),
        ("Well, I'm tired, you know, and so it goes.",) * 2,
    ],
)
def test_english_talk(talk, said: str, expected: str) -> None:
    assert without_numbers(masked(talk(said, language="en"))[0]) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "Hej, jag heter Anna Lindqvist och jobbar på Björkängens skola.",
            "Hej, jag heter [Person] och jobbar på [Organisation].",
        ),
        (
            "Jag ringde till Marthaförbundet igår, och Mariaföreningen rf svarade.",
            "Jag ringde till [Organisation] igår, och [Organisation] svarade.",
        ),
        ("Jag tycker att fackförbundet borde hjälpa till.",) * 2,
        ("hej jag heter anna lindqvist och bor här", "hej jag heter [Person] och bor här"),
        ("Min adress är Storgatan 12 B, tack.", "Min adress är [kontaktuppgift], tack."),
    ],
)
def test_swedish_talk(talk, said: str, expected: str) -> None:
    assert without_numbers(masked(talk(said, language="sv"))[0]) == expected


def test_a_turn_without_capitals_among_others_is_read_as_closely(talk) -> None:
    said = talk("Joo, Liisa sanoi niin.", "sit mä menin jyväskylään ja soitin pekalle")
    assert without_numbers(masked(said)[1]) == ("sit mä menin [Paikka]:än ja soitin [Henkilö]:lle")


def test_a_person_keeps_one_pseudonym_in_all_inflections(talk) -> None:
    said = ["Mä oon Pekka.", "Sitten Pekalle tuli olo.", "Oliko se Pekan ehdotus?"]
    assert masked(talk(*said)) == [
        "Mä oon [Henkilö 1].",
        "Sitten [Henkilö 1]:lle tuli olo.",
        "Oliko se [Henkilö 1]:n ehdotus?",
    ]


def test_a_name_found_once_is_found_in_the_whole_session(talk) -> None:
    name = "Oli kiva käydä Hyvän Mielen Talolla taas."
    alone, again = "Hyvän mielen talossa on kahvia.", "hyvän mielen talossa on kahvia."
    assert masked(talk(alone)) == [alone]
    assert "mielen" not in masked(talk(name, alone))[1]
    assert masked(talk(name, again))[1] == again, "without any capital these are common words"


def test_mentions_say_who_found_them_and_where(talk) -> None:
    (found,) = detect(talk("joo", "", "No mä soitin Pekka Virtaselle, eilen.")).mentions
    assert (found.turn, found.first_word, found.last_word) == (2, 3, 4)
    assert (found.type, found.entity, found.suffix) == ("person", "pekka virtanen", "lle")
    assert {"entity", "capital"} <= set(found.detectors)


def test_a_script_that_no_pipeline_reads_is_hidden_within_latin_talk(talk) -> None:
    assert masked(talk("Joo mä sanoin 字幕 志愿者 sille."))[0] == (
        "Joo mä sanoin [tunniste] [tunniste] sille."
    )


def test_another_language_in_latin_script_is_done_and_said_to_be_weak(talk) -> None:
    mentions = detect(talk("Hej, jag heter Anna Lindqvist.", language="sv"))
    assert mentions.flags == ("name_detection_weak",)
    assert [mention.entity for mention in mentions.mentions] == ["anna lindqvist"]


def test_a_transcript_without_capitals_is_said_to_be_weak(talk) -> None:
    assert detect(talk("joo niin mä sanoin sen")).flags == ("name_detection_weak",)
    assert detect(talk("Joo, niin mä sanoin sen.")).flags == ()


@pytest.mark.parametrize("said", ["我叫王伟，我住在北京。", "اسمي أحمد", "Меня зовут Анна"])
@pytest.mark.parametrize("language", ["zh", "fi", None])
def test_talk_in_another_script_is_refused(talk, said: str, language: str | None) -> None:
    with pytest.raises(LanguageError) as raised:
        detect(talk(said, language=language))
    assert said not in str(raised.value)


def test_a_session_without_speech_has_no_mentions(talk) -> None:
    assert detect(talk(language=None)) == Mentions(())
    assert detect(talk("", "", language=None)) == Mentions(())
