"""Data derived from texts, such as vectors."""
