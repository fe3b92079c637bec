"""How good each sample is, by any metric of single samples."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.deriving import score
from evalkit.errors import StatisticsError, UsageError
from evalkit.features.quality import quality
from evalkit.nouns import Cell, CellOutcomes, Decoding, Draw, Endpoint, Prompt, Sample
from evalkit.nouns.ports import Tools

ANSWER = r'Answer\("([A-E])"\)'
TEXTS = ('So Answer("B")', "B, of course", "")


@pytest.fixture
def cell_of():
    """Return a maker of cells with three answers to a prompt with this reference."""

    def make(reference="B"):
        prompt = Prompt(id="p", messages=(), reference=reference)
        cell = Cell(endpoint=Endpoint(model="m"), prompt=prompt, decoding=Decoding(temperature=1.0))
        samples = [Sample(draw=Draw(cell=cell, replicate=i), text=text) for i, text in enumerate(TEXTS)]
        return CellOutcomes(cell=cell, samples=tuple(samples))

    return make


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [1, 1, 0]),
        ({"pattern": ANSWER}, [1, 0, 0]),
        ({"contains": "course"}, [0, 1, 0]),
        ({"max_words": 2}, [1, 0, 0]),
        ({"json": True}, [0, 0, 0]),
        ({"quality": "accuracy"}, [1, 1, 0]),
        ({"quality": "accuracy", "pattern": ANSWER}, [1, 0, 0]),
        ({"quality": "accuracy", "contains": "course", "max_words": 1}, [1, 1, 0]),
    ],
)
def test_the_quality_gets_the_options_it_knows(cell_of, options, expected):
    """Options the chosen metric does not have are not passed on."""
    (row,) = quality([cell_of()], Tools(score=score), **options)
    assert row.tolist() == expected


def test_what_has_no_quality_is_nan(cell_of):
    """Accuracy without a reference does not exist, which is not 0."""
    known, unknown = quality([cell_of(), cell_of(None)], Tools(score=score), quality="accuracy")
    assert known.tolist() == [1, 1, 0]
    assert np.isnan(unknown).all()


@pytest.mark.parametrize("name", ["exact_agreement", "length_words", "quality_mean"])
def test_not_every_metric_is_a_quality(cell_of, name):
    """It must be of single samples, in [0, 1], and no quality of a quality."""
    with pytest.raises(UsageError, match="can not be the quality"):
        quality([cell_of()], Tools(score=score), quality=name)


def test_without_a_way_to_score_it_says_so(cell_of):
    """Tools that can not score are an error with a hint."""
    with pytest.raises(StatisticsError, match="score"):
        quality([cell_of()], Tools())
