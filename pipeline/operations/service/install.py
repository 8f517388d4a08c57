"""Install and remove a service."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import StudyError
from pipeline.operations.service.definitions import Service, launchd, systemd, task_scheduler
from pipeline.storage.disk import os_errors, write_atomically
from pipeline.study import Study

KEPT_VARIABLES = ("VUORO_KEYS", "VUORO_KEY_FILE", "VUORO_MODELS")


@dataclass(frozen=True, slots=True)
class Installed:
    """The file of a service, and what its user must know or type, a line each."""

    file: Path
    notes: tuple[str, ...]


def service_of(study: Study, options: Sequence[str] = ()) -> Service:
    """Return the service of a study: `vuoro up` with these options, run by the present Python."""
    code = "from pipeline.commands.cli import main; main()"
    command = [sys.executable, "-W", "ignore", "-P", "-c", code, "up", "--foreground", *options]
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return Service(study.root, [*command, "--study", str(study.root)], kept)


def install(study: Study, service: Service) -> Installed:
    """Write the service's definition and, on Linux with systemd, start it.

    Raises StudyError if systemd refuses, TransientError where the file cannot be written.
    """
    file = file_of(study, service)
    with os_errors("writing the service"):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, _definition(service))
    if sys.platform == "darwin":
        return Installed(file, (f"Load it with: launchctl bootstrap gui/{os.getuid()} '{file}'",))
    if os.name == "nt":
        return Installed(
            file, (f'Load it with: schtasks /Create /TN {service.name} /XML "{file}"',)
        )
    if not has_systemd():
        return Installed(
            file,
            (
                "This machine has no systemd for its users. To start vuoro at boot, add this line "
                "to your crontab (crontab -e):",
                cron_line(service),
            ),
        )
    for words in (("daemon-reload",), ("enable", "--now", file.name)):
        _systemctl(*words)
    return Installed(
        file,
        (
            "It runs while you are logged in. To run it from boot and after you log out, type "
            "once: loginctl enable-linger",
        ),
    )


def remove(study: Study, service: Service) -> Installed | None:
    """Remove the service; None if there is none. Raises StudyError if systemd refuses."""
    file = file_of(study, service)
    if not file.exists():
        return None
    notes: tuple[str, ...] = ()
    if sys.platform == "darwin":
        notes = (f"Unload it with: launchctl bootout gui/{os.getuid()}/{service.name}",)
    elif os.name == "nt":
        notes = (f"Unload it with: schtasks /Delete /TN {service.name}",)
    elif has_systemd():
        _systemctl("disable", "--now", file.name)
    else:
        notes = ("If you added its line to your crontab, remove it with crontab -e.",)
    with os_errors("removing the service"):
        file.unlink()
    if sys.platform == "linux" and has_systemd():
        _systemctl("daemon-reload")
    return Installed(file, notes)


def file_of(study: Study, service: Service) -> Path:
    """Return the path of the service's definition: where its system expects it, or in private/."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "LaunchAgents" / f"{service.name}.plist"
    if os.name == "nt":
        return study.private / "service" / f"{service.name}.xml"
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "systemd" / "user" / f"{service.name}.service"


def cron_line(service: Service) -> str:
    """A line of a crontab that starts the service (crontab(5): % ends a command)."""
    words = [f"{name}={value}" for name, value in sorted(service.environment.items())]
    return "@reboot env " + shlex.join([*words, *service.command]).replace("%", "\\%")


def has_systemd() -> bool:
    """Whether this user has a systemd to talk to."""
    if shutil.which("systemctl") is None:
        return False
    asked = subprocess.run(
        ["systemctl", "--user", "show-environment"], capture_output=True, check=False
    )
    return asked.returncode == 0


def _definition(service: Service) -> bytes:
    if sys.platform == "darwin":
        return launchd(service)
    if os.name == "nt":
        return task_scheduler(service).encode("utf-16")
    return systemd(service).encode()


def _systemctl(*words: str) -> None:
    done = subprocess.run(["systemctl", "--user", *words], capture_output=True, check=False)
    if done.returncode != 0:
        raise StudyError(
            f"systemd refused `systemctl --user {' '.join(words)}`.",
            "Run it yourself to see why. `vuoro up` works without it.",
        )
