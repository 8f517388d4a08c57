"""Mask who is talked about: find names, contact data and identifiers, and put pseudonyms there.

    detect     all detectors, joined: mentions of one session
    entities   the study's table: one entity with all its names, and what people decided
    link       which entity a new name certainly is     search  the study's names in any talk
    apply      what is replaced in a session            mask    words with pseudonyms
    audit      the log of what was replaced

Detectors: patterns, addresses, introductions (contact data, identifiers), names (spaCy), surface,
organisations, extents (looks), truecase (talk without capitals), morphology (Voikko), session (a
name found in one turn, in the others). text, merge, inflection, knowledge, lexicon serve them.
"""
