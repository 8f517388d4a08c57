"""A person who withdraws consent: their speech, words and voice leave the study."""
