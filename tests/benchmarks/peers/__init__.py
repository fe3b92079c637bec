"""Programs that run in a peer's own environment: each prints what it cost as JSON."""
