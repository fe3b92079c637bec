"""Vectors by one model, each text paid for once: kept by content, tried again where that may help."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from evalkit.answering import reachable
from evalkit.errors import BackendError, StatisticsError
from evalkit.nouns import Caution, Endpoint
from evalkit.nouns.ports import Cache, Embedder
from evalkit.sampling.limits import LONGEST_HOLD_S
from evalkit.sampling.retry import RetryPolicy
from evalkit.stats.cosine import negative_share

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_TEXTS = 96
_MOST_CHARACTERS = 200_000  # servers bound the tokens of one request
_LOOKED_AT = 500  # texts of a prompt whose cosines are looked at
_KEPT_AS = np.dtype("<f8")


class EndpointEmbedder:
    """Asks a server that speaks /v1/embeddings, again where that may help."""

    def __init__(self, model: str, address: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        """Keep what is asked, of whom, and how to wait.

        Args:
            model: Name of the model.
            address: Base address, or ``loopback`` for the embedded server, up while it is asked.
            sleep: Waits some seconds.
        """
        self.name = f"endpoint {model} at {address}"
        self._endpoint = Endpoint(model=model, base_url=address)
        self._sleep = sleep

    def embed(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return one row per text, (n, d); none of them may be blank.

        Raises:
            BackendError: No vectors came, however often they were asked for.
        """
        from evalkit.backends.embeddings import embeddings_of

        with reachable(self._endpoint, "embeddings") as endpoint:
            errors: list[BackendError] = []
            while True:
                try:
                    found = embeddings_of(texts, model=endpoint.model, base_url=str(endpoint.base_url))
                    return np.array(found, dtype=np.float64)
                except BackendError as error:
                    errors.append(error)
                    policy = RetryPolicy()
                    if not policy.again(errors):
                        raise
                    asked = min(error.retry_after_s or 0.0, LONGEST_HOLD_S)
                    self._sleep(max(asked, policy.wait_s(len(errors), random.Random())))  # noqa: S311 - jitter


class KeptEmbedder:
    """Another embedder, whose vectors are kept by content: a second measuring asks for nothing."""

    def __init__(self, embedder: Embedder, cache: Cache | None) -> None:
        """Keep whom to ask, and where vectors are kept; None for nowhere but here."""
        self.name = embedder.name
        self._embedder = embedder
        self._cache = cache
        self._last: dict[str, NDArray[np.float64]] = {}

    def embed(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return one row per text, (n, d).

        Raises:
            StatisticsError: The vectors are not of one length.
        """
        keys = {text: hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in texts}
        # Of the last call alone: several features ask about one prompt in turn, and a long run fills no memory.
        known = self._last = {key: self._last[key] for key in keys.values() if key in self._last}
        if self._cache is not None:
            found = self._cache.recall(self.name, [key for key in keys.values() if key not in known])
            known |= {key: np.frombuffer(value, dtype=_KEPT_AS).astype(np.float64) for key, value in found.items()}
        for part in _batches([text for text in keys if keys[text] not in known]):
            rows = np.asarray(self._embedder.embed(part), dtype=np.float64)
            fresh = dict(zip((keys[text] for text in part), rows, strict=True))
            known |= fresh
            if self._cache is not None:  # after each batch: it was paid for
                self._cache.keep(self.name, {key: row.astype(_KEPT_AS).tobytes() for key, row in fresh.items()})
        if len({len(row) for row in known.values()}) > 1:
            raise StatisticsError(
                f"the vectors of {self.name} are not of one length", hint="has the model behind that name changed?"
            )
        return np.array([known[keys[text]] for text in texts], dtype=np.float64)


class WatchedEmbedder:
    """Another embedder, with a look at the cosines of what it gives."""

    def __init__(self, embedder: Embedder) -> None:
        """Begin with nothing seen."""
        self._embedder = embedder
        self._shares: list[float] = []
        self._dimensions = 0

    @property
    def name(self) -> str:
        """What made the vectors, and of how many dimensions, once that is known."""
        size = f", {self._dimensions:,} dimensions" if self._dimensions else ""
        return self._embedder.name if "dimensions" in self._embedder.name else f"{self._embedder.name}{size}"

    def embed(self, texts: Sequence[str]) -> Any:  # noqa: ANN401 - what the protocol says
        """Return one row per text, (n, d)."""
        rows = np.asarray(self._embedder.embed(texts), dtype=np.float64)
        if rows.ndim == 2 and len(rows):  # noqa: PLR2004 - rows of numbers; another shape is refused where it is used
            self._dimensions = rows.shape[1]
            seen = rows[:_LOOKED_AT]
            length = np.linalg.norm(seen, axis=1, keepdims=True)
            self._shares.append(negative_share(np.divide(seen, length, out=np.zeros_like(seen), where=length > 0)))
        return rows

    def cautions(self) -> tuple[Caution, ...]:
        """Return what may mislead the reader: cosines below 0, which distances count as 0."""
        worst = max(self._shares, default=0.0)
        if worst == 0.0:
            return ()
        caution = Caution(
            slug="negative-cosines",
            fact=f"In one prompt, {worst:.1%} of the pairs of texts have vectors with a negative cosine.",
            meaning="Their distance counts as 1, the largest there is: how far apart they are is not told.",
            remedy="Compare values of this embedder with one another only.",
        )
        return (caution,)


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """Yield the texts in parts that one request can hold."""
    part: list[str] = []
    for text in texts:
        if part and (len(part) == _MOST_TEXTS or sum(map(len, part)) + len(text) > _MOST_CHARACTERS):
            yield part
            part = []
        part.append(text)
    if part:
        yield part
