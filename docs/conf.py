"""How Sphinx builds these pages: offline, and so that they ask nothing of the network."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from pipeline import __version__ as version

project = "vuoro"
extensions = ["myst_parser"]
exclude_patterns = ["*.py"]
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]
language = "en"
html_theme = "furo"
html_title = f"vuoro {version}"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_static_path = ["style"]
html_css_files = ["vuoro.css"]
nitpicky = True


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("html-page-context", _language_of_page)


def _language_of_page(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Pages below fi/ are Finnish, to browsers and screen readers too."""
    if page.startswith("fi/"):
        context["language"] = "fi"
