"""Definitions of a service for three systems: systemd, launchd, Windows' Task Scheduler.

The paths are those of the machine at the time of writing. A definition holds no secret: the study's
key is opened by its key file, never by a passphrase written down here.
"""

from __future__ import annotations

import hashlib
import plistlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import list2cmdline
from xml.sax.saxutils import escape

DESCRIPTION = "vuoro looks after the inbox of a study"
STOP_WITHIN_S = 60


@dataclass(frozen=True, slots=True)
class Service:
    """What is started for which study, and with which environment variables."""

    study: Path
    command: Sequence[str]
    environment: Mapping[str, str]

    @property
    def name(self) -> str:
        """Its name in the system: one for each study, without saying where the study is."""
        return f"vuoro-{hashlib.sha256(str(self.study).encode()).hexdigest()[:8]}"


def systemd(service: Service) -> str:
    """A unit of systemd's user instance (systemd.service(5), systemd.unit(5))."""
    command = " ".join(map(_quoted, service.command)).replace("$", "$$")
    environment = "".join(
        f"Environment={_quoted(f'{name}={value}')}\n"
        for name, value in sorted(service.environment.items())
    )
    return f"""[Unit]
Description={DESCRIPTION}

[Service]
ExecStart={command}
{environment}Restart=on-failure
RestartSec=10
TimeoutStopSec={STOP_WITHIN_S}
Nice=5

[Install]
WantedBy=default.target
"""


def launchd(service: Service) -> bytes:
    """An agent of macOS (launchd.plist(5))."""
    return plistlib.dumps(
        {
            "Label": service.name,
            "ProgramArguments": list(service.command),
            "EnvironmentVariables": dict(service.environment),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ExitTimeOut": STOP_WITHIN_S,
            "Nice": 5,
        }
    )


def task_scheduler(service: Service) -> str:
    """A task of Windows (Task Scheduler schema 1.2). A task has no environment of its own."""
    program, *arguments = service.command
    return f"""<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>{DESCRIPTION}</Description></RegistrationInfo>
  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure><Interval>PT1M</Interval><Count>10</Count></RestartOnFailure>
  </Settings>
  <Actions><Exec>
    <Command>{escape(program)}</Command>
    <Arguments>{escape(list2cmdline(arguments))}</Arguments>
  </Exec></Actions>
</Task>
"""


def _quoted(word: str) -> str:
    """A word as systemd reads it: in quotes, % and \\ being special."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'
