"""The published data set: its files, its documentation and its validation.

Its contents are declared in ``pipeline.tables``.
"""
