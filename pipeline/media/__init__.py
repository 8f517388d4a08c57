"""Media files read with libav: the container, its sound, the loudness of the channels."""
