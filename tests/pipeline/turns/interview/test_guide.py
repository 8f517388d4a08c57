from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.study import Study, create
from pipeline.turns.interview.guide import Guide, Question, load, parsed

GUIDE = """\
# Alku

1. Miten tulitte mukaan?
   - Kuka kertoi?
   Mitä odotitte?
3) Mitä teemoja oli?
3a) Puuttuiko jokin?
3.2 Mikä oli paras?
b) Entä huonoin?
- Miksi?
12: 5 vuoden päästä, missä olette?
"""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return create(tmp_path)


def test_numbers_and_probes() -> None:
    assert parsed(GUIDE) == Guide(
        (
            Question(1, "Miten tulitte mukaan?", ("Kuka kertoi?", "Mitä odotitte?")),
            Question(
                3,
                "Mitä teemoja oli?",
                ("Puuttuiko jokin?", "Mikä oli paras?", "Entä huonoin?", "Miksi?"),
            ),
            Question(12, "5 vuoden päästä, missä olette?"),
        )
    )


def test_without_numbers_they_are_counted() -> None:
    guide = parsed("Miten?\n\n  - Miksi?\nMilloin?\n2a) Mihin aikaan?\n5 vuoden päästä?")
    assert guide == Guide(
        (
            Question(1, "Miten?", ("Miksi?",)),
            Question(2, "Milloin?", ("Mihin aikaan?",)),
            Question(3, "5 vuoden päästä?"),
        )
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "holds no question"),
        ("# Vain otsikko\n", "holds no question"),
        ("1. Salaisuus?\n\n1. Salaisuus?", "Line 3 .* has the number of a question above it"),
        ("1. Salaisuus?\nSalaisuus?", "Line 2 .* has no number in front"),
        ("Salaisuus?\n2. Salaisuus?", "Line 2 .* has a number in front"),
        ("0. Salaisuus?", "Line 1 .* has the number 0"),
        ("- Salaisuus?", "Line 1 .* none stands above it"),
        ("   Salaisuus?", "Line 1 .* none stands above it"),
        ("1. Salaisuus?\n2. Salaisuus?\n1a. Salaisuus?", "Line 3 .* does not stand above it"),
        ("1. Salaisuus?\n2.", "Line 2 .* has no words"),
        ("1. Salaisuus?\n- …", "Line 2 .* has no words"),
    ],
)
def test_what_is_wrong_is_said_without_the_words(text: str, what: str) -> None:
    with pytest.raises(StudyError, match=what) as caught:
        parsed(text)
    assert caught.value.remedy
    assert "Salaisuus" not in str(caught.value)


def test_guide_of_the_group_before_that_of_the_study(study: Study) -> None:
    assert load(study, "G07") is None
    (study.private / "interview_guide.txt").write_text("\ufeffMitä?\r\nMiten?\r\n", "utf-8")
    (study.private / "guides").mkdir()
    (study.private / "guides" / "G08.txt").write_text("4. Miksi?", "utf-8")
    assert load(study, "G07") == Guide((Question(1, "Mitä?"), Question(2, "Miten?")))
    assert load(study, "G08") == Guide((Question(4, "Miksi?"),))


def test_other_encodings_are_refused(study: Study) -> None:
    (study.private / "interview_guide.txt").write_bytes("Mitä?".encode("latin-1"))
    with pytest.raises(StudyError, match="UTF-8"):
        load(study, "G07")
