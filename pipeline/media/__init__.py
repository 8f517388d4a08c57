"""Media files as libav reads them: the container, its sound, how loud the channels are."""
