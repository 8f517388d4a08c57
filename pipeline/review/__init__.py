"""People's decisions about the machine's results: sheets to fill in, and applying them."""
