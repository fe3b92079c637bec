"""An endpoint against itself: what comparing says when nothing has changed."""

from __future__ import annotations

import pytest

from calibration.alarming.changed import note
from calibration.alarming.truths import T

METRICS = ("exact_agreement", "rouge_l_distance", "length_words")


@pytest.mark.evalkit(suite="short.yaml", temperatures=[T])
def test_same(evalkit, record_property):
    against = evalkit.compare("before")
    note(record_property, against.comparison(METRICS))
    for claim in (against.equivalent, against.not_more_diverse, against.not_less_diverse):
        bool(claim(metric="rouge_l_distance"))
