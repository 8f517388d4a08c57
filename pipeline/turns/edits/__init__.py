"""Human corrections of the turns of a session, and their application, whatever model ran."""
