"""One command in one file."""
