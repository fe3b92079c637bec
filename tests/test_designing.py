"""What a question takes in a suite: a fixed plan beside one that stops when it knows."""

from __future__ import annotations

import pytest

import evalkit
from evalkit import designing
from evalkit.errors import UsageError
from evalkit.metrics.base import resolve
from evalkit.nouns import Goal, MetricRequest, Mode, Reply, Request
from evalkit.stats.several_prompts import these_prompts

AGREEMENT = resolve(MetricRequest(name="exact_agreement"))


class Turns:
    """A backend that gives one of two answers, one of them oftener, but for temperature 0, where it repeats itself."""

    async def send(self, request: Request) -> Reply:
        """Return a text by replicate: seven of ten are the same."""
        hot = request.cell.temperature > 0.0
        return Reply.of_texts([f"text {int(hot and replicate % 10 < 3)}" for replicate in request.replicates])

    async def aclose(self) -> None:
        """Nothing to release."""


@pytest.fixture
def pilot(tmp_path, suite_of):
    """Return the curve of agreement in a run of four prompts."""
    with evalkit.open_store(tmp_path / "runs.sqlite") as store:
        evalkit.run(suite_of("a", "b", "c", "d", samples=30), store, label="r", backend=Turns())
        return evalkit.measure(store, "r")["exact_agreement"]


def rows_of(answer):
    """Return the rows of an answer by the name of their plan."""
    return {row["plan"]: row for row in answer.rows}


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        ("exact_agreement within 0.05", Goal(metric="exact_agreement", within=0.05)),
        ("within 0.05", Goal(metric="", within=0.05)),
        ("distinct_at_k(k=5) within 1", Goal(metric="distinct_at_k(k=5)", within=1.0)),
        ("accuracy above 0.9", Goal(metric="accuracy", against=0.9)),
        ("accuracy below 0.9", Goal(metric="accuracy", against=0.9)),
    ],
)
def test_a_goal_is_a_metric_a_word_and_a_number(text, goal):
    """The metric may be left out, and may have options."""
    assert designing.goal_of(text) == goal


@pytest.mark.parametrize(
    "text", ["", "exact_agreement", "within", "within -1", "within nan", "a around 0.5", "a above b"]
)
def test_what_is_no_goal_is_refused_with_an_example(text):
    """Anything else is told what one looks like."""
    with pytest.raises(UsageError) as caught:
        designing.goal_of(text)
    assert "exact_agreement within 0.05" in caught.value.hint


def test_the_fixed_plan_is_the_least_that_is_narrow_enough(suite_of, pilot):
    """With its samples the interval that is made is as narrow as asked for, and with one fewer it is not."""
    found = designing.for_goal(suite_of("a", "b", "c", "d"), designing.goal_of("within 0.08"), AGREEMENT, pilot)
    n = int(rows_of(found)["fixed"]["samples_of_a_cell"])
    hot = pilot.at(1.0)
    values = [m.value for m in hot.measurements]

    def half(size: int) -> float:
        variances = [max(m.variance, 0.02 / m.n_samples) * m.n_samples / size for m in hot.measurements]
        ends = these_prompts(values, variances, [size] * 4).ends
        return (ends[1] - ends[0]) / 2.0

    assert half(n) <= 0.08 < half(n - 1)


def test_looking_costs_less_where_temperatures_need_unlike_numbers(suite_of, pilot):
    """Requests are draws of the whole grid; the steady temperature is spared by one plan and not by the other."""
    found = rows_of(
        designing.for_goal(suite_of("a", "b", "c", "d"), designing.goal_of("within 0.05"), AGREEMENT, pilot)
    )
    fixed, looks = found["fixed"], found["in 4 looks"]
    assert fixed["draws"] == fixed["requests"] == int(fixed["samples_of_a_cell"]) * 8
    low, _, high = looks["samples_of_a_cell"].partition(" to ")
    assert int(low) * 8 <= looks["draws"] <= int(high) * 8


def test_where_nothing_is_known_all_temperatures_are_assumed_alike(suite_of):
    """Then looking can only cost more, and what is assumed is told."""
    found = designing.for_goal(suite_of(), designing.goal_of("within 0.1"), AGREEMENT, None, zeta1=0.04)
    rows = rows_of(found)
    assert rows["in 4 looks"]["draws"] >= rows["fixed"]["draws"]
    assert "zeta1 0.04 at every temperature, as assumed" in found.basis


def test_a_side_takes_a_run_that_tells_where_it_lies(suite_of, pilot):
    """Without one it is refused; with one, a side that is near takes more than one that is far."""
    goal = designing.goal_of("exact_agreement above 0.9")
    with pytest.raises(UsageError, match="hangs on where it lies"):
        designing.for_goal(suite_of(), goal, AGREEMENT, None)
    suite = suite_of("a", "b", "c", "d")
    far = rows_of(designing.for_goal(suite, goal, AGREEMENT, pilot))["fixed"]["draws"]
    near = designing.goal_of("exact_agreement above 0.5")
    assert rows_of(designing.for_goal(suite, near, AGREEMENT, pilot))["fixed"]["draws"] > far


def test_a_difference_takes_two_runs(suite_of, pilot):
    """Half the difference takes about four times the samples, and both sides are counted."""
    suite = suite_of("a", "b", "c", "d")
    wide, narrow = (rows_of(designing.for_difference(suite, delta, AGREEMENT, pilot))["fixed"] for delta in (0.2, 0.1))
    assert wide["draws"] == 2 * 8 * int(wide["samples_of_a_cell"])
    assert 2.5 < narrow["draws"] / wide["draws"] < 5.0
    with pytest.raises(UsageError, match="is none"):
        designing.for_difference(suite, 0.0, AGREEMENT, pilot)


def test_choices_share_requests(suite_of, pilot):
    """Where eight answers are one request, there are an eighth as many, rounded up."""
    suite = suite_of("a", "b", "c", "d", mode=Mode.CHOICES)
    row = rows_of(designing.for_goal(suite, designing.goal_of("within 0.1"), AGREEMENT, pilot))["fixed"]
    assert row["requests"] == -(-row["draws"] // 8)


def test_without_bounds_nothing_usual_is_known(suite_of):
    """A number of words has no usual variance."""
    words = resolve(MetricRequest(name="length_words"))
    with pytest.raises(UsageError, match="has no bounds"):
        designing.for_goal(suite_of(), designing.goal_of("within 3"), words, None)
