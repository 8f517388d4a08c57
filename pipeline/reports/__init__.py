"""Report pages: what the data set says of a session or a group, on one page to read or print.

A page is created from the data set alone, so it holds pseudonyms and numbers, but no talk.
"""
