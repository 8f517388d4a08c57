"""What flags say: in both languages, with what they name filled in, the gravest first."""

from __future__ import annotations

from typing import Any

import pytest
from example_expected import EXPECTED

from pipeline.tables.flags import FLAGS, flag_of, looked_for, meanings, remarks
from pipeline.texts import Language

ROW: dict[str, Any] = EXPECTED["sessions"][0]


@pytest.mark.parametrize("flag", FLAGS)
@pytest.mark.parametrize("language", ["fi", "en"])
def test_every_flag_says_what_is_the_matter_and_what_to_do(flag: str, language: Language) -> None:
    [remark] = remarks(ROW | {"flags": [flag]})
    said = remark.sentence(language)
    assert said[0].isupper() and said.endswith(".") and "{" not in said
    assert remark.level == "note" or remark.do(language)
    assert flag_of(flag).do.filled(session_id="G01-S01").to(language) == remark.do(language)
    assert "{" not in flag_of(flag).what.to(language)
    assert f"{flag} (" in meanings(language)


def test_the_gravest_comes_first() -> None:
    row = ROW | {"flags": ["separate_tracks", "no_speech", "truncated"]}
    assert [remark.id for remark in remarks(row)] == ["no_speech", "truncated", "separate_tracks"]
    assert remarks(row)[1].sentence("en") == (
        "The recording breaks off: 2.0 s are missing. Copy the file again if there is a whole copy."
    )
    assert looked_for(row["flags"]) == {"no_speech"}


def test_an_amount_that_is_not_known_is_left_out() -> None:
    [remark] = remarks(ROW | {"flags": ["truncated"], "missing_s": 0.0})
    assert remark.what("fi") == "Tallenne katkeaa kesken."


def test_of_a_silent_session_it_is_not_said_twice_that_nobody_speaks() -> None:
    row = ROW | {"flags": ["silent", "no_speech"]}
    assert [remark.id for remark in remarks(row)] == ["silent"]
    assert looked_for(row["flags"]) == {"silent", "no_speech"}


def test_the_language_is_named_by_its_name() -> None:
    [remark] = remarks(ROW | {"flags": ["language_unsure"], "language": "sv"})
    assert remark.sentence("fi").startswith("Kieli on epävarma: ruotsi.")
    assert "vuoro session G01-S01 --language" in remark.sentence("en")


def test_a_flag_of_another_version_is_shown_by_its_id() -> None:
    [remark] = remarks(ROW | {"flags": ["tilted"]})
    assert (remark.level, remark.sentence("en")) == ("note", "Tilted.")
