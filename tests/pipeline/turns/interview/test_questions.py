"""Interviews written for the tests; the question of each turn was put there by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.records import Turn
from pipeline.turns.interview.guide import Guide, parsed
from pipeline.turns.interview.questions import questions
from tests.support.talk import turn_of

GUIDE = parsed(
    """\
2. Miten päädyitte mukaan vertaismentorointiryhmään?
   - Kuka asiasta kertoi?
3. Millaisia kokemuksia teillä on verkkotapaamisista?
5. Millainen ilmapiiri ryhmässä oli ja miten luottamus syntyi?
   - Oliko asioita, joista oli vaikea puhua?
7. Onko ryhmään osallistuminen muuttanut tapaanne tehdä työtä?
8. Millaista vetäjän toiminta oli ryhmän kannalta?
9. Miten kehittäisitte mallia, jos se otettaisiin käyttöön koko järjestökentällä?
"""
)
OTHER_GUIDE = parsed(
    """\
Mikä työssänne kuormittaa teitä eniten tällä hetkellä?
Miten etätyö on vaikuttanut yhteisöllisyyteen työpaikallanne?
Saatteko riittävästi tukea lähijohtajaltanne vaikeissa tilanteissa?
Miten ristiriitoja selvitetään työyhteisössänne?
Näettekö itsenne samassa työssä viiden vuoden kuluttua?
"""
)

# Label, question and talk of each turn. I asks in spoken words; question 8 is never asked, 3 twice.
INTERVIEW = """\
I - no niin mä laitoin nauhotuksen päälle ja kaikki on luottamuksellista
A - joo hyvä
I 2 kertositteko aluks että miten te päädyitte tähän vertaismentorointiryhmään mukaan
A 2 no mulle tuli sähköposti työkaverilta ja mä ajattelin että miksei
I 2 joo kiitos kuka siitä asiasta sulle kerto
B 2 meidän toiminnanjohtaja siitä puhu kokouksessa ja sit mä ilmottauduin
I 3 aivan mennään seuraavaan eli minkälaisia kokemuksia teillä on näistä verkkotapaamisista
B 3 alkuun se oli aika outoa ja ääni pätki mut siihen tottu
I 3 mm onko muilla samanlaisia ajatuksia
C 3 joo sama täällä
I 5 entäs millanen se ilmapiiri teidän ryhmässä oli ja miten se luottamus synty
C 5 se synty pikkuhiljaa kun kuuli että muillakin on vaikeeta
I 7 onks tää ryhmään osallistuminen muuttanu sitä teidän tapaa tehdä työtä
A 7 mä oon alkanu pitää lounastauon joka päivä ja laitan koneen kiinni
I 3 hei palataan vielä siihen että mitä kokemuksia teillä on verkkotapaamisista
B 3 niin no ne oli tosi helppoja järjestää kun ei tarvinnu matkustaa
I 9 miten te sitten kehittäisitte tätä mallia jos se otettas käyttöön järjestökentällä
C 9 mä tekisin siitä vähän pidemmän ja ehkä yks kerta livenä
I 9 kiitos teille kaikille ja hyvää kevättä
"""

# The same, as a recogniser wrote it: letters, endings, whole words and their edges are wrong.
MISHEARD = """\
I - non iin mä laitoin nauhotus sen päälle ja kaik on luotamukselista
A - joo hyvä
I 2 kertositeko aluk setä mite tee päädytte tähän vertas mentorontiryhmän mukan
A 2 no mule tuli sähkopostia työkaverilta jamä ajattelin etä miksei
I 3 aivan menän seurava eli minkälaiset kokemukset ateilä on näistä verko tapamisesta
B 3 alku se oli aika outa ja ääni pätkii mut sihen tottu
I 5 entä millane ilmapiri teidä ryhmäs oli jamite se luotamus syntyi
C 5 se sinty pikuhiljaa kun kuuli etä muilakin on vaikea
I 7 onkstä ryhmän osalistumine muutanu sitä teidän tapa tehdä työt
A 7 mä oon alkanu pitä lounas tauon joka päivä ja laitan konen kiini
I 9 mite te sit kehitäisite tätä mali jos se otetas käytön järjestö kentälä
C 9 mä teki siitä vähän pidemä ja ehkä yks kerta livenä
"""

ENGLISH_GUIDE = parsed(
    """\
