from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.stats.at_k import distinct_at_k, distinct_valid_at_k, pass_at_k, pass_hat_k, tar_at_k

ANSWERS = st.lists(st.sampled_from("abcd"), min_size=5, max_size=9)
COUNTS = {"blue": 9, "red": 5, "green": 3, "teal": 1, "mauve": 1, "Blue.": 1}


@pytest.mark.parametrize("k", [1, 2, 5, 10, 20])
def test_at_k_is_the_reference(k, inference):
    """Twenty short answers have the reference values at every k, valid ones only and all."""
    known = inference["at_k_from_n20_short_answers"]
    counts, valid = list(COUNTS.values()), [bool(known["valid"][text]) for text in COUNTS]
    assert tar_at_k(counts, k) == pytest.approx(known["tar_at_k"][str(k)], abs=1e-9)
    assert distinct_at_k(counts, k) == pytest.approx(known["distinct_at_k"][str(k)], abs=1e-9)
    assert distinct_valid_at_k(counts, valid, k) == pytest.approx(known["distinct_valid_at_k"][str(k)], abs=1e-9)


@pytest.mark.parametrize(("name", "function"), [("pass_at_k", pass_at_k), ("pass_hat_k_all_succeed", pass_hat_k)])
def test_passes_are_the_reference(name, function, inference):
    """Both chances of success in k tries are the reference values."""
    for case, known in inference[name].items():
        n, c, k = (int(part.partition("=")[2]) for part in case.split(","))
        assert function(c, n, k) == pytest.approx(known, abs=1e-9), case


@given(ANSWERS, st.integers(1, 5))
def test_at_k_is_the_mean_over_all_choices(answers, k):
    """Counting gives what looking at every choice of k answers gives."""
    counts = Counter(answers)
    sizes, valid = list(counts.values()), [text < "c" for text in counts]
    choices = list(combinations(answers, k))
    assert tar_at_k(sizes, k) == pytest.approx(sum(len(set(c)) == 1 for c in choices) / len(choices))
    assert distinct_at_k(sizes, k) == pytest.approx(sum(len(set(c)) for c in choices) / len(choices))
    accepted = sum(len({text for text in c if text < "c"}) for c in choices) / len(choices)
    assert distinct_valid_at_k(sizes, valid, k) == pytest.approx(accepted)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=8).filter(lambda counts: sum(counts) > 1))
def test_two_draws_agree_as_pairs_do(counts):
    """At k = 2 agreement is pair agreement, and the number of different answers is 2 minus it."""
    n = sum(counts)
    pairs = sum(c * (c - 1) for c in counts) / (n * (n - 1))
    assert tar_at_k(counts, 2) == pytest.approx(pairs)
    assert distinct_at_k(counts, 2) == pytest.approx(2 - pairs)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=8))
def test_more_draws_agree_less_and_meet_more(counts):
    """Agreement falls with k, and the number of different answers rises up to the classes there are."""
    n = sum(counts)
    agree, different = ([function(counts, k) for k in range(1, n + 1)] for function in (tar_at_k, distinct_at_k))
    assert agree == sorted(agree, reverse=True)
    assert different == sorted(different)
    assert different[0] == agree[0] == 1
    assert different[-1] == len(counts)


def test_valid_is_not_drawn_among_valid_only():
    """One valid answer of two is met once in every two single draws."""
    assert distinct_valid_at_k([1, 1], [True, False], 1) == 0.5


def test_never_the_biased_power():
    """Half of four tries succeeding, two tries succeed more often than 1 - (1 - c/n)^k says."""
    assert pass_at_k(2, 4, 2) == pytest.approx(5 / 6)
    assert pass_hat_k(2, 4, 2) == pytest.approx(1 / 6)


def test_too_few_answers_have_no_value():
    """With fewer than k answers nothing is said, not 0."""
    values = (
        tar_at_k([2, 2], 5),
        distinct_at_k([2, 2], 5),
        distinct_at_k([], 1),
        pass_at_k(1, 4, 5),
        pass_hat_k(4, 4, 5),
    )
    assert values == (None,) * 5


def test_large_counts_stay_exact():
    """A hundred thousand answers lose nothing: two equal classes agree in two draws as the formula says."""
    assert tar_at_k([50_000, 50_000], 2) == 49_999 / 99_999
    assert distinct_at_k([50_000, 50_000], 100_000) == 2
