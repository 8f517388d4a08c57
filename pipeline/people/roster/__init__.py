"""Who is in each group, what they are called and whether they have consented."""
