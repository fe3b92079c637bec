"""One metric in one file; the file name is the name."""
