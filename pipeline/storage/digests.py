"""One digest for equal values, in any run."""

from __future__ import annotations

import hashlib
import json


def digest(value: object) -> str:
    """sha256 (hex) of a JSON-able value, the same for equal values in any run."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
