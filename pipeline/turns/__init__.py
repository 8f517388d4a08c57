"""From words to turns: attribute, assemble, correct; the questions of an interview."""
