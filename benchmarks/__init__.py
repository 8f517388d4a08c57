"""Measuring vuoro against references that people made. Needs the `dev` extra."""
