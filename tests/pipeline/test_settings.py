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


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("# äiti\n".encode("latin-1"), "vuoro.toml is not saved as UTF-8: see line 1"),
        ("[turns]\n".encode("utf-16"), "vuoro.toml is saved as UTF-16"),
        (b"[turns]\nlapse_s = [", "vuoro.toml is not valid TOML .*: see line 2"),
        (b"[turns]\nlapse_s = " + b"9" * 5_000, "vuoro.toml .*: see line 2"),
        (b"[turns]\nlapse = 5", r"turns.lapse \(line 2 of vuoro.toml\): there is no such setting"),
        (b"\n[truns]\nlapse_s = 5", r"truns \(line 2 of vuoro.toml\): there is no such setting"),
        (b"turns.lapse_s = -1", r"turns.lapse_s \(line 1 of vuoro.toml\): input should be greater"),
        (b"turns.lapse_s = inf", r"turns.lapse_s \(line 1 of vuoro.toml\): .* finite number"),
        (b'transcription.languages = "fi"', "it must be a list in brackets"),
        (b"turns = 5", r"turns \(line 1 of vuoro.toml\): it must be a table"),
    ],
)
def test_what_is_wrong_in_the_file_is_named_by_line(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "vuoro.toml").write_bytes(data)
    with pytest.raises(SettingsError, match=said):
        load(tmp_path / "vuoro.toml")


def test_a_byte_order_mark_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    (tmp_path / "vuoro.toml").write_bytes(b"\xef\xbb\xbf[turns]\r\nlapse_s = 5.0\r\n")
    assert load(tmp_path / "vuoro.toml").turns.lapse_s == 5.0


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
