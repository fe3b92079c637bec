"""One plot in one file."""
