"""What a change of settings redoes, and which sessions of the data set other settings made."""

from __future__ import annotations

import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from pipeline.dataset import files
from pipeline.errors import DatasetError, ModelError, SettingsError, StudyError, VuoroError
from pipeline.operations.build import HEARING, RUN, ToDo, made_by
from pipeline.settings import KEYS, Settings
from pipeline.settings.file import NAME, changed, parsed, text_of
from pipeline.stages.chain import SessionChain
from pipeline.stages.common import Common
from pipeline.stages.declared import STORED, in_order, label_of
from pipeline.stages.publishing import PUBLISH
from pipeline.stages.to_do import unfinished
from pipeline.storage.disk import os_errors, write_atomically
from pipeline.study import Study, accepted, settings_log
from pipeline.study.leases import lease
from pipeline.study.listener import Listener
from pipeline.texts import counted

WAIT_S = 10.0  # for another command that changes the settings


@dataclass(frozen=True, slots=True)
class Change:
    """The result of changing vuoro.toml.

    ``redo`` are the stages that a run makes now, by session, of the sessions in which it makes
    more of them than before; the later ones only where what they read comes out differently.
    ``waiting`` are those of all other sessions: they waited before. ``unknown`` is why that cannot
    be determined. ``is_new`` is whether anything was written.
    """

    is_new: bool
    redo: ToDo = field(default_factory=dict)
    waiting: ToDo = field(default_factory=dict)
    unknown: VuoroError | None = None

    @property
    def kept(self) -> tuple[str, ...]:
        """Return the stages that a run makes in no session."""
        redone = in_order([*self.redo.values(), *self.waiting.values()])
        return tuple(stage.name for stage in STORED if stage.name not in redone)


@dataclass(frozen=True, slots=True)
class Outdated:
    """Sessions in the data set that were made with other settings than vuoro.toml has now.

    ``to_come`` are the stages that a run makes of each; ``keys`` the settings that have changed,
    as far as is known.
    """

    to_come: ToDo
    keys: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Return this as a sentence; "" where there are no such sessions."""
        if not self.to_come:
            return ""
        made = counted(
            "{n} session was made with other settings than {file} has now{keys}. "
            "To redo: {stages}.",
            "{n} sessions were made with other settings than {file} has now{keys}. "
            "To redo: {stages}.",
        )
        stages = ", ".join(map(label_of, in_order(self.to_come.values())))
        return str(made.filled(n=len(self.to_come), file=NAME, keys=self.named, stages=stages))

    @property
    def named(self) -> str:
        """The keys, in brackets."""
        return f" ({', '.join(self.keys)})" if self.keys else ""


def change(study: Study, values: Mapping[str, str], defaults: Collection[str] = ()) -> Change:
    """Write these values into vuoro.toml, and remove the keys in ``defaults``.

    Nothing is run: current runs continue with the settings that they began with.

    Raises SettingsError if there is no such setting or its value is not allowed, ModelError if a
    model that it names cannot be used, TakenError if another command changes the settings,
    TransientError. Nothing is written then.
    """
    with lease(study, "settings", wait_s=WAIT_S):
        before = text_of(study.settings_file)
        after = changed(before, values, defaults)
        found = _consequences(study, before, after)
        if after != before:
            with os_errors(f"writing {NAME}"):
                file = study.settings_file.resolve()
                write_atomically(file, after.encode(), stat.S_IMODE(file.stat().st_mode))
    return found


def _consequences(study: Study, before: str, after: str) -> Change:
    is_new = after != before
    settings = parsed(after).settings
    was = None
    with suppress(SettingsError):  # what was wrong is corrected
        was = parsed(before).settings
    try:
        _ = Common(settings).models
    except ModelError as error:
        if was is None or _has_models(was):
            raise
        return Change(is_new, unknown=error)
    try:
        to_come = unfinished(study, settings, verify=False)
        came = unfinished(study, was, verify=False) if was and _has_models(was) else {}
    except VuoroError as error:
        return Change(is_new, unknown=error)
    redo = {id: stages for id, stages in to_come.items() if {*stages} - {*came.get(id, ())}}
    waiting = {id: stages for id, stages in to_come.items() if stages and id not in redo}
    return Change(is_new, redo, waiting)


def _has_models(settings: Settings) -> bool:
    try:
        return bool(Common(settings).models)
    except ModelError:
        return False


def outdated(
    study: Study, settings: Settings, to_come: Mapping[str, Collection[str]] | None = None
) -> Outdated:
    """Return the sessions in the data set that other settings made, and that a run would redo.

    ``to_come`` are the stages that each unfinished session lacks, where they are known already.

    Raises as ``to_do.unfinished``.
    """
    waiting = accepted.ids(study) if to_come is None else [id for id in to_come if to_come[id]]
    made = {each.session_id: each for each in _made_otherwise(study, settings, waiting)}
    if made and to_come is None:
        to_come = unfinished(study, settings, verify=False)
    found = {
        session_id: [*stages]
        for session_id, stages in (to_come or {}).items()
        if session_id in made and (made[session_id].is_other or HEARING & {*stages})
    }
    differ = {key for session_id in found for key in made[session_id].keys}
    return Outdated(found, tuple(key for key in KEYS if key in differ))


def note_outdated(
    study: Study,
    settings: Settings,
    listener: Listener,
    to_come: Mapping[str, Collection[str]] | None = None,
) -> None:
    """Say which sessions are redone because settings have changed. As ``outdated``."""
    if sentence := outdated(study, settings, to_come).sentence:
        listener.noted(sentence)


def made_otherwise(chain: SessionChain) -> Outdated:
    """Return a session, if it is in the data set and other settings made it. As ``outdated``."""
    to_come = {chain.recording.session_id: chain.pending(verify=False) or (PUBLISH.name,)}
    return outdated(chain.study, chain.settings, to_come)


def not_ready(chain: SessionChain) -> StudyError:
    """Return why a session cannot be processed yet, with the command that changes that."""
    session_id, command = chain.recording.session_id, made_by(chain)
    found = made_otherwise(chain)
    if found.to_come:
        what = f"was made with other settings than {NAME} has now{found.named}"
    elif command == RUN:
        what = "is not processed yet"
    else:
        what = "waits: what was decided since is not in its turns yet"
    return StudyError(f"{session_id} {what}.", f"Run `{command}` first.")


@dataclass(frozen=True, slots=True)
class _Made:
    """A session that settings with other values made.

    ``is_other`` is False if only settings differ that change the results of some sessions.
    """

    session_id: str
    is_other: bool
    keys: tuple[str, ...]


def _made_otherwise(
    study: Study, settings: Settings, session_ids: Iterable[str]
) -> Iterator[_Made]:
    used = settings_log.used(study)
    for session_id in session_ids:
        file = files.file_of(study.dataset, "sessions", session_id)
        if not file.is_file():  # not in the data set
            continue
        try:
            digest = files.footer_of(file).get("vuoro.settings_digest", "")
        except DatasetError:  # a run publishes it again
            continue
        keys = settings_log.changed(used[digest], settings) if digest in used else ()
        if keys or digest != settings.digest:
            yield _Made(session_id, digest != settings.digest, keys)
