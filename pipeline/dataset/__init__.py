"""The published data set: its files, its documentation and whether it is in order.

What it consists of is declared in ``pipeline.tables``.
"""
