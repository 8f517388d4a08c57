"""The review of names: the sheet of possible names, its answers, and what is left to judge."""
