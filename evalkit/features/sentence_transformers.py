"""Sentence transformers: vectors of a model that runs on this machine; an optional extra."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from evalkit.errors import MissingExtraError

if TYPE_CHECKING:
    from numpy.typing import NDArray


class SentenceTransformers:
    """Embeds texts by a model of the package sentence-transformers, which fetches its weights at first use.

    References:
        N. Reimers, I. Gurevych, "Sentence-BERT: Sentence Embeddings Using Siamese BERT-Networks", EMNLP (2019), arXiv
        1908.10084.
    """

    def __init__(self, model: str) -> None:
        """Keep the model's name; it is loaded when it is first needed."""
        self.name = f"sentence_transformers {model}"
        self._wanted = model
        self._loaded: Any = None

    def embed(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return one row per text, (n, d).

        Raises:
            MissingExtraError: The package is not installed.
        """
        if self._loaded is None:
            self._loaded = _load(self._wanted)
        return np.asarray(self._loaded.encode(list(texts), show_progress_bar=False), dtype=np.float64)


def _load(model: str) -> Any:  # noqa: ANN401 - the package is not always there to name its type
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise MissingExtraError(
            "vectors of sentence_transformers need a package that is not installed",
            hint="pip install 'evalkit[sentence-transformers]', or choose embedding: trigrams",
        ) from error
    return SentenceTransformer(model)
