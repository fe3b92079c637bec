"""The pytest plugin: hooks, options, the marker and the one fixture."""
