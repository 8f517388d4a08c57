"""Build turns from words: attribute, assemble, correct; match the questions of an interview."""
