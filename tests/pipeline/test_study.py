"""What a study knows of itself besides its paths."""

from __future__ import annotations

from pathlib import Path

import pytest

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
