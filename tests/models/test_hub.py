"""A pipeline by its id on the Hub: never the network, here; the client's answers are made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from huggingface_hub.errors import (
    GatedRepoError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
)

from models.hub import is_hub_id, snapshot
from pipeline.errors import ModelError

COMMUNITY = "pyannote/speaker-diarization-community-1"
REVISION = "3533c8cf8e369892e6b79ff1bf80f7b0286a54ee"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (COMMUNITY, True),
        (f"{COMMUNITY}@{REVISION}", True),
        (f"{COMMUNITY}@main", False),
        ("embedded", False),
        ("/srv/models/community-1", False),
        ("~/models/community-1", False),
        ("a/b/c", False),
        ("", False),
    ],
)
def test_what_is_an_id(value: str, expected: bool) -> None:
    assert is_hub_id(value) is expected


def test_a_folder_goes_before_an_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models" / "mine").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert not is_hub_id("models/mine")


@pytest.mark.parametrize("download", [False, True])
def test_it_is_fetched_only_when_it_may_be(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, download: bool
) -> None:
    asked: dict[str, Any] = {}

    def fetched(repo: str, **options: Any) -> str:
        asked.update(options, repo=repo)
        return str(tmp_path)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fetched)
    assert snapshot(f"{COMMUNITY}@{REVISION}", download=download) == tmp_path
    assert asked == {"repo": COMMUNITY, "revision": REVISION, "local_files_only": not download}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (GatedRepoError, "leave"),
        (RepositoryNotFoundError, "access is restricted"),
        (LocalEntryNotFoundError, "not on this machine"),
        (ConnectionError, "does not answer"),
    ],
)
def test_a_failure_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, kind: type[Exception], said: str
) -> None:
    def fails(*_: Any, **__: Any) -> str:
        raise kind.__new__(kind)  # the client's own want the answer of a server

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fails)
    with pytest.raises(ModelError, match=said) as error:
        snapshot(COMMUNITY, download=True)
    assert "HF_TOKEN" in error.value.remedy
    assert error.value.what.count(".") == 1


def test_nothing_is_fetched_from_a_machine_without_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The real client, on an empty cache."""
    from huggingface_hub import snapshot_download

    monkeypatch.setattr(
        huggingface_hub,
        "snapshot_download",
        lambda *names, **options: snapshot_download(*names, cache_dir=tmp_path, **options),
    )
    with pytest.raises(ModelError, match="not on this machine"):
        snapshot(COMMUNITY, download=False)
