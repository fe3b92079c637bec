"""The embedded endpoint: a language whose truth is known."""
