"""evalkit: how much do a model's answers vary, at which temperature, and how sure are we?"""

__version__ = "0.1.0"
