"""The drill: the command line against a server that misbehaves and keeps a journal: `python -m drill`."""
