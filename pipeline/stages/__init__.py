"""The stages of a session: declared, keyed, run, published."""
