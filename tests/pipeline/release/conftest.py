from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from example_dataset import RECORDINGS, SESSIONS, make_dataset
from runs import KEYS
from templates import copy_made

from pipeline.pseudonymisation.entities import Entity, EntityTable
from pipeline.records import Conversation, Mentions
from pipeline.release.gate import Options, Outcome, release
from pipeline.settings import Settings
from pipeline.study import Study, create

TABLE = EntityTable(
    (
        Entity(
            "person",
            7,
            ("leena virtanen", "virtanen"),
            ("Virtasta", "Virtanen"),
            category="kollega",
        ),
        Entity("person", 12, ("tuuli",), ("Tuuli",)),
        Entity("organisation", 3, ("kuviteltu tukiliitto",), ("Kuvitellussa Tukiliitossa",)),
        Entity("place", 5, ("tampere",), ("Tampereella",)),
        Entity("contact", 9, ("040 123 4567",), ("040 123 4567",)),
        Entity(
            "organisation", 8, ("tampereen yliopisto",), ("Tampereen yliopisto",), verdict="keep"
        ),
    )
)

ORIGINAL_NAME = "Haapasalo tapaaminen.mp4"

Release = Callable[..., Outcome]


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """The example data set in a study whose key knows the names behind it."""
    for name in ("VUORO_PASSPHRASE", "VUORO_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VUORO_KEYS", str(KEYS))
    copy_made(_make, tmp_path / "study")
    return Study(tmp_path / "study")


def _make(root: Path) -> None:
    study = create(root)
    make_dataset(study.dataset)
    TABLE.save(study)
    for recording in RECORDINGS.values():
        folder = study.recordings / recording.session_id
        folder.mkdir()
        record = asdict(replace(recording, original_name=ORIGINAL_NAME))
        (folder / "recording.json").write_text(json.dumps(record), encoding="utf-8")
    study.groups_file.write_text('{"lumpeen väki": "G01"}', encoding="utf-8")


def nothing(conversation: Conversation) -> Mentions:
    return Mentions(())


def all_judged(study: Study, settings: Settings) -> dict[str, bool]:
    return dict.fromkeys(SESSIONS, True)


@pytest.fixture
def gate(study: Study, tmp_path: Path) -> Release:
    """Release the study to ``tmp_path/out``; nothing is detected anew, everything is judged."""

    def run(detect=nothing, judged=all_judged, out: Path | None = None, **options) -> Outcome:  # type: ignore[no-untyped-def]
        return release(
            study,
            Settings(),
            out or tmp_path / "out",
            Options(**options),
            lambda doing, done, of: None,
            detect=detect,
            judged=judged,
        )

    return run
