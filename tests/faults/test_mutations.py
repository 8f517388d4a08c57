"""Every kind of file that vuoro reads, changed in hundreds of ways: it is read, or one of our
errors says what is wrong. Nothing else comes out, and nothing takes for ever."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import media
import numpy as np
import pytest
from finished import chain_of, copied, fake_models, make_finished_study
from mutations import mutated
from tracks import write as write_wav

from pipeline import intake
from pipeline.dataset.validate import validate
from pipeline.errors import NotMediaError, TransientError, VuoroError
from pipeline.exports.write import export
from pipeline.intake import content_digests as digests
from pipeline.intake import sidecar
from pipeline.media import audio
from pipeline.media.audio import SAMPLE_RATE_HZ
from pipeline.operations.build import document
from pipeline.operations.overview import overview
from pipeline.people import decisions, register
from pipeline.people.anchors import anchor
from pipeline.people.roster import on_disk as rosters
from pipeline.people.roster.members import parsed
from pipeline.people.roster.seed import seed
from pipeline.pseudonymisation import audit
from pipeline.pseudonymisation.entities import EntityTable
from pipeline.records import Diarisation
from pipeline.release.places import Unreadable
from pipeline.release.reading import passages
from pipeline.review.names.round_trip import apply_names, write_names
from pipeline.review.people.round_trip import apply_people, write_people
from pipeline.review.turns.round_trip import apply_turns, write_turns
from pipeline.settings.file import as_toml, changed, text_of
from pipeline.stages.hearing import DIARISE
from pipeline.stages.publish import publish_people
from pipeline.stages.settling import ASSEMBLE
from pipeline.study import (
    Study,
    accepted,
    create,
    leases,
    open_study,
    references,
    settings_log,
    state,
    tombstones,
)
from pipeline.study.store import MANIFEST, RESULT, read_record
from pipeline.turns.edits import log
from pipeline.turns.edits.edit import About, Correction, Edit
from pipeline.turns.interview import guide

LONGEST_S = 10
FIRST, SECOND = "G07-S01", "G07-S02"
BY = {"by": "tester", "at": "2026-01-01T00:00:00+00:00"}
ROSTER = {
    "group": "G07",
    "members": [
        {"name": "Aino Kuusmäntylä", "aliases": ["Ainsku"], "consent": "yes", "absent": [3]},
        {"name": "Väinö Öljylähde", "role": "leader", "consent": "yes", "x_years": 12},
    ],
    "organisations": [{"name": "Tupavuori ry", "aliases": ["TV"], "category": "union"}],
}
CSV = "name;aliases;role;consent;absent\nAino Kuusmäntylä;Ainsku;leader;yes;3\nVäinö Öljy;;;no;\n"
TOML = as_toml().replace("#lapse_s", "lapse_s").replace("#beam_size", "beam_size")
GUIDE = "# Alku\n1. Miten tulit mukaan ryhmään?\n   - Kuka kertoi?\n2. Millaista?\n2a. Entä ääni?\n"


@dataclass(frozen=True)
class Kind:
    """A kind of file: where in the study it is, the same for all mutations, and who reads it."""

    place: Callable[[Study], Path]
    read: Callable[[Study, Path], object]


class TookTooLong(BaseException):
    """Nothing of ours catches this."""


@contextmanager
def _watched() -> Iterator[None]:
    def too_long(*_: object) -> None:
        raise TookTooLong

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, LONGEST_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    """A study with every kind of file in it; not to be changed."""
    with pytest.MonkeyPatch.context() as patch:
        fake_models(patch)
        study = create(tmp_path_factory.mktemp("whole") / "study")
        study.settings_file.write_text(TOML, encoding="utf-8")
        study.glossary_file.write_text("# nimet\nKeski-Savon Omaiset ry\nLehtosalo\n", "utf-8")
        rosters.save(study, parsed(ROSTER))
        seed(study)
        _fill(make_finished_study(study.root, told=True))
        yield study


def _fill(study: Study) -> None:
    chain = chain_of(study, FIRST)
    voices = chain.get(DIARISE)
    turn = chain.get(ASSEMBLE).turns[0]
    known_by = {turn.label: anchor(voices, turn.label, chain.common.voice_model)}
    edit = Edit("text", About.of(turn), text="Tätä sanoin silloin.")
    log.remember(study, FIRST, Correction("2026-01-01", "tester", known_by, (edit,)))
    rosters.write(parsed(ROSTER), study.private / "form.xlsx")
    (study.private / "form.csv").write_text(CSV, encoding="utf-8")
    study.guide_file.write_text(GUIDE, encoding="utf-8")
    gone = {"G90-S01": "0" * 64}
    tombstones.put(study, tombstones.Tombstone("G90-P1", "2026-01-02", "done", gone))
    state.fail(study, FIRST, TransientError("It failed.", "Try again."))
    write_names(study, study.settings(), study.private / "names.xlsx")
    write_people(study, study.settings(), study.private / "people.xlsx")
    write_turns(study, study.settings(), FIRST)
    for name, (codec, container) in MEDIA.items():
        sound = media.Track(media.tone(1.0, channels=2), codec)
        media.write(study.private / name, sound, container=container)
    talk = study.inbox / "ryhmä" / "3.wav"
    write_wav(talk, np.zeros(8_000, np.float32))
    intake.quarantine(study, talk, NotMediaError("The file is not an audio or video file."))
    write_wav(talk, np.zeros(16_000, np.float32))
    talk.with_name("session.yaml").write_text("number: 3\nkind: meeting\n", encoding="utf-8")
    write_wav(talk.with_name("4.wav"), np.zeros(16_000, np.float32))
    references.mark(study, talk)
    references.refer(talk, study.recordings / SECOND)
    intake.ready(study)
    prints = study.fingerprints / "20" / f"{SECOND}.npy"
    prints.parent.mkdir(parents=True)
    np.save(prints, np.random.default_rng(1).integers(-60, 0, (200, 7), np.int8))
    noise = np.random.default_rng(2).uniform(-1, 1, 20 * SAMPLE_RATE_HZ)
    rising = (noise * np.linspace(0, 1, len(noise))).astype(np.float32)
    write_wav(study.private / "20.wav", rising)
    with leases.lease(study, FIRST):
        data = (study.leases / f"{FIRST}.json").read_bytes()
    (study.leases / f"{FIRST}.json").write_bytes(data)
    export(study.dataset, study.exports, ["csv", "xlsx"])
    (study.exports / "notes.json").write_text(json.dumps({"a": ["b", {"c": 1}]}))
    document(study)


def _first(folder: Callable[[Study], Path], pattern: str) -> Callable[[Study], Path]:
    return lambda study: next(iter(sorted(folder(study).glob(pattern))))


def _decode(study: Study, file: Path) -> None:
    audio.probe(file)
    folder = study.private / "decoded"
    folder.mkdir(exist_ok=True)
    audio.decode(file, folder, min_duration_s=0.1, progress=lambda _: None)


def _roster(study: Study, file: Path) -> None:
    """What was taken is written, and read back as it was."""
    roster = rosters.read(file, "G07")
    for name in ("again.yaml", "again.xlsx"):
        rosters.write(roster, study.private / name)
        assert rosters.read(study.private / name, "G07").members == roster.members


def _result(study: Study, file: Path) -> None:
    chain_of(study, FIRST).store.find(DIARISE.name, file.parent.name, verify=False)
    read_record(file.parent, Diarisation)


def _dataset(study: Study, file: Path) -> None:
    validate(study.dataset)
    publish_people(study.dataset)


def _gate(study: Study, file: Path) -> None:
    try:
        for _ in passages(file, file.name, str):
            pass
    except Unreadable:
        pass


def _key(study: Study, file: Path) -> None:
    EntityTable.load(study)


def _reference(study: Study, file: Path) -> None:
    references.is_taken(study, study.inbox / "ryhmä" / "3.wav")
    accepted.original(study, accepted.recording(study, SECOND))


def _fingerprint(study: Study, file: Path) -> None:
    intake.duplicate_of(study, accepted.recording(study, FIRST), study.private / "20.wav")


def _overview(study: Study, file: Path) -> None:
    overview(study, study.settings())
    intake.in_quarantine(study, "3.wav")


MEDIA = {
    "talk.wav": ("pcm_s16le", "wav"),
    "talk.m4a": ("aac", "mp4"),
    "talk.mp3": ("libmp3lame", "mp3"),
    "talk.ogg": ("libopus", "ogg"),
    "talk.flac": ("flac", "flac"),
    "talk.mkv": ("libopus", "matroska"),
}
KINDS = {
    **{name: Kind(lambda s, name=name: s.private / name, _decode) for name in MEDIA},
    "session.yaml": Kind(
        lambda s: s.inbox / "ryhmä" / "session.yaml",
        lambda s, file: sidecar.declared(file.with_name("3.wav")),
    ),
    "vuoro.toml": Kind(lambda s: s.settings_file, lambda s, file: s.settings()),
    "vuoro.toml, changed": Kind(
        lambda s: s.settings_file,
        lambda s, file: changed(text_of(file), {"turns.lapse_s": "5"}, ["machine.threads"]),
    ),
    "format": Kind(lambda s: s.format_file, lambda s, file: open_study(s.root)),
    "settings log": Kind(lambda s: s.settings_log, lambda s, file: settings_log.used(s)),
    "roster.yaml": Kind(lambda s: rosters.place(s, "G07"), _roster),
    "roster.xlsx": Kind(lambda s: s.private / "form.xlsx", _roster),
    "roster.csv": Kind(lambda s: s.private / "form.csv", _roster),
    "sheet of names": Kind(
        lambda s: s.private / "names.xlsx",
        lambda s, file: apply_names(s, s.settings(), file, **BY),
    ),
    "sheet of people": Kind(
        lambda s: s.private / "people.xlsx",
        lambda s, file: apply_people(s, s.settings(), file, **BY),
    ),
    "sheet of turns": Kind(
        lambda s: log.sheet_file(s, FIRST),
        lambda s, file: apply_turns(s, s.settings(), FIRST, file, **BY),
    ),
    "glossary": Kind(lambda s: s.glossary_file, lambda s, file: s.glossary()),
    "guide": Kind(lambda s: s.guide_file, lambda s, file: guide.load(s, "G07")),
    "recording.json": Kind(
        lambda s: s.recordings / FIRST / accepted.RECORD, lambda s, file: accepted.sessions(s)
    ),
    "groups.json": Kind(lambda s: s.groups_file, lambda s, file: intake.known_group(s, "ryhmä")),
    "names.key": Kind(lambda s: s.key_file, _key),
    "decisions": Kind(
        lambda s: s.people_decisions, lambda s, file: decisions.digest_of(s, [FIRST])
    ),
    "edits": Kind(lambda s: s.edits / f"{FIRST}.jsonl", lambda s, file: log.load(s, FIRST)),
    "digests": Kind(
        _first(lambda s: s.digests, "*"),
        lambda s, file: (digests.session_with(s, file.name), digests.mend(s)),
    ),
    "state": Kind(lambda s: s.states / f"{FIRST}.json", _overview),
    "lease": Kind(lambda s: s.leases / f"{FIRST}.json", lambda s, file: leases.living(s)),
    "fingerprint": Kind(lambda s: s.fingerprints / "20" / f"{SECOND}.npy", _fingerprint),
    "stage result": Kind(_first(lambda s: s.stages / "diarise", f"*/{RESULT}"), _result),
    "manifest": Kind(_first(lambda s: s.stages / "diarise", f"*/{MANIFEST}"), _result),
    "register": Kind(
        lambda s: s.people / "G07.json",
        lambda s, file: (register.load(s, "G07"), _overview(s, file)),
    ),
    "withdrawn.json": Kind(lambda s: s.withdrawn_file, lambda s, file: tombstones.removed(s)),
    "inbox.json": Kind(lambda s: s.inbox_file, lambda s, file: intake.ready(s)),
    "mark of a reference": Kind(_first(lambda s: s.references, "*"), _reference),
    "reference.json": Kind(lambda s: s.recordings / SECOND / references.REFERENCE, _reference),
    "receipt": Kind(lambda s: intake.receipt_of(s.inbox / "ryhmä" / "3.wav"), _overview),
    "reason": Kind(_first(lambda s: s.quarantine / "ryhmä", f"*{intake.REASON}"), _overview),
    "audit log": Kind(lambda s: s.audit / f"{FIRST}.jsonl", lambda s, file: [*audit.read(file)]),
    "documented": Kind(lambda s: s.documented_file, lambda s, file: document(s)),
    "sessions.parquet": Kind(lambda s: s.dataset / "sessions" / f"{FIRST}.parquet", _dataset),
    "turns.parquet": Kind(lambda s: s.dataset / "turns" / f"{FIRST}.parquet", _dataset),
    "exported workbook": Kind(lambda s: s.exports / "xlsx" / "dataset.xlsx", _gate),
    "exported csv": Kind(lambda s: s.exports / "csv" / "turns.csv", _gate),
    "exported json": Kind(lambda s: s.exports / "notes.json", _gate),
}


@pytest.mark.parametrize("n", [5, pytest.param(200, marks=pytest.mark.faults)])
@pytest.mark.parametrize("name", KINDS)
def test_a_changed_file_is_read_or_refused(
    whole: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, n: int
) -> None:
    fake_models(monkeypatch)
    study, kind = copied(whole, tmp_path / "study"), KINDS[name]
    file = kind.place(study)
    data = file.read_bytes()
    for number in range(n):
        file.write_bytes(mutated(data, number))
        try:
            with _watched():
                kind.read(study, file)
        except VuoroError:
            pass
        except BaseException as error:
            raise AssertionError(f"{name}, changed by seed {number}: {error!r}") from error
