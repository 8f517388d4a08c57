"""The machine's environment stays outside: proxies, the user's own Prefect, PYTHONPATH, locales."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pretended import inbox_study
from runs import COMMAND, environment

from flows.server import serving
from pipeline.errors import StageCrashError
from pipeline.study import Study, create

NOWHERE = "http://127.0.0.1:9"
HOSTILE = {
    **dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"), NOWHERE),
    "ALL_PROXY": "socks5h://127.0.0.1:9",  # for which a client would want another package
    "PREFECT_API_URL": f"{NOWHERE}/api",
    "PREFECT_API_KEY": "another's",
    "PREFECT_PROFILE": "no such profile",
    "HF_ENDPOINT": NOWHERE,
    "PYTHONWARNINGS": "error",
}
PROFILES = f'active = "mine"\n[profiles.mine]\nPREFECT_API_URL = "{NOWHERE}/api"\n'
ENCODINGS: list[dict[str, str]] = [
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "cp1252"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
]


def command(study: Study, *words: str, cwd: Path | None = None, **env: str) -> str:
    done = subprocess.run(
        [*COMMAND, *words, "--study", str(study.root)],
        env=environment(**env),
        cwd=cwd,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Of a user of Prefect, who is in a folder with settings of it."""
    home = tmp_path / "home"
    (home / ".prefect").mkdir(parents=True)
    (home / ".prefect" / "profiles.toml").write_text(PROFILES, encoding="utf-8")
    (home / ".env").write_text(f"PREFECT_API_URL={NOWHERE}/api\n", encoding="utf-8")
    (home / "prefect.toml").write_text(f'[api]\nurl = "{NOWHERE}/api"\n', encoding="utf-8")
    return home


@pytest.mark.faults
def test_up_is_up_whatever_the_environment_says(tmp_path: Path, home: Path) -> None:
    study = create(tmp_path / "study")
    try:
        assert "Up. See what runs" in command(
            study, "up", "--every", "5s", cwd=home, **HOSTILE, HOME=str(home)
        )
        assert (study.prefect_home / "worker.ready").exists()
    finally:
        assert "Down." in command(study, "down")
    assert [*(home / ".prefect").iterdir()] == [home / ".prefect" / "profiles.toml"]


@pytest.mark.faults
def test_up_is_not_up_if_its_worker_dies(tmp_path: Path) -> None:
    study = create(tmp_path / "study")
    study.settings_file.write_text("", encoding="utf-8")
    (study.private / "prefect").mkdir()
    (study.private / "prefect" / "worker.log").mkdir()  # nothing can be written there
    done = subprocess.run(
        [*COMMAND, "up", "--study", str(study.root)],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Up. See what runs" not in done.stdout


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_status_in_any_encoding(tmp_path: Path, encoding: dict[str, str]) -> None:
    study = inbox_study(tmp_path / "study")
    (study.inbox / "ryhmä" / "Äänite 🎉.wav").write_bytes(b"RIFF")
    assert "nite" in command(study, "status", **encoding)


def test_modules_of_others_come_after_ours(tmp_path: Path) -> None:
    """As after `module load`: a whole site-packages, with an older package of the same name."""
    (tmp_path / "typer.py").write_text("raise ImportError('another one')", encoding="utf-8")
    (tmp_path / "only_theirs.py").touch()
    code = "import pipeline.commands.cli, only_theirs, os; print('PYTHONPATH' in os.environ)"
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(PYTHONPATH=path, PYTHONWARNINGS="error"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "False\n", done.stderr


def test_prefect_is_loaded_without_a_grammar_of_web_addresses() -> None:
    """What makes it quick, without timing it."""
    code = (
        "import sys, pipeline, prefect.flows, jsonschema\n"
        "print([m for m in ('rfc3987_syntax', 'lark') if sys.modules.get(m)])"
    )
    command = [sys.executable, "-W", "ignore", "-c", code]
    process = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    assert process.stdout.strip() == "[]"


def test_another_server_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StageCrashError, match="does not answer"), serving(tmp_path, NOWHERE):
        pass


def test_only_the_study_names_another_server(tmp_path: Path) -> None:
    study = create(tmp_path)
    assert study.settings().machine.prefect_api_url is None
    study.settings_file.write_text(
        '[machine]\nprefect_api_url = "http://127.0.0.1:4200/api"\n', encoding="utf-8"
    )
    assert study.settings().machine.prefect_api_url == "http://127.0.0.1:4200/api"
