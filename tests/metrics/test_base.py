"""The decorators, and the binding of options."""

from __future__ import annotations

from typing import Literal, Optional

import pytest

from evalkit.errors import UnknownNameError, UsageError
from evalkit.metrics.base import bind, over_unique, pair_metric, resolve, sample_metric, set_metric
from evalkit.metrics.binding import at_least
from evalkit.nouns import Form, MetricRequest, Undefined


def _shortened(text: str, *, length: int = 3) -> str:
    return text[:length]


def _all_pairs(texts, *, weight: float = 1.0, note: str | None = None):
    return [[weight if note is None else 0.0 for _ in texts] for _ in texts]


@pair_metric(unit="share", bounds=(0.0, 1.0), diversity=-1, prepare=_shortened, matrix=_all_pairs)
def same_start(a: str, b: str, *, weight: float = 1.0, note: str | None = None) -> float:
    """Return the weight when two texts begin alike.

    More words on it,
    in two lines.

    Raises:
        ValueError: Never.

    References:
        Definition by this project.
            With a second line.
    """
    return weight * (a == b) if note is None else 0.0


def test_name_and_words_come_from_the_function():
    """Name, summary, prose and references are read from the function."""
    assert same_start.name == "same_start"
    assert same_start.summary == "Return the weight when two texts begin alike."
    assert same_start.description == f"{same_start.summary}\n\nMore words on it,\nin two lines."
    assert same_start.references == "Definition by this project.\n    With a second line."


def test_options_are_those_of_function_and_preparation():
    """Keyword-only parameters of both are options, sorted by name."""
    assert same_start.defaults == (("length", 3), ("note", None), ("weight", 1.0))
    assert same_start.options == ()


def test_bound_options_reach_function_and_preparation():
    """Both see the values that were bound, and the title names them."""
    bound = bind(same_start, {"weight": 2, "length": 1})

    assert bound.prepare("abc") == "a"
    assert bound.function("a", "a") == 2.0
    assert bound.title == "same_start(length=1, weight=2)"


def test_default_values_stay_out_of_the_title():
    """An option that is set to its default is no difference."""
    assert bind(same_start, {"length": 3}).title == "same_start"


def test_binding_twice_keeps_the_first_options():
    """A second binding adds to the first, or overrides it."""
    bound = bind(bind(same_start, {"weight": 2.0, "length": 1}), {"length": 2})

    assert bound.options == (("length", 2), ("weight", 2.0))
    assert bound.function("a", "a") == 2.0


def test_binding_leaves_the_metric_alone():
    """The metric that was bound still has its defaults."""
    bind(same_start, {"length": 1})

    assert same_start.prepare("abcd") == "abc"


def test_binding_nothing_returns_the_metric():
    """No options, no new metric."""
    assert bind(same_start, {}) is same_start


def test_binding_keeps_the_matrix():
    """The short way over all pairs survives binding, and sees the options of the function."""
    assert bind(same_start, {"weight": 0.5}).function.matrix(["a"]) == [[0.5]]


def test_unknown_option_names_the_nearest():
    """A misspelt option is answered with the one that was meant."""
    with pytest.raises(UsageError, match=r"no option 'lenght' \(did you mean 'length'"):
        bind(same_start, {"lenght": 1})


def test_unknown_option_lists_what_there_is():
    """An option unlike any other is answered with all there are."""
    with pytest.raises(UsageError, match="known: length, note, weight"):
        bind(same_start, {"zzz": 1})


@pytest.mark.parametrize(
    ("option", "value"),
    [("length", "3"), ("length", 3.5), ("length", True), ("length", None), ("weight", "1"), ("note", 1)],
)
def test_wrong_type_is_refused(option, value):
    """A value of another type than the parameter's is an error that names the option."""
    with pytest.raises(UsageError, match=f"option '{option}' of same_start is "):
        bind(same_start, {option: value})


def test_what_is_no_number_is_refused():
    """NaN passes every comparison with a limit, so it is refused before any."""
    with pytest.raises(UsageError, match="option 'weight' of same_start is no number"):
        bind(same_start, {"weight": float("nan")})


@pytest.mark.parametrize(("option", "value"), [("weight", 1), ("note", "a"), ("note", None)])
def test_right_type_is_taken(option, value):
    """A whole number is a number, and None stands where the parameter allows it."""
    assert dict(bind(same_start, {option: value}).defaults)[option] in {1.0, None}


def test_option_without_annotation_takes_anything():
    """Where the author states no type, none is demanded."""

    @sample_metric(unit="words", bounds=(0.0, 1.0))
    def free(text, *, anything=None):
        """Return nothing of worth."""
        return float(bool(text and anything))

    assert bind(free, {"anything": ["x"]}).function("a") == 1.0
    assert free.references == ""


def test_decorators_set_the_form():
    """The decorator is what decides how a metric is seen."""

    def nothing(texts: object) -> float:
        """Return 0."""
        return 0.0 * bool(texts)

    one = sample_metric(unit="share", bounds=(0.0, 1.0))(nothing)
    many = set_metric(unit="share", bounds=(0.0, 1.0), depends_on_n=False)(nothing)

    assert (one.form, one.min_samples, one.depends_on_n) == (Form.SAMPLE, 1, False)
    assert (many.form, many.min_samples, many.depends_on_n) == (Form.SET, 1, False)
    assert (same_start.form, same_start.min_samples) == (Form.PAIR, 2)
    assert one.prepare is None


