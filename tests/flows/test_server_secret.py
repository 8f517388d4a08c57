"""The secret of a study's Prefect server, and the page with its key."""

from __future__ import annotations

from pathlib import Path

from flows import login as page
from flows.server_secret import FILE, basic, secret_of


def test_it_is_drawn_once_for_its_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / "one"
    secret = secret_of(home)
    assert secret_of(home) == secret != secret_of(tmp_path / "other")
    assert (home / FILE).stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o777 == 0o700


def test_a_damaged_one_is_drawn_again(tmp_path: Path) -> None:
    for damaged in (b"", b"vuoro:", b"\xff\xfe", b"vuoro:" + b"x" * 43 + b"\n"):
        (tmp_path / FILE).write_bytes(damaged)
        secret = secret_of(tmp_path)
        assert len(secret) == 49
        assert secret_of(tmp_path) == secret


def test_the_page_has_the_key_for_its_owner_alone_and_goes(tmp_path: Path) -> None:
    page.write(tmp_path, 4200, "vuoro:abc")
    file = tmp_path / page.FILE
    assert file.stat().st_mode & 0o777 == 0o600
    assert f"http://127.0.0.1:4200/open#{basic('vuoro:abc')}" in file.read_text()
    page.remove(tmp_path)
    page.remove(tmp_path)
    assert not file.exists()
