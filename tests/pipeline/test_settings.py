"""Settings: vuoro.toml alone changes results; mistakes are named in one sentence."""

import tomllib
from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import KEYS, Settings
from pipeline.settings.file import as_toml, changed, load, parsed, read


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    file = tmp_path / "vuoro.toml"
    file.write_text('[turns]\nlapse_s = 5.0\n[transcription]\nlanguage = "fi"\n', encoding="utf-8")
    return file


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load(tmp_path / "vuoro.toml").turns.lapse_s == 8.0


def test_a_value_comes_from_the_machines_environment_the_file_or_the_default(
    toml: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VUORO_MACHINE__THREADS", "2")
    found = read(toml)
    assert (found.settings.machine.threads, found.settings.turns.lapse_s) == (2, 5.0)
    origins = {name: found.origin(key) for name, key in KEYS.items()}
    assert {name: origin for name, origin in origins.items() if origin != "default"} == {
        "turns.lapse_s": "vuoro.toml, line 2",
        "transcription.language": "vuoro.toml, line 4",
        "machine.threads": "environment variable VUORO_MACHINE__THREADS",
    }


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("VUORO_TURNS__LAPSE_S", "0.3", "only vuoro.toml.* `vuoro settings turns.lapse_s=VALUE`"),
        ("vuoro_turns__lapse_s", "0.3", "only vuoro.toml.* `vuoro settings turns.lapse_s=VALUE`"),
        ("VUORO_TURNS", '{"lapse_s": 0.3}', "VUORO_TURNS is refused.* `vuoro settings KEY=VALUE`"),
        ("VUORO_TRUNS__LAPSE_S", "0.3", "VUORO_TRUNS__LAPSE_S is refused"),
        ("VUORO_MACHINE__THREAD", "1", "VUORO_MACHINE__THREAD names no setting"),
        ("VUORO_MACHINE__THREADS", "no", r"VUORO_MACHINE__THREADS\): it must be a whole number"),
    ],
)
def test_an_environment_variable_changes_no_result(
    toml: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=said):
        load(toml)


def test_variables_that_are_no_settings_are_left_alone(
    toml: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("VUORO_STUDY", "VUORO_KEYS", "VUORO_KEY_FILE", "VUORO_MODELS", "VUORO_PASSPHRASE"):
        monkeypatch.setenv(name, "x")
    assert load(toml).turns.lapse_s == 5.0


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("turns.lapse", "5", "no setting 'turns.lapse'. Did you mean 'turns.lapse_s'?"),
        ("lapse_s", "1", "no setting 'lapse_s'. Did you mean 'turns.lapse_s'?"),
        ("qqq", "1", "List them with `vuoro settings`"),
        ("turns.lapse_s", "long", "turns.lapse_s: it must be a number"),
        ("turns.lapse_s", "-1", "turns.lapse_s: it must be greater than 0"),
        ("machine.device", "gpu", "machine.device: it must be 'auto', 'cpu' or 'cuda'"),
        ("transcription.language", "xx", "transcription.language: .*xx"),
    ],
)
def test_a_mistake_is_named(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        changed("", {name: value})


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("turns.lapse_s", "5", "lapse_s = 5.0"),
        ("transcription.beam_size", "2", "beam_size = 2"),
        ("transcription.languages", "fi,sv", 'languages = ["fi", "sv"]'),
        ("transcription.languages", '["fi"]', 'languages = ["fi"]'),
        ("transcription.languages", "[]", "languages = []"),
        ("transcription.model", r'C:\models\"fi"', r'model = "C:\\models\\\"fi\""'),
    ],
)
def test_a_value_is_written_as_toml_below_its_explanation(name: str, value: str, line: str) -> None:
    text = changed(as_toml(), {name: value})
    before = as_toml().splitlines()
    after = text.splitlines()
    at = after.index(line)
    assert [*after[:at], *after[at + 1 :]] == before
    assert after[at - 1].startswith(f"#{name.partition('.')[2]} = ")
    assert changed(text, {}, [name]) == as_toml()


def test_a_file_that_no_command_can_change_says_so() -> None:
    with pytest.raises(SettingsError, match="in an editor"):
        changed("turns = {lapse_s = 5}\n", {"turns.lapse_s": "6"})


def test_a_wrong_value_can_be_corrected_by_its_key() -> None:
    text = "[turns]\nlapse_s = -1 # too short\n"
    assert changed(text, {"turns.lapse_s": "3"}) == "[turns]\nlapse_s = 3.0 # too short\n"
    with pytest.raises(SettingsError, match=r"turns.lapse_s \(line 2 of vuoro.toml\)"):
        changed(text, {"transcription.beam_size": "2"})


def test_the_digest_is_of_what_changes_every_session() -> None:
    plain = parsed("").settings.digest
    assert parsed("[turns]\nlapse_s = 5").settings.digest != plain
    for text in ("[machine]\nthreads = 1", '[transcription]\nlanguage = "fi"'):
        assert parsed(text).settings.digest == plain


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
        (
            b"[turns]\nlapse = 5",
            r"turns.lapse \(line 2 of .* no such setting .did you mean 'lapse_s'",
        ),
        (b"\n[truns]\nlapse_s = 5", r"truns \(line 2 of .* no such setting .did you mean 'turns'"),
        (b"turns.lapse_s = -1", r"turns.lapse_s \(line 1 of vuoro.toml\): it must be greater"),
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
    assert Settings(**tomllib.loads(active)).model_dump() == Settings().model_dump()


def test_every_setting_is_explained() -> None:
    for section in Settings.model_fields.values():
        assert section.annotation is not None and section.annotation.__doc__
        for option in section.annotation.model_fields.values():
            assert option.description
