"""From a file to a suite, with errors that point at the line."""
