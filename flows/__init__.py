"""Prefect's part: what runs, and when."""

from pipeline import environment

environment.prepare()  # Prefect may be imported before anything of ``pipeline`` is
