"""Vectors of an embedder."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.errors import MissingExtraError, StatisticsError
from evalkit.features.sentence_transformers import SentenceTransformers
from evalkit.features.trigrams import Trigrams
from evalkit.features.vectors import vectors
from evalkit.nouns import Cell, CellOutcomes, Decoding, Draw, Endpoint, Prompt, Sample
from evalkit.nouns.ports import Embedder, Tools

PACKAGE = """
class SentenceTransformer:
    def __init__(self, model):
        self.model = model

    def encode(self, texts, show_progress_bar):
        return [[float(len(self.model)), float(len(text))] for text in texts]
"""


def cell_of(texts, temperature=1.0):
    """Return a cell that holds these texts."""
    decoding = Decoding(temperature=temperature)
    cell = Cell(endpoint=Endpoint(model="m"), prompt=Prompt(id="p", messages=()), decoding=decoding)
    samples = tuple(Sample(draw=Draw(cell=cell, replicate=n), text=text) for n, text in enumerate(texts))
    return CellOutcomes(cell=cell, samples=samples)


class Fixed:
    """Gives what it was made with, and notes what it is asked."""

    name = "fixed"

    def __init__(self, rows):
        """Keep the rows."""
        self.rows = rows
        self.asked = []

    def embed(self, texts):
        """Return the rows."""
        self.asked.append(list(texts))
        return self.rows


def test_each_different_text_is_asked_once_and_blank_ones_never():
    """Rows come back in the order of the samples, of length 1, or zeros where nothing can be seen."""
    embedder = Fixed([[3.0, 4.0], [0.0, 0.0]])
    first, second = vectors([cell_of(["a", " ", "a"]), cell_of(["b", "a"], 2.0)], Tools(embedder=embedder))

    assert embedder.asked == [["a", "b"]]
    assert first == pytest.approx(np.array([[0.6, 0.8], [0.0, 0.0], [0.6, 0.8]]))
    assert second == pytest.approx(np.array([[0.0, 0.0], [0.6, 0.8]]))


@pytest.mark.parametrize("rows", [[[1.0]], [1.0, 2.0], [[1.0], [np.nan]], [[1.0], [1.0, 2.0]], [["x"], ["y"]], None])
def test_what_is_no_row_for_each_text_is_refused(rows):
    """The error names the embedder."""
    with pytest.raises(StatisticsError, match="'fixed'"):
        vectors([cell_of(["a", "b"])], Tools(embedder=Fixed(rows)))


def test_trigrams_of_short_and_hostile_texts():
    """One or two characters are a gram of their own; lone surrogates do no harm; nothing is zeros but nothing."""
    rows = Trigrams().embed(["No", "no", "日本", "\ud800\udfff", "\x00", "a  b", "a b", ""])

    assert np.linalg.norm(rows, axis=1) == pytest.approx([1.0] * 7 + [0.0])
    assert rows[0] @ rows[1] == 0.0
    assert (rows[5] == rows[6]).all()
    assert Trigrams().embed([]).shape == (0, 512)
    assert isinstance(Trigrams(), Embedder)


def test_missing_extra_says_what_to_install():
    """Nothing is imported before it is needed, and then the line says how to go on."""
    embedder = SentenceTransformers("all-MiniLM-L6-v2")

    assert embedder.name == "sentence_transformers all-MiniLM-L6-v2"
    with pytest.raises(MissingExtraError, match="sentence-transformers"):
        embedder.embed(["a"])


def test_installed_extra_is_asked(tmp_path, monkeypatch):
    """The package's own call, with the model by its name."""
    (tmp_path / "sentence_transformers.py").write_text(PACKAGE)
    monkeypatch.syspath_prepend(tmp_path)

    assert SentenceTransformers("mini").embed(["a", "bc"]).tolist() == [[4.0, 1.0], [4.0, 2.0]]
