"""Who spoke when, from segmentation-3.0 and CAM++ alone.

    segmentation   windows of 10 s ─▶ when somebody talks, when two do, and where speakers change
    voices         each stretch of one speaker, cut to a second or so ─▶ embeddings
    clustering     embeddings ─▶ people
    diariser       the three in a row ─▶ the record that the other stages read

A window's own speakers are followed only to find where one person's talk begins and ends; who it
is, the voice alone decides. So windows may be far apart, and each second is embedded about twice.
"""
