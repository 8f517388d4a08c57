"""Which secret opens the key, and that none is ever passed over or made up."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from keys import NAMES, sealed_by_hand

from pipeline.errors import StudyError
from pipeline.pseudonymisation.key import KeyFile, Secret, find_secret
from pipeline.pseudonymisation.key.file import secret_in_use
from pipeline.study import Study, create


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def other_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VUORO_KEYS", str(tmp_path / "other home" / "keys"))


def test_without_any_choice_this_machine_opens_it_and_a_copy_elsewhere_is_shut(
    path: Path, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    KeyFile(path, find_secret(path)).write(NAMES)
    moved = create(tmp_path / "renamed").private / "names.key"
    moved.write_bytes(path.read_bytes())
    assert KeyFile(moved, find_secret(moved)).read() == NAMES
    (secret,) = keys.iterdir()
    assert mode(secret) == 0o600 and mode(keys) == 0o700

    other_machine(monkeypatch, tmp_path)
    before = moved.read_bytes()
    for act in (KeyFile.read, lambda key: key.write(b"{}")):
        with pytest.raises(StudyError, match="keeps, for the user who made") as error:
            act(KeyFile(moved, find_secret(moved)))
        assert "key change --passphrase" in error.value.remedy
    assert moved.read_bytes() == before
    assert not (tmp_path / "other home").exists()

    monkeypatch.setenv("VUORO_KEY_FILE", str(secret))  # as restored from a backup
    assert KeyFile(moved, find_secret(moved)).read() == NAMES


def test_order_of_the_sources(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret"
    file.write_text("from the file\n")
    assert find_secret(path, lambda: "typed").lock == "machine"
    monkeypatch.setenv("VUORO_KEY_FILE", str(file))
    assert find_secret(path) == Secret("key file", b"from the file", file, find_secret(path).note)
    monkeypatch.setenv("VUORO_PASSPHRASE", "from the environment")
    assert find_secret(path) == Secret("passphrase", b"from the environment")


def test_a_passphrase_may_be_in_a_file_or_typed(
    written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secret"
    file.write_bytes(
        b"\xef\xbb\xbf" + "vanha ja pitka\u0308 tunnuslause\r\n".encode()
    )  # decomposed ä
    assert KeyFile(written, Secret.key_file(file)).read() == NAMES
    typed = find_secret(written, lambda: "vanha ja pitkä tunnuslause")
    assert KeyFile(written, typed).read() == NAMES


def test_a_missing_passphrase_makes_no_machine_key(written: Path, keys: Path) -> None:
    with pytest.raises(StudyError, match="locked with a passphrase, which is not here") as error:
        find_secret(written)
    assert "Set VUORO_PASSPHRASE" in error.value.remedy
    with pytest.raises(StudyError, match="locked with a passphrase"):
        KeyFile(written, Secret.machine()).write(b"{}")
    assert not keys.exists()


def test_a_missing_key_file_is_asked_for(path: Path, tmp_path: Path) -> None:
    path.write_bytes(sealed_by_hand(b"sana", NAMES, lock="key file"))
    with pytest.raises(StudyError, match="locked with a key file, which is not here"):
        find_secret(path, lambda: "typed")


def test_a_passphrase_set_for_a_key_that_the_machine_locked(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must not pass for protection that is not there; the way out works with it set."""
    KeyFile(path, find_secret(path)).write(NAMES)
    monkeypatch.setenv("VUORO_PASSPHRASE", "luulen että tämä suojaa")
    with pytest.raises(StudyError, match="passphrase does not open") as error:
        KeyFile(path, find_secret(path)).read()
    assert "key change" in error.value.remedy
    KeyFile(path, secret_in_use(path)).change(find_secret(path))
    assert KeyFile(path, find_secret(path)).read() == NAMES


@pytest.mark.parametrize(
    ("content", "problem"), [(None, "not there"), (b"", "empty"), (b"\n", "empty")]
)
def test_a_key_file_without_a_secret(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, problem: str
) -> None:
    file = tmp_path / "Äijö Nieminen.secret"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("VUORO_KEY_FILE", str(file))
    with pytest.raises(StudyError, match=f"key file is {problem}") as error:
        find_secret(path)
    assert "Nieminen" not in str(error.value)


def test_an_empty_passphrase_is_a_mistake_not_a_choice(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VUORO_PASSPHRASE", "")
    with pytest.raises(StudyError, match="empty"):
        find_secret(path)


def test_a_key_file_that_others_can_read_is_noted(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(b"sana")
    file.chmod(0o640)
    has_modes = os.name == "posix"  # Windows has none
    assert ("chmod 600" in Secret.key_file(file).note) is has_modes
    file.chmod(0o600)
    assert Secret.key_file(file).note == ""


def test_a_secret_inside_the_study_would_travel_with_it(
    path: Path, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = study.root / "secret"
    file.write_bytes(b"sana")
    with pytest.raises(StudyError, match="inside the study"):
        KeyFile(path, Secret.key_file(file)).write(NAMES)
    monkeypatch.setenv("VUORO_KEYS", str(study.private / "keys"))
    with pytest.raises(StudyError, match="inside the study"):
        KeyFile(path, Secret.machine()).write(NAMES)
    assert not path.exists() and not (study.private / "keys").exists()
