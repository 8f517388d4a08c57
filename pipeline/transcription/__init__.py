"""What was said, by Whisper.

windows   talk ─▶ stretches of at most 28 s, of the whole recording or of one person's track
whisper   stretches ─▶ words with times and probabilities, in batches
doubts    words ─▶ where and why they are doubtful
"""
