"""Where the work of a run is done: one file for each executor."""