def test_resolve_finds_and_binds():
    """A request becomes the metric of that name with its options."""
    metric = resolve(MetricRequest(name="distinct_n", options=(("n", 3),)))

    assert metric.title == "distinct_n(n=3)"
    assert metric.function([metric.prepare("a b c a b c")]) == 0.75


def test_resolve_suggests_the_nearest_name():
    """A misspelt metric is answered with the one that was meant."""
    with pytest.raises(UnknownNameError, match="did you mean 'distinct_n'"):
        resolve(MetricRequest(name="distinct-n"))


@pytest.mark.parametrize(
    ("name", "options", "error"),
    [
        ("distinct_n", {"n": 0}, UsageError),
        ("edit_similarity", {"limit": 0}, UsageError),
        ("exact_agreement", {"level": "lose"}, UnknownNameError),
        ("unique_share", {"level": "answer"}, UsageError),
        ("accuracy", {"pattern": "("}, UsageError),
    ],
)
def test_options_no_text_can_be_prepared_with_are_refused_at_once(name, options, error):
    """What would fail with the first text fails while binding, before anything is bought."""
    with pytest.raises(error):
        resolve(MetricRequest(name=name, options=tuple(options.items())))


def test_preparation_without_options_stays():
    """Only the function has an option to fill in here."""

    @set_metric(unit="share", bounds=(0.0, 9.0), prepare=str.split)
    def longest(texts: list[list[str]], *, times: Optional[int] = 1) -> float:  # noqa: UP045 - the older way to write it
        """Return the most words of a text."""
        return float(max(map(len, texts)) * (times or 0))

    bound = bind(longest, {"times": 2})

    assert bound.function([bound.prepare("a b"), bound.prepare("c")]) == 4.0


def test_preparation_may_be_undefined_for_an_empty_text():
    """That an empty text has no value is no fault of the options."""

    def first(text: str, *, place: int = 0) -> str:
        if not text:
            raise Undefined("the text is empty")
        return text[place]

    @sample_metric(unit="share", bounds=(0.0, 1.0), prepare=first)
    def starts_with_a(character: str) -> float:
        """Return 1 when the character is an a."""
        return float(character == "a")

    assert bind(starts_with_a, {"place": 1}).options == (("place", 1),)


def test_equal_bindings_are_equal():
    """A metric resolved twice is one key, so caches and comparisons may rest on it."""
    first, second = (resolve(MetricRequest(name="distinct_n", options=(("n", 3),))) for _ in range(2))

    assert first == second
    assert hash(first) == hash(second)


def test_another_package_may_offer_what_is_no_metric(tmp_path, monkeypatch):
    """An entry point that leads to something else is refused by name."""
    package = tmp_path / "elsewhere-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: elsewhere\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text("[evalkit.metrics]\nsqrt = math:sqrt\n")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(UsageError, match="'sqrt' is no metric"):
        resolve(MetricRequest(name="sqrt"))


def test_over_unique_asks_once_for_each_value():
    """The kernel sees the distinct values, and its answer is spread over all."""
    import numpy as np

    asked = []
    matrix = over_unique(["b", "a", "b"], lambda values: asked.append(values) or np.array([[1.0, 2.0], [3.0, 4.0]]))

    assert asked == [["b", "a"]]
    assert matrix.tolist() == [[1.0, 2.0, 1.0], [3.0, 4.0, 3.0], [1.0, 2.0, 1.0]]


@set_metric(unit="share", bounds=(0.0, 1.0), of_options=lambda options: at_least("longest", options, m=2))
def longest(texts, *, by: Literal["words", "characters"] = "words", m: int | None = 3) -> float:
    """Return the share of the longest text.

    References:
        Definition by this project.
    """
    return float(m or len(by)) / len(texts)


def test_an_option_of_few_words_takes_these_alone():
    """A Literal lists what may be said; another word is refused with the nearest one, another type as ever."""
    assert bind(longest, {"by": "characters"}).title == "longest(by=characters)"
    with pytest.raises(UnknownNameError, match=r"longest can not be 'word' .did you mean 'words'"):
        bind(longest, {"by": "word"})
    with pytest.raises(UsageError, match="is str, not 3"):
        bind(longest, {"by": 3})


def test_an_option_below_its_least_value_is_refused_when_bound():
    """The message names metric, option and least value; no value at all is none that could be too small."""
    assert bind(longest, {"m": None}).function(["a"]) == 5.0
    with pytest.raises(UsageError, match=r"longest can not take m=1 \(m is 2 or more\)"):
        bind(longest, {"m": 1})


def test_what_follows_from_options_may_say_that_the_number_of_samples_does_not_matter():
    """A field may follow both from rarefying and from the options; then the options have the word."""
    follows = {"depends_on_n": False}
    metric = set_metric(unit="share", bounds=(0.0, 1.0), of_options=lambda _: follows)(longest.function.function)

    assert bind(metric, {"rarefy": 2}).depends_on_n is False
