"""Identify people across the sessions of a group, by voice and by human decisions."""
