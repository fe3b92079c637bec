"""A model that makes vectors, on a GPU of the cluster where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evalkit.nouns.ports import Embedder
from evalkit.sampling.ray import cluster

_SHARE = 0.25  # of a GPU: models of sentences are small, and others may want the rest


class PlacedEmbedder:
    """Another embedder, in an actor that has a part of a GPU; in this process where the cluster has none.

    It buys nothing, so what was asked of a dead actor is asked again.
    """

    def __init__(self, embedder: Embedder) -> None:
        """Keep whom to ask; the model is loaded where it is first needed.

        Args:
            embedder: Runs a model on whatever hardware its process has.
        """
        self.name = embedder.name
        self._embedder = embedder
        self._actor: Any = None

    def embed(self, texts: Sequence[str]) -> Any:  # noqa: ANN401 - what the protocol says
        """Return one row per text, (n, d)."""
        ray = cluster.library()
        if self._actor is None:
            if not ray.cluster_resources().get("GPU"):
                return self._embedder.embed(texts)
            kind = ray.remote(num_gpus=_SHARE, num_cpus=0, max_restarts=3, max_task_retries=3)(_Seat)
            self._actor = kind.remote(self._embedder)
        with cluster.death_as_error():
            return ray.get(self._actor.embed.remote(list(texts)))


class _Seat:
    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed(self, texts: Sequence[str]) -> Any:  # noqa: ANN401 - what the protocol says
        return self._embedder.embed(texts)
