"""What is replaced: a session's own mentions and the study's names, as judged by people."""

from __future__ import annotations

from random import Random

import pytest

from pipeline.errors import StudyError
from pipeline.pseudonymisation.apply import form, replacements, said
from pipeline.pseudonymisation.entities import Action, Decision, EntityTable, Key
from pipeline.records import EntityType, Mention, Mentions


def mention(turn: int, first: int, last: int, type: EntityType, name: str) -> Mention:
    return Mention(turn, first, last, type, name, "", ("entity",))


def table(*names: Key) -> EntityTable:
    return EntityTable().add({name: {name[1]} for name in names}, random=Random(1))


def judged(table: EntityTable, key: Key, action: Action) -> EntityTable:
    return table.decide(Decision("2015-03-12", "tutkija", action, table.by_name[key].id))


PEKKA: Key = ("person", "pekka")
TOWN: Key = ("place", "tampere")
UNIVERSITY: Key = ("organisation", "tampereen yliopisto")


def test_names_and_the_forms_in_which_they_were_said(talk) -> None:
    conversation = talk("Niin, Pekka, sanoi", "ja “Pekka”")
    found = Mentions((mention(0, 1, 1, *PEKKA), mention(1, 1, 1, *PEKKA)))
    assert said(conversation, found) == {PEKKA: {"Pekka"}}
    assert form(conversation, found.mentions[0]) == "Pekka"


def test_a_name_of_another_session_is_replaced_here_too(talk) -> None:
    found = replacements(talk("sanoin Pekalle eilen"), Mentions(()), table(PEKKA))
    (only,) = found
    assert (only.turn, only.first_word, only.last_word, only.suffix) == (0, 1, 1, "lle")
    assert (only.type, only.number) == table(PEKKA).by_name[PEKKA].id


@pytest.mark.parametrize(("action", "n"), [("name", 1), ("keep", 0), ("no_name", 0)])
def test_judged_name_is_masked_or_kept_as_decided(talk, action: Action, n: int) -> None:
    found = Mentions((mention(0, 0, 0, *PEKKA),))
    assert len(replacements(talk("Pekka tuli"), found, judged(table(PEKKA), PEKKA, action))) == n


def test_no_name_inside_one_that_is_kept(talk) -> None:
    found = Mentions((mention(0, 2, 3, *UNIVERSITY),))
    names = judged(table(TOWN, UNIVERSITY), UNIVERSITY, "keep")
    assert replacements(talk("olin siellä Tampereen yliopistossa"), found, names) == ()
    (town,) = replacements(talk("olin Tampereella"), Mentions(()), names)
    assert town.type == "place"


def test_a_part_that_was_found_gives_way_to_the_whole_name(talk) -> None:
    whole: Key = ("person", "pekka virtanen")
    names = table(PEKKA, whole)
    found = Mentions((mention(0, 1, 1, *PEKKA),))
    (only,) = replacements(talk("sanoi Pekka Virtanen silloin"), found, names)
    assert (only.first_word, only.last_word) == (1, 2)
    assert (only.type, only.number) == names.by_name[whole].id


def test_what_was_found_whole_stays(talk) -> None:
    names = table(TOWN, UNIVERSITY)
    found = Mentions((mention(0, 1, 2, *UNIVERSITY),))
    (only,) = replacements(talk("olin Tampereen yliopistossa"), found, names)
    assert (only.type, only.first_word, only.last_word) == ("organisation", 1, 2)


def test_a_mention_that_the_table_lacks_is_never_let_through(talk) -> None:
    with pytest.raises(StudyError) as raised:
        replacements(talk("Aino sanoi"), Mentions((mention(0, 0, 0, "person", "aino"),)), table())
    assert "aino" not in str(raised.value).casefold()
