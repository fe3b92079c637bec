"""Random numbers by name: what one consumer draws never moves what another one gets.

Explained in docs/statistics.md, "Randomness that can be repeated".
"""

from __future__ import annotations

import hashlib

import numpy as np


def stream(seed: int, *names: str) -> np.random.Generator:
    """Return the generator of a name: the same for the same seed and names, unrelated for any other.

    Args:
        seed: Seed of the whole analysis.
        names: Path of the consumer, such as ``"trend", "distinct_n"``.

    References:
        Definition by this project; the generator is M. E. O'Neill, "PCG: A Family of Simple Fast
        Space-Efficient Statistically Good Algorithms for Random Number Generation", Harvey Mudd College (2014).
    """
    # Each part carries its length, so that ("ab", "c") and ("a", "bc") differ.
    parts = [part.encode("utf-8", "surrogatepass") for part in (str(seed), *names)]
    digest = hashlib.sha256(b"".join(b"%d:%s" % (len(part), part) for part in parts)).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))
