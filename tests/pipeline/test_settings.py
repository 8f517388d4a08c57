"""Settings: file, then environment, then command line; mistakes named in one sentence."""

import tomllib
from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import Settings, as_toml, load


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    file = tmp_path / "vuoro.toml"
    file.write_text('[turns]\nlapse_s = 5.0\n[transcription]\nlanguage = "fi"\n', encoding="utf-8")
    return file


def test_without_a_file_the_defaults_hold() -> None:
    assert load(None).turns.lapse_s == 8.0


def test_command_line_over_environment_over_file(
    toml: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load(toml).turns.lapse_s == 5.0
    monkeypatch.setenv("VUORO_TURNS__LAPSE_S", "6")
    assert load(toml).turns.lapse_s == 6.0
    settings = load(toml, {"turns.lapse_s": "7"})
    assert settings.turns.lapse_s == 7.0
    assert settings.transcription.language == "fi"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("turns.lapse", "5", "turns.lapse"),
        ("turns.lapse_s", "long", "turns.lapse_s"),
        ("turns.lapse_s", "-1", "turns.lapse_s"),
        ("nonsense.key", "1", "nonsense"),
        ("lapse_s", "1", "section.key=value"),
    ],
)
def test_a_mistake_is_named(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load(None, {name: value})


def test_a_file_that_is_no_toml(tmp_path: Path) -> None:
    (tmp_path / "vuoro.toml").write_text("[turns\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="not valid TOML"):
        load(tmp_path / "vuoro.toml")


def test_the_written_file_holds_the_defaults_once_its_lines_are_made_active() -> None:
    active = "\n".join(
        line[1:] if line.startswith("#") and not line.startswith("# ") else line
        for line in as_toml().splitlines()
        if not line.endswith("= ")  # a setting without a default has no value to write
    )
    assert Settings(**tomllib.loads(active)).model_dump() == load(None).model_dump()


def test_every_setting_is_explained() -> None:
    for section in Settings.model_fields.values():
        assert section.annotation is not None and section.annotation.__doc__
        for option in section.annotation.model_fields.values():
            assert option.description
