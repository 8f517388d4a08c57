"""Who is who over the sessions of a group: by voice, and by what humans said."""
