"""One output format in one file."""