How did you come to join the peer mentoring group?
What were the online meetings like for you?
Has taking part changed the way you do your job?
How would you improve the model for other associations?
"""
)
ENGLISH = """\
I - right i have started the recording
I 1 so um could you tell me how you came to join this peer mentoring group
A 1 well a colleague sent me an email and i thought why not
I 2 okay and then what were those online meetings like for you
B 2 strange at first but you got used to it
I 2 mm does anybody else feel the same
A 2 the sound broke up a couple of times
I 4 and how would you improve that model for the other associations
B 4 make it longer i think and meet once in person
"""


def read(interview: str) -> tuple[list[Turn], list[int | None]]:
    turns, numbers = [], []
    for line in interview.splitlines():
        label, number, said = line.split(" ", 2)
        turns.append(replace(turn_of(said), label=label))
        numbers.append(None if number == "-" else int(number))
    return turns, numbers


@pytest.mark.parametrize("interviewers", [{"I"}, set()])
@pytest.mark.parametrize(
    ("interview", "guide"), [(INTERVIEW, GUIDE), (MISHEARD, GUIDE), (ENGLISH, ENGLISH_GUIDE)]
)
def test_question_of_each_turn(interview: str, guide: Guide, interviewers: set[str]) -> None:
    turns, numbers = read(interview)
    assert questions(turns, interviewers, guide) == numbers


@pytest.mark.parametrize("interviewers", [{"I"}, set()])
def test_guide_of_another_interview_says_nothing(interviewers: set[str]) -> None:
    for interview, guide in ((INTERVIEW, OTHER_GUIDE), (MISHEARD, OTHER_GUIDE), (ENGLISH, GUIDE)):
        turns, _ = read(interview)
        assert questions(turns, interviewers, guide) == [None] * len(turns)


def test_part_of_an_interview() -> None:
    turns, numbers = read(INTERVIEW)
    assert questions(turns[16:], {"I"}, GUIDE) == numbers[16:] == [9, 9, 9]


def test_who_does_not_interview_asks_nothing() -> None:
    turns, numbers = read(INTERVIEW)
    assert questions(turns, {"A", "B"}, GUIDE) == [None] * len(turns)
    turns[9] = replace(turn_of("ai miten kehittäisimme mallia järjestökentällä"), label="C")
    assert questions(turns, {"I"}, GUIDE) == numbers


def test_nobody_is_taken_for_the_interviewer_where_two_ask_alike() -> None:
    turns, _ = read(INTERVIEW)
    asked = [replace(turn, label="J") if turn.label == "I" else turn for turn in turns]
    assert questions([*turns, *asked], set(), GUIDE) == [None] * 2 * len(turns)


def test_question_with_a_response_inside_is_one_question() -> None:
    turns, numbers = read(INTERVIEW)
    first, second = "miten te päädyitte tähän", "vertaismentorointiryhmään mukaan"
    split = [replace(turn_of(said), label="I") for said in (first, second)]
    between = replace(turn_of("mm joo"), label="B")
    found = questions([*turns[:2], split[0], between, split[1], *turns[3:]], {"I"}, GUIDE)
    assert found[4:] == numbers[2:]
    assert found[:2] == [None, None]


def test_minimal_response_goes_with_the_turn_in_which_it_is_said() -> None:
    turns, _ = read(ENGLISH)
    response = replace(turn_of("mm"), label="C", kind="minimal_response")
    to_answer, to_question = (replace(response, previous_label=label) for label in "AI")
    # A's answer goes on while I asks the next question.
    told = [*turns[:4], to_answer, to_question, *turns[4:]]
    assert questions(told, {"I"}, ENGLISH_GUIDE)[3:6] == [2, 1, 2]


def test_talk_without_words() -> None:
    assert questions([], {"I"}, GUIDE) == []
    silent = [replace(turn_of(""), label=label) for label in "IA"]
    assert questions(silent, {"I"}, GUIDE) == [None, None]
    assert questions(silent, set(), GUIDE) == [None, None]


def test_words_in_between_that_are_no_words() -> None:
    turns, numbers = read(INTERVIEW)
    dots = replace(turn_of("… - ?"), label="A")
    assert questions([turns[0], dots, *turns[1:]], {"I"}, GUIDE) == [None, None, *numbers[1:]]
