"""What people decide about what the machine found: sheets to fill in, and carrying them out."""
