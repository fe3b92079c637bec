"""What evalkit costs, against targets and others; `make bench`."""
