"""`vuoro up` as a service of the user's session: started with the computer, without root rights."""
