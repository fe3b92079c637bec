"""Questions about an endpoint, asked before an experiment."""
