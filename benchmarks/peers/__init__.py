"""Other people's systems, each run in an environment of its own: ``python -m`` one of these
modules with the files of a Request and of the Output to write."""
