"""The documentation: pages in Markdown, built by Sphinx, and what generates parts of them."""
