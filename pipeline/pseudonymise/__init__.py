"""Hide who is talked about: find names, contact data and identifiers, and put pseudonyms there.

detect   all detectors, joined       mask       words with pseudonyms
patterns contact data, identifiers   entities   numbers of the pseudonyms, study-wide
names    what spaCy finds            session    one key for each name, in all turns
surface  names by their looks        inflection Finnish endings
"""
