"""What all processes of one session have sent, so that none buys beyond the limit or tries again what another tried."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

Slot = tuple[str, int]
"""Key of a cell, and replicate."""


@dataclass(slots=True)
class Spent:
    """Read and written only by who may write to the store: one process at a time."""

    path: Path | None
    """A file beside the store, where several processes share a session; None where there is one."""
    n_requests: int = 0
    """Requests sent, retries included."""
    cost: float = 0.0
    """The most that they can have cost, in USD."""
    tried: set[Slot] = field(default_factory=set)
    """Draws that were sent and gave no answer."""

    def read(self) -> None:
        """Take over what other processes have noted."""
        if self.path is not None and self.path.exists():
            told = json.loads(self.path.read_text("utf-8"))
            self.n_requests, self.cost = told["n_requests"], told["cost"]
            self.tried = {(key, replicate) for key, replicate in told["tried"]}

    def add(self, n_requests: int, cost: float, tried: set[Slot]) -> None:
        """Note what was sent, for all processes to see."""
        self.n_requests += n_requests
        self.cost += cost
        self.tried |= tried
        if self.path is not None:
            told = {"n_requests": self.n_requests, "cost": self.cost, "tried": sorted(self.tried)}
            self.path.write_text(json.dumps(told), "utf-8")
