"""Turn-taking of a session with any number of people: measures of the whole, of each person, and
of who follows whom, with intervals for their uncertainty.

All are pure functions of the session's turns and of the *regular* diarisation, which keeps
simultaneous talk. Minimal responses are not turns: they transfer no floor, and are counted as such.
What cannot be known without a person who left the study (``previous_label`` is None) is left out.
"""
