"""What a human corrected in the turns of a session, and carrying it out, whatever model ran."""
