"""The release gate: builds the copy of a data set that may be shared, or says why it may not.

    dataset/ (notebooks/, exports/) ─copy─▶ pending folder ─check─▶ report ─one rename─▶ OUT

It fails closed: an error, an unreadable file or an unknown kind of file counts as a name found.
``gate.release`` is the way in.
"""
