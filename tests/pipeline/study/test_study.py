"""What a study knows of itself besides its paths."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from changed import settings_if

from pipeline.errors import StudyError
from pipeline.study import create


def test_the_glossary_is_one_term_a_line(tmp_path: Path) -> None:
    study = create(tmp_path)
    assert study.glossary() == []
    text = "\ufeffKeski-Savon Omaiset ry\r\n\n# työpaikat\n  Lehtosalo \nLehtosalo\n"
    study.glossary_file.write_text(text, encoding="utf-8")
    assert study.glossary() == ["Keski-Savon Omaiset ry", "Lehtosalo"]


def test_a_glossary_in_another_encoding_is_refused_without_its_words(tmp_path: Path) -> None:
    study = create(tmp_path)
    study.glossary_file.write_bytes("Äijälä".encode("latin-1"))
    with pytest.raises(StudyError, match="UTF-8") as caught:
        study.glossary()
    assert "ij" not in str(caught.value)


def rights(*folders: Path) -> list[int]:
    return [stat.S_IMODE(folder.stat().st_mode) for folder in folders]


def test_what_identifies_people_is_for_the_owner_alone(tmp_path: Path) -> None:
    study = create(tmp_path)
    assert rights(study.private, study.quarantine, study.inbox) == [0o700] * 3
    study.inbox.chmod(0o755)
    study.protect(study.settings().intake)
    assert rights(study.inbox) == [0o700]


def test_a_setting_opens_the_inbox_to_the_team(tmp_path: Path) -> None:
    study = create(tmp_path)
    study.protect(settings_if(study, {"intake.inbox": "team"}).intake)
    assert rights(study.private, study.quarantine, study.inbox) == [0o700, 0o700, 0o2770]
