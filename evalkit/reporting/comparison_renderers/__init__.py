"""One format of a comparison in one file."""
