"""Answers by the thousand that look like a model's: words by Zipf's law, common openings, copies where wanted."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

_WORDS = [f"{a}{b}{c}" for a in "bdfklmnprstv" for b in "aeiou" for c in ("n", "r", "st", "lo", "ma", "")]
_OPENINGS = (
    "It was a quiet evening by the sea.",
    "Once there was a lamp.",
    "Nobody expected the ship.",
    "The road was long.",
)


def texts(n: int, *, seed: int, length: int = 80, different: float = 1.0) -> Iterator[str]:
    """Yield n texts of which a share is new, the others copies of earlier ones."""
    chance = random.Random(f"{seed}:{n}")  # noqa: S311 - repeatable on purpose
    weights = [1.0 / (rank + 2) for rank in range(len(_WORDS))]
    made: list[str] = []
    for k in range(n):
        if made and chance.random() >= different:
            yield chance.choice(made)
            continue
        words = chance.choices(_WORDS, weights, k=chance.randint(length // 2, length * 3 // 2))
        made.append(f"{chance.choice(_OPENINGS)} {' '.join(words)}, {k}.")
        yield made[-1]


def record(path: Path, *, prompts: int, temperatures: int, samples: int, different: float = 1.0) -> None:
    """Write recorded answers as `evalkit import` reads them."""
    with path.open("w", encoding="ascii") as out:
        for p in range(prompts):
            for t in range(temperatures):
                share = different * (t + 1) / temperatures
                for k, text in enumerate(texts(samples, seed=p * 100 + t, different=share)):
                    line = {
                        "model": "made",
                        "prompt_id": f"p{p}",
                        "temperature": t / 4 + 0.25,
                        "replicate": k,
                        "text": text,
                    }
                    out.write(json.dumps(line) + "\n")
