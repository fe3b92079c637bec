"""A loop in which nobody waits: time goes on to where the next thing happens."""

from __future__ import annotations

import asyncio
import selectors


class Selector(selectors.DefaultSelector):
    """Waits for nothing: time goes on to where the next thing happens."""

    now = 0.0

    def select(self, timeout=None):
        """Return what is ready now; if nothing is, let the time pass."""
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everybody waits, and nothing will happen"
            self.now += max(0.0, timeout)
        return ready


class Virtual(asyncio.SelectorEventLoop):
    """A loop of which the clock is the selector's."""

    def __init__(self):
        """Begin at 0."""
        self.selector = Selector()
        super().__init__(self.selector)

    def time(self):
        """Return the seconds since the beginning."""
        return self.selector.now
