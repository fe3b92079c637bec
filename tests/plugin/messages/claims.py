"""Assertions that do not hold, one of each kind that is false and one that is open: docs/pytest_messages.md."""

import os

import pytest

UNSTEADY = os.environ.get("UNSTEADY", "loopback")

facts = pytest.mark.evalkit(suite="facts.yaml")
stories = pytest.mark.evalkit(suite="stories.yaml")


@facts
class TestMetricAgainstNumber:
    """A metric against a number."""

    def test_false(self, evalkit):
        """The whole interval lies on the other side of the number."""
        assert evalkit.cell("france", 0.7)["exact_agreement"] > 0.8

    def test_inconclusive(self, evalkit):
        """The value is on the right side, and the end of the interval that faces the number is not."""
        assert evalkit.cell("japan", 0.7)["exact_agreement"] > 0.7

    def test_inconclusive_out_of_reach(self, evalkit):
        """Not even perfect answers would do with so few of them."""
        assert evalkit.cell("japan", 0)["exact_agreement"] > 0.9


@facts
class TestDeterministic:
    """One answer: `deterministic`."""

    def test_false(self, evalkit):
        """The commonest answer is proved to be rarer."""
        assert evalkit.cell("france", 0.7).deterministic(at_least=0.9)

    def test_inconclusive(self, evalkit):
        """All answers are equal, and there are too few of them to prove so much."""
        assert evalkit.cell("france", 0).deterministic(level="whitespace", at_least=0.95, confidence=0.95)


@facts
class TestFloorBelow:
    """What varies at temperature 0: `floor_below`."""

    @pytest.mark.evalkit(base_url=UNSTEADY)
    def test_false(self, evalkit):
        """An endpoint that gives each third answer in other words."""
        assert evalkit.floor_below(0.02)

    def test_inconclusive(self, evalkit):
        """No two answers differ, and there are too few of them to prove so little."""
        assert evalkit.floor_below(0.02)


@stories
class TestValidShare:
    """Valid answers: `valid_share`."""

    def test_false(self, evalkit):
        """Stories of two sentences do not fit into twelve words."""
        assert evalkit.cell("robot", 1).valid_share(at_least=0.8, max_words=12)

    def test_inconclusive(self, evalkit):
        """Not all are short enough to prove it."""
        assert evalkit.cell("robot", 1).valid_share(at_least=0.7, max_words=25)


@stories
class TestTwoReadings:
    """Hot against cold: two readings of one metric."""

    def test_false(self, evalkit):
        """The interval of the difference lies on the other side of 0."""
        robot = evalkit("robot")
        assert robot[0]["rouge_l_distance"] > robot[1]["rouge_l_distance"]

    def test_inconclusive(self, evalkit):
        """The interval of the difference holds 0."""
        robot = evalkit("robot")
        assert robot[1]["rouge_l_distance"] > robot[0.7]["rouge_l_distance"]


@stories
class TestTrend:
    """A trend: `rises` and `falls`."""

    def test_false(self, evalkit):
        """It moves the other way."""
        assert evalkit.curve("rouge_l_distance").falls()

    @pytest.mark.evalkit(temperatures=[0.7, 1])
    def test_inconclusive(self, evalkit):
        """No trend is shown either way."""
        assert evalkit.curve("rouge_l_distance").rises(alpha=0.01)


@stories
class TestBetween:
    """A band: `between`."""

    def test_false(self, evalkit):
        """At one temperature it lies outside."""
        assert evalkit.curve("rouge_l_distance").between(0.3, 0.9)

    def test_inconclusive(self, evalkit):
        """At one temperature it may lie outside."""
        assert evalkit.curve("rouge_l_distance").between(0.55, 0.9, at=[0.7, 1])


@stories
class TestEquivalent:
    """Nothing has changed: `equivalent`."""

    def test_false(self, evalkit):
        """The baseline was drawn with top_p = 0.3."""
        assert evalkit.compare("with-narrow").equivalent(within=0.1, metric="rouge_l_distance")

    def test_inconclusive(self, evalkit):
        """The baseline was drawn with the same settings; twelve samples do not show that so closely."""
        assert evalkit.compare("with-stories").equivalent(within=0.05, metric="rouge_l_distance", at=1)


@stories
class TestNotMoreDiverse:
    """No more of it: `not_more_diverse`."""

    def test_false(self, evalkit):
        """Answers vary more than those of the baseline."""
        assert evalkit.compare("with-narrow").not_more_diverse(within=0.1, metric="rouge_l_distance")

    def test_inconclusive(self, evalkit):
        """Answers are as they were, which twelve samples do not show so closely."""
        assert evalkit.compare("with-stories").not_more_diverse(within=0.03, metric="rouge_l_distance", at=1)


@stories
class TestNotLessDiverse:
    """No less of it: `not_less_diverse`."""

    @pytest.mark.evalkit(suite="narrow.yaml")
    def test_false(self, evalkit):
        """Answers are drawn with top_p = 0.3 now, and the baseline was drawn without."""
        assert evalkit.compare("with-stories").not_less_diverse(within=0.1, metric="rouge_l_distance")

    def test_inconclusive(self, evalkit):
        """Answers are as they were, which twelve samples do not show so closely."""
        assert evalkit.compare("with-stories").not_less_diverse(within=0.03, metric="rouge_l_distance", at=1)


@facts
@pytest.mark.evalkit(temperatures=0.7, samples=20, precision=0.2, max_samples=90, metric="exact_agreement")
class TestPrecision:
    """Precision instead of a number of samples: `precision=`."""

    @pytest.mark.parametrize("prompt", ["france"])
    def test_false(self, evalkit, prompt):
        """Drawing went on until the interval was narrow, and all of it lies below."""
        assert evalkit.cell(prompt)["exact_agreement"] > 0.9

    @pytest.mark.parametrize("prompt", ["france"])
    def test_inconclusive(self, evalkit, prompt):
        """It is narrow enough for the precision that was asked for, and not for this number."""
        assert evalkit.cell(prompt)["exact_agreement"] > 0.35
