"""Service definitions for three systems, read back by what reads them."""

from __future__ import annotations

import os
import plistlib
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pipeline.commands import service as command
from pipeline.commands.durations import Duration
from pipeline.operations.service import install as installing
from pipeline.operations.service.definitions import Service, launchd, systemd, task_scheduler
from pipeline.study import create

HARD = Service(
    study=Path("/data/my study"),
    command=[sys.executable, "-c", 'print("100 % $HOME")', "--study", "/data/my study"],
    environment={"VUORO_KEYS": "/keys of mine/50%"},
)
NAMESPACE = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}


def test_the_name_is_of_the_study_and_does_not_show_it() -> None:
    other = Service(Path("/data/other"), [], {})
    assert HARD.name != other.name
    assert HARD.name == Service(HARD.study, [], {}).name
    assert "study" not in HARD.name


def test_systemd_unit(tmp_path: Path) -> None:
    text = systemd(HARD)
    assert (
        'ExecStart="' + sys.executable + '" "-c" "print(\\"100 %% $$HOME\\")" "--study" '
        '"/data/my study"\n'
    ) in text
    assert 'Environment="VUORO_KEYS=/keys of mine/50%%"\n' in text
    assert "WantedBy=default.target" in text
    if shutil.which("systemd-analyze"):  # what Linux itself says of it
        unit = tmp_path / "vuoro-test.service"
        unit.write_text(text, encoding="utf-8")
        checked = subprocess.run(
            ["systemd-analyze", "--user", "verify", str(unit)],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)},
        )
        assert "vuoro-test" not in checked.stderr, checked.stderr


def test_launchd_agent() -> None:
    agent = plistlib.loads(launchd(HARD))
    assert agent["ProgramArguments"] == HARD.command
    assert agent["EnvironmentVariables"] == HARD.environment
    assert agent["KeepAlive"] == {"SuccessfulExit": False}  # `vuoro down` is no failure


def test_task_of_windows() -> None:
    root = ElementTree.fromstring(task_scheduler(HARD).replace('encoding="UTF-16"', ""))
    run = root.find("t:Actions/t:Exec", NAMESPACE)
    assert run is not None
    assert run.findtext("t:Command", namespaces=NAMESPACE) == HARD.command[0]
    words = run.findtext("t:Arguments", namespaces=NAMESPACE)
    assert words is not None
    assert words.endswith('--study "/data/my study"')
    assert root.findtext("t:Settings/t:ExecutionTimeLimit", namespaces=NAMESPACE) == "PT0S"


def test_line_of_a_crontab() -> None:
    when, program, *words = shlex.split(installing.cron_line(HARD).replace("\\%", "%"))
    assert (when, program) == ("@reboot", "env")
    assert words == ["VUORO_KEYS=/keys of mine/50%", *HARD.command]
    assert installing.cron_line(HARD).count("%") == installing.cron_line(HARD).count("\\%") == 2


@pytest.fixture
def without_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(installing, "has_systemd", lambda: False)


@pytest.mark.usefixtures("without_systemd")
def test_install_status_remove(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = create(tmp_path / "study")
    command.install(study, Duration("10m"), 4, 4300)
    said = capsys.readouterr().out
    if sys.platform == "linux":
        assert "has no systemd" in said
        assert "@reboot" in said
    [file] = [f for f in tmp_path.rglob("vuoro-*") if f.is_file()]
    written = file.read_bytes()
    for word in (b"--foreground", b"10m", b"4300", str(study.root).encode()):
        assert word in written
    command.status(study)
    assert str(file) in capsys.readouterr().out
    command.remove(study)
    assert not file.exists()
    command.remove(study)
    assert "has no service" in capsys.readouterr().out
