"""The review of names: the sheet of what may be one, its answers, and what is left to judge."""
