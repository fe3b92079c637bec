"""One append-only SQLite file that keeps what was paid for."""
