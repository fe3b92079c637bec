"""Whether answers changed while the run was going on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.analysis.course import Timeline, drift_cautions, likeness, likeness_by_part, mean_by_part, parts_of
from evalkit.nouns import SLUGS
from evalkit.text.words import tokens

_EARLY = [f"a{i}" for i in range(12)]
_LATE = [f"b{i}" for i in range(12)]


def _texts(rng, n=12, *, late=()):
    """Return answers of eight words; those from the middle on from other words, when they are given."""
    return [" ".join(rng.choice(late if late and r >= n // 2 else _EARLY, 8)) for r in range(n)]


def _seen(cells, samples=12):
    timeline = Timeline(samples=samples)
    for cell in cells:
        timeline.see(cell)
    return timeline.courses()


@pytest.mark.parametrize(
    ("samples", "parts"),
    [
        (5, ()),
        (6, (0, 2, 4)),
        (7, (0, 2, 4)),
        (10, (0, 2, 4, 6, 8)),
        (20, (0, 4, 8, 12, 16)),
        (12, (0, 2, 4, 6, 8, 10)),
    ],
)
def test_parts_of_a_run(samples, parts):
    """Parts are equal where that can be, hold two replicates at least, and are none in a short run."""
    assert parts_of(samples) == parts


def test_likeness_by_hand():
    """One word of three in common is a third; two texts without a word are the same."""
    assert likeness(["a b", "b c", "", ""]).tolist() == [
        [1, pytest.approx(1 / 3), 0, 0],
        [pytest.approx(1 / 3), 1, 0, 0],
        [0, 0, 1, 1],
        [0, 0, 1, 1],
    ]


@given(st.lists(st.sampled_from(["a", "b", "A.", "猫", "\ud800", " "]) | st.text(max_size=3), max_size=8), st.randoms())
def test_likeness_is_that_of_sets_of_words(words, random):
    """Whatever the words, copies and empty texts among the texts, and beyond the words of one table."""
    texts = [" ".join(random.sample(words, random.randint(0, len(words)))) for _ in range(4)] * 2
    sets = [set(tokens(text)) for text in texts]
    expected = [[len(a & b) / len(a | b) if a | b else 1.0 for b in sets] for a in sets]
    assert likeness(texts).tolist() == pytest.approx(np.array(expected), abs=1e-12)


def test_likeness_of_texts_of_many_words():
    """Texts whose words are too many for one table are compared all the same."""
    first, second = (" ".join(map(str, range(start, start + 40_000))) for start in (0, 20_000))
    assert likeness([first, second])[0, 1] == pytest.approx(1 / 3, abs=1e-12)


@given(st.lists(st.integers(0, 19), unique=True, min_size=1, max_size=20), st.integers(0, 9))
def test_parts_have_the_means_of_their_tables(times, seed):
    """Sums over whole parts say what a table of each part says, an answer and itself left out."""
    edges, chance = (0, 4, 8, 12, 16), np.random.default_rng(seed)
    values = chance.random((len(times), len(times)))
    alike, part = values + values.T, [max(k for k, edge in enumerate(edges) if edge <= time) for time in times]
    first = [place for place, k in enumerate(part) if k == 0]
    tables = [[alike[i, j] for i in first for j, of in enumerate(part) if of == k and i != j] for k in range(5)]
    rows = [[value for value, of in zip(values[0], part, strict=True) if of == k] for k in range(5)]
    mean = [np.mean(table) if table else np.nan for table in tables]
    assert likeness_by_part(np.array(times, float), alike, edges) == pytest.approx(mean, abs=1e-12, nan_ok=True)
    mean = [np.mean(row) if row else np.nan for row in rows]
    assert mean_by_part(np.array(times, float), values[0], edges) == pytest.approx(mean, abs=1e-12, nan_ok=True)


def test_other_words_from_the_middle_on_are_seen(cell_of):
    """A change of what is said, at one length, is shown by likeness, and told in a caution with its temperature."""
    rng = np.random.default_rng(1)
    found = _seen(
        cell_of(_texts(rng, late=_LATE if temperature else ()), prompt=prompt, temperature=temperature)
        for prompt in ("p1", "p2")
        for temperature in (0.0, 1.0)
    )
    assert [(c.quantity, c.temperature) for c in found.courses if c.drifts] == [("likeness", 1.0)]
    (caution,) = drift_cautions(found)
    assert (caution.slug in SLUGS, caution.temperatures) == (True, (1.0,))
    (moved,) = [course for course in found.courses if course.drifts]
    assert moved.stretches[0].value > 0.2
    assert moved.stretches[-1].value == 0.0


def test_longer_answers_are_seen(cell_of):
    """Answers that grow are shown by their length, with the means of first and last part."""
    cells = [cell_of([" ".join("w" * (5 + r)) for r in range(12)], prompt=p) for p in ("p1", "p2")]
    length = _seen(cells).courses[0]
    assert (length.quantity, length.drifts, length.statistic) == ("words", True, pytest.approx(1.0))
    assert [stretch.value for stretch in length.stretches] == [5.5, 7.5, 9.5, 11.5, 13.5, 15.5]
    assert (length.stretches[0].first, length.stretches[0].last, length.stretches[-1].last) == (0, 1, 11)
    assert "grew longer at T = 1" in drift_cautions(_seen(cells))[0].fact


def test_latency_raises_no_caution(cell_of):
    """Latency is tested by itself; where none is known it is left out."""
    cell = cell_of(_texts(np.random.default_rng(2)))
    assert {course.quantity for course in _seen([cell]).courses} == {"words", "likeness"}
    timed = cell_of(_texts(np.random.default_rng(2)), latency_s=0.5)
    latency = _seen([timed]).courses[-1]
    assert (latency.quantity, latency.p_value, latency.unit) == ("latency", None, "s")
    assert "differ" in latency.undefined
    assert drift_cautions(_seen([timed])) == ()


def test_equal_answers_and_short_runs_have_no_test(cell_of):
    """Where nothing differs, or a cell holds fewer than six samples, no p-value is made up."""
    same = _seen([cell_of(["a b"] * 12)]).courses
    assert all(course.p_value is None and course.undefined and not course.drifts for course in same)
    assert all(stretch.interval is None for course in same for stretch in course.stretches)
    assert _seen([cell_of(["a", "b", "c"])], samples=3).courses == ()


def test_false_alarms_of_the_caution(cell_of):
    """Of 60 runs without a change few raise it; nine would be a chance of 0.2 % if 5 % did."""
    rng = np.random.default_rng(5)
    alarms = sum(
        bool(drift_cautions(_seen(cell_of(_texts(rng), prompt=p, temperature=t) for p in "ab" for t in (0.5, 1.0))))
        for _ in range(60)
    )
    assert alarms < 9
