"""Group interviews: the interviewer's guide, and when each of its questions is discussed."""
