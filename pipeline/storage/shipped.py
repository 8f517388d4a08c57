"""The place of files shipped with vuoro besides its code: recordings of the demo, notebooks."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_OF_WHEEL = _PACKAGE / "shipped"  # setup.py puts it there

SHIPPED = _OF_WHEEL if _OF_WHEEL.is_dir() else _PACKAGE.parent
"""The top of the checkout, or the folder of an installed wheel with the same paths below it."""
