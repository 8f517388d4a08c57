"""``vuoro key``: what it says, what it refuses, and what a person types."""

from __future__ import annotations

import csv
import json
import os
import pty
import re
import select
import stat
import sys
from pathlib import Path

import pytest
from keys import NAMES
from typer.testing import CliRunner, Result

from pipeline.commands.key import app
from pipeline.errors import StudyError
from pipeline.pseudonymisation.key import KeyFile, Secret, find_secret, own
from pipeline.pseudonymisation.key.file import header_of
from pipeline.study import Study, create, locks

PASSPHRASE = "neljä tai viisi sanaa"


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A study whose key this machine has locked, as ``vuoro run`` leaves it."""
    for name in ("VUORO_PASSPHRASE", "VUORO_KEY_FILE", "VUORO_NEW_PASSPHRASE", "VUORO_STUDY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VUORO_KEYS", str(tmp_path / "home" / "keys"))
    study = create(tmp_path / "eMessi2")
    KeyFile(key(study), Secret.machine()).write(NAMES)
    return study


def key(study: Study) -> Path:
    return study.private / "names.key"


def run(study: Study, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, [*arguments, "--study", str(study.root)], input=typed)


def failed(study: Study, *arguments: str) -> str:
    """What a command says that must fail with an error of ours and leave the key as it was."""
    before = key(study).read_bytes()
    result = run(study, *arguments)
    assert isinstance(result.exception, StudyError)
    assert key(study).read_bytes() == before
    return str(result.exception)


def at_a_terminal(study: Study, *arguments: str, typed: dict[str, str]) -> tuple[int, str]:
    """Run a command in a terminal and type an answer to each question; status and output."""
    child, terminal = pty.fork()
    if child == 0:
        command = "from pipeline.commands.key import app; app()"
        os.execv(
            sys.executable, [sys.executable, "-c", command, *arguments, "--study", str(study.root)]
        )
    shown, waiting = b"", list(typed.items())
    while True:
        assert select.select([terminal], [], [], 60)[0], f"hangs after {shown!r}"
        try:
            shown += os.read(terminal, 4096)
        except OSError:  # how Linux tells that the other side has closed
            break
        if waiting and re.search(waiting[0][0].encode() + rb"[^\n]*: $", shown):
            os.write(terminal, waiting.pop(0)[1].encode() + b"\n")
            shown += b"|"
    os.close(terminal)
    assert not waiting, f"never asked for {waiting[0][0]!r}: {shown!r}"
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode()


# --- show


def test_show_tells_how_and_where_but_not_what(study: Study, tmp_path: Path) -> None:
    shown = run(study, "show").output
    header = header_of(key(study))
    assert header is not None
    secret = tmp_path / "home" / "keys" / f"{header.id}.secret"
    for wanted in (str(key(study)), str(secret), str(header.since), "a secret that vuoro keeps"):
        assert wanted in shown
    assert "Nieminen" not in shown and secret.read_text().strip() not in shown


def test_show_needs_no_secret(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VUORO_KEYS", str(study.root.parent / "nobody"))
    assert "not on this machine" in run(study, "show").output


@pytest.mark.parametrize("command", [["show"], ["change"], ["export", "x"], ["destroy", "--yes"]])
def test_commands_of_the_key_say_that_there_is_none(
    study: Study, tmp_path: Path, command: list[str]
) -> None:
    result = run(create(tmp_path / "new"), *command)
    assert isinstance(result.exception, StudyError)
    assert "no key yet" in str(result.exception)


# --- change


@pytest.mark.parametrize("command", (["show"], ["change"], ["export", "out.csv"]))
def test_a_key_that_is_missing_is_not_taken_for_none(study: Study, command: list[str]) -> None:
    own.protect(study)
    key(study).unlink()
    said = str(run(study, *command).exception)
    assert "names.key is missing" in said and "vuoro key restore" in said


def test_restore_from_a_file_that_is_not_there(study: Study, tmp_path: Path) -> None:
    assert "no such file" in failed(study, "restore", str(tmp_path / "names.key"))


def test_change_to_a_passphrase_by_script(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VUORO_NEW_PASSPHRASE", PASSPHRASE)
    result = run(study, "change", "--passphrase")
    assert result.exit_code == 0
    assert "VUORO_PASSPHRASE" in result.output and "old secret" in result.output
    assert KeyFile(key(study), Secret.passphrase(PASSPHRASE)).read() == NAMES


def test_changing_the_secret_without_a_terminal_names_the_variable(study: Study) -> None:
    assert "VUORO_NEW_PASSPHRASE" in failed(study, "change")


def test_change_to_a_key_file_and_back(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secret"
    file.write_text(PASSPHRASE)
    file.chmod(0o644)
    result = run(study, "change", "--key-file", str(file))
    assert result.exit_code == 0 and "Other users" in result.output
    assert "key file, which is not here" in failed(study, "change", "--machine")
    monkeypatch.setenv("VUORO_KEY_FILE", str(file))
    assert run(study, "change", "--machine").exit_code == 0
    monkeypatch.delenv("VUORO_KEY_FILE")
    assert KeyFile(key(study), find_secret(key(study))).read() == NAMES


def test_change_while_a_passphrase_is_set_already(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VUORO_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("VUORO_NEW_PASSPHRASE", PASSPHRASE)
    assert run(study, "change").exit_code == 0
    assert KeyFile(key(study), find_secret(key(study))).read() == NAMES


def test_one_lock_at_a_time(study: Study) -> None:
    before = key(study).read_bytes()
    assert run(study, "change", "--machine", "--passphrase").exit_code == 2
    assert key(study).read_bytes() == before


@pytest.mark.parametrize("command", ["change", "destroy"])
def test_not_while_a_run_is_at_work(study: Study, command: str) -> None:
    arguments = [command, "--yes"] if command == "destroy" else [command]
    with locks.working(study):
        assert "at work" in failed(study, *arguments)


def test_a_person_changes_the_passphrase(study: Study) -> None:
    asked = {"New passphrase": PASSPHRASE, "Repeat it": PASSPHRASE}
    status, shown = at_a_terminal(study, "change", typed=asked)
    assert status == 0 and PASSPHRASE not in shown
    opened = KeyFile(key(study), Secret.passphrase(PASSPHRASE))
    assert opened.read() == NAMES

    asked = {"Passphrase of this": PASSPHRASE, "New passphrase": "lyhyt", "Repeat it": "lyhyt"}
    status, shown = at_a_terminal(study, "change", "--passphrase", typed=asked)
    assert status == 0 and "short enough to guess" in shown and "lyhyt" not in shown
    assert KeyFile(key(study), Secret.passphrase("lyhyt")).read() == NAMES


# --- export


def test_export_as_json_is_what_the_key_holds(study: Study, tmp_path: Path) -> None:
    out = tmp_path / "names.json"
    result = run(study, "export", str(out))
    assert result.exit_code == 0 and "identifies everyone" in result.output
    assert out.read_bytes() == NAMES
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_export_as_csv(study: Study, tmp_path: Path) -> None:
    rows = [
        {"type": "person", "entity": "Äijö", "number": 7, "variants": ["Äijä", "Äijön"]},
        {"type": "place", "entity": "Oulu; keskusta", "number": 2, "decision": {"by": "minä"}},
    ]
    KeyFile(key(study), Secret.machine()).write(json.dumps({"entities": rows}).encode())
    out = tmp_path / "names.csv"
    assert run(study, "export", str(out)).exit_code == 0
    with out.open(encoding="utf-8-sig", newline="") as stream:
        read = list(csv.DictReader(stream))
    assert out.read_bytes()[:3] == b"\xef\xbb\xbf"
    assert read[0] == {
        **{"type": "person", "entity": "Äijö", "number": "7"},
        **{"variants": "Äijä | Äijön", "decision": ""},
    }
    assert read[1]["entity"] == "Oulu; keskusta" and read[1]["decision"] == '{"by": "minä"}'


def test_export_of_something_else_than_a_table(study: Study, tmp_path: Path) -> None:
    KeyFile(key(study), Secret.machine()).write(b'["Nieminen"]')
    assert "Nieminen" not in failed(study, "export", str(tmp_path / "names.csv"))
    assert not (tmp_path / "names.csv").exists()


@pytest.mark.parametrize("folder", ["dataset", "quarantine", "inbox/a-group", "codebooks", "."])
def test_export_nowhere_in_the_study_but_private(study: Study, tmp_path: Path, folder: str) -> None:
    place = study.root / folder
    place.mkdir(exist_ok=True)
    link = tmp_path / "link"
    link.symlink_to(place)
    for out in (place / "names.json", link / "names.json"):
        assert "private/ only" in failed(study, "export", str(out))
        assert not out.exists()
    assert run(study, "export", str(study.private / "names-in-clear.json")).exit_code == 0


def test_export_by_a_link_out_of_the_study_leaves_nothing_in_it(
    study: Study, tmp_path: Path
) -> None:
    link = study.dataset / "link.json"
    link.symlink_to(tmp_path / "names.json")
    assert run(study, "export", str(link)).exit_code == 0
    assert link.is_symlink() and (tmp_path / "names.json").read_bytes() == NAMES


def test_export_overwrites_nothing(study: Study) -> None:
    assert "already" in failed(study, "export", str(key(study)))


def test_export_with_a_wrong_passphrase(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VUORO_PASSPHRASE", PASSPHRASE)
    assert PASSPHRASE not in failed(study, "export", str(tmp_path / "names.json"))
    assert not (tmp_path / "names.json").exists()


# --- destroy


def test_destroy_says_what_it_means_and_wants_the_name(study: Study) -> None:
    kept = study.recordings / "R01"
    kept.mkdir()
    result = run(study, "destroy", typed="emessi\n")
    assert result.exit_code == 1 and key(study).exists()
    for meant in ("still identify", "new numbers", "backups", "cannot be undone", "eMessi2"):
        assert meant in result.output
    assert run(study, "destroy", typed="").exit_code == 1
    assert key(study).exists()
    assert run(study, "destroy", typed="eMessi2\n").exit_code == 0
    assert not key(study).exists() and kept.is_dir()


def test_destroy_by_script(study: Study, tmp_path: Path) -> None:
    result = run(study, "destroy", "--yes")
    assert result.exit_code == 0 and "still identify" in result.output
    assert list((tmp_path / "home" / "keys").iterdir()) == []
    assert find_secret(key(study)).lock == "machine"


def test_destroy_leaves_no_half_written_copy(study: Study) -> None:
    left = study.private / ".vuoro-abc.pending"
    left.write_bytes(key(study).read_bytes())
    assert run(study, "destroy", "--yes").exit_code == 0
    assert not left.exists()
