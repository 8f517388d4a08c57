from __future__ import annotations

import pytest

from pipeline.release.dates import has_date


@pytest.mark.parametrize(
    "text",
    [
        "2015-03-12T10:00",
        "GMT20150312-1200_Recording",
        "12.3.2015",
        "12. 3. 2015",
        "12/03/2015",
        "3/31/2015",
        "12. maaliskuuta 2015",
        "den 12 mars 2015",
        "March 12th, 2015",
    ],
)
def test_a_day_of_a_year(text: str) -> None:
    assert has_date(text, talk=False)


@pytest.mark.parametrize(
    "text",
    [
        "2015",
        "maaliskuussa 2015",
        "12.3.",
        "G01-S01-T20150312",  # the id of a turn
        "aa20150312ff",  # part of a digest
        "1.2.3 0.15.0 3.11.14",  # versions of programs
        "1234.5678",
    ],
)
def test_no_day_of_a_year(text: str) -> None:
    assert not has_date(text, talk=False)


def test_short_years_are_dates_in_talk() -> None:
    assert has_date("se oli 12.3.15 kai", talk=True)
