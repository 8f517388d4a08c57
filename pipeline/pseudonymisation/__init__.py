"""Hide who is talked about: find names, contact data and identifiers, and put pseudonyms there.

    detect     all detectors, joined: mentions of one session
    entities   the study's table: one entity for all names of one, and what people decided
    link       which entity a new name surely is        search  the study's names in any talk
    apply      what of a session is replaced            mask    words with pseudonyms
    audit      the log of what was replaced

Detectors: patterns, addresses, introductions (contact data, identifiers), names (spaCy), surface,
organisations, extents (looks), truecase (talk without capitals), morphology (Voikko), session (a
name found in one turn, in the others). text, merge, inflection, knowledge, lexicon serve them.
"""
