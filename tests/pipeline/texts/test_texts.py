"""Texts in Finnish and English: values, plurals, senses, and what a catalogue costs."""

from __future__ import annotations

import pickle
import subprocess
import sys

from pipeline.texts import Text, both, counted, sense


def test_a_text_is_english_unless_another_language_is_asked_for() -> None:
    text = Text("Session {session_id} needs a look.").filled(session_id="G07-S03")
    assert str(text) == f"{text}" == text.to("en") == "Session G07-S03 needs a look."
    assert text.to("fi") == "Istunto G07-S03 on tarkistettava."


def test_a_value_may_be_a_text_or_several() -> None:
    text = Text("The talk sounds like {language} ({code}); expected: {expected}.")
    heard = text.filled(language=Text("German"), code="de", expected=(Text("Finnish"), "x"))
    assert heard.to("en") == "The talk sounds like German (de); expected: Finnish, x."
    assert heard.to("fi") == "Puheen kieli kuulostaa olevan saksa (de); odotettu: suomi, x."


def test_a_finnish_number_has_a_decimal_comma() -> None:
    text = Text("{missing_s:.1f} s are missing").filled(missing_s=3.14159)
    assert (text.to("fi"), text.to("en")) == ("3,1 s puuttuu", "3.1 s are missing")


def test_a_number_chooses_its_form_in_each_language() -> None:
    text = counted(
        "replaced by a pseudonym ({n} mention)", "replaced by a pseudonym ({n} mentions)"
    )
    assert [text.filled(n=n).to("en").rpartition("(")[2] for n in (0, 1, 2)] == [
        "0 mentions)", "1 mention)", "2 mentions)",
    ]  # fmt: skip
    assert [text.filled(n=n).to("fi").rpartition("(")[2] for n in (0, 1, 2)] == [
        "0 mainintaa)", "1 maininta)", "2 mainintaa)",
    ]  # fmt: skip


def test_one_english_word_has_several_finnish_ones() -> None:
    assert sense("to", "the floor goes from … to").to("fi") == "henkilölle"
    assert str(sense("to", "the floor goes from … to")) == "to"


def test_both_languages_stand_side_by_side() -> None:
    assert both("meeting") == Text("meeting").both == "tapaaminen / meeting"


def test_what_is_in_no_catalogue_stays_english() -> None:
    assert Text("G07-S03").to("fi") == "G07-S03"
    assert Text().to("fi") == str(Text()) == ""


def test_a_text_with_braces_and_no_values_is_left_alone() -> None:
    assert str(Text("{session_id}")) == "{session_id}"


def test_texts_pass_between_processes() -> None:
    text = Text("Language: {language}.").filled(language=Text("Finnish"))
    assert pickle.loads(pickle.dumps(text)).to("fi") == "Kieli: suomi."


def test_help_reads_no_catalogue() -> None:
    script = (
        "import sys; sys.argv = ['vuoro', '--help']\n"
        "from pipeline.commands.cli import main\n"
        "from pipeline import texts\n"
        "try: main()\n"
        "finally: assert texts._catalogue.cache_info().currsize == 0\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0 and "Usage" in done.stdout, done.stderr
