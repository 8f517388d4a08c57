"""The members of each group, their names and whether they have consented."""
