"""Texts as texts: levels of equality, words, visible form."""
