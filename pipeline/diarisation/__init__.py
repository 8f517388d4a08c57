"""Who spoke when, using only segmentation-3.0 and CAM++.

    segmentation   windows of 10 s ─▶ when one person talks, when two do, and where speakers change
    voices         each stretch of one speaker, cut to about a second ─▶ embeddings
    clustering     embeddings ─▶ people
    diariser       runs the three in sequence ─▶ the record that the other stages read

A window's own speakers are followed only to find where one person's talk begins and ends; the voice
alone decides who it is. So windows may be far apart, and each second is embedded about twice.
"""
