"""Samples that stopping saves: fixed plans against sequential ones, on answers whose law is known."""
