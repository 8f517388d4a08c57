"""How the owner reaches the page of `vuoro up`: a file that opens it with its key.

An address that contains the key could be read by others: in the arguments of the browser that
opens it, or in the log of a service that prints it. So the address of this file is printed instead.
"""

from __future__ import annotations

from pathlib import Path

from flows.address import Address
from flows.border import OPEN
from flows.server_secret import basic
from pipeline.storage.disk import os_errors, write_atomically

FILE = "page.html"


def write(home: Path, port: int, secret: str) -> None:
    """Write the file, for its owner only. TransientError."""
    address = f"http://127.0.0.1:{port}{OPEN}#{basic(secret)}"
    text = f"""<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<title>vuoro</title>
<script>location.replace("{address}")</script>
<p><a href="{address}">What runs</a></p>
"""
    with os_errors("writing the page of `vuoro up`"):
        write_atomically(home / FILE, text.encode(), mode=0o600)


def remove(home: Path) -> None:
    """Remove the file: nothing is served there any more."""
    with os_errors("removing the page of `vuoro up`"):
        (home / FILE).unlink(missing_ok=True)


def address_of(home: Path) -> str:
    """Return the address of the file, for a browser."""
    return (home.resolve() / FILE).as_uri()


def shown(home: Path, here: Address) -> str:
    """Return the sentence that shows people where the pages are."""
    return f"{here.page} (open {address_of(home)}, it has the key)"
