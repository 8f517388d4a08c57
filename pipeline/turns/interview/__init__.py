"""Group interviews: the interviewer's guide, and which of its questions is talked about when."""
