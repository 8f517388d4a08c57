"""What command line, flows and browser all call: build, clean, overview, listen, repair."""
