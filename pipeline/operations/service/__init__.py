"""`vuoro up` as a service of the user's session: started at boot, without root rights."""
