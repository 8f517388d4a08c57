"""Turn-taking of a session with any number of people: measures of the whole, of each person, and
of who follows whom, with intervals that say how sure the measures are.

All are pure functions of the session's turns and of the *regular* diarisation, which keeps
simultaneous talk. Minimal responses are no turns: they transfer no floor, and are counted as such.
What cannot be told without somebody who left the study (``previous_label`` is None) is not counted.
"""
