import itertools
import math
import random
from collections import Counter

import numpy as np
import pytest

from evalkit.loopback.language import Language, Law
from evalkit.loopback.truth import Truth, truth_of

SMALL = Language.of("{a|b} {c|}.", extra_words=("x",))
PROMPTS = (
    "What is the capital of France?",
    "Write a Python function that says whether a number is even.",
    "Tell a two-sentence story about a dragon.",
    "Hello!",
)


def messages(prompt: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": prompt}]


def every_answer(law: Law, limit: int) -> dict[tuple[str, ...], float]:
    """Return each answer of at most `limit` words and its probability, by trying them all."""
    found: dict[tuple[str, ...], float] = {}
    pending: list[tuple[int, tuple[str, ...], float]] = [(0, (), 1.0)]
    while pending:
        state, said, mass = pending.pop()
        if len(said) == limit:
            found[said] = mass
            continue
        row = law.probabilities(state)
        if row[0] > 0:
            found[said] = mass * row[0]
        for token in np.flatnonzero(row[1:]) + 1:
            word = law.language.vocabulary[token]
            pending.append((law.language.target(state, int(token)), (*said, word), mass * float(row[token])))
    return found


@pytest.mark.parametrize(("temperature", "top_p"), [(0.0, None), (0.5, None), (1.0, None), (2.0, None), (2.0, 0.8)])
def test_truth_equals_enumeration(temperature: float, top_p: float | None) -> None:
    """On a language small enough to try every answer, each number equals the one found so."""
    law = Law(SMALL, temperature, top_p)
    truth = Truth(law, 4)
    answers = every_answer(law, 4)
    assert sum(answers.values()) == pytest.approx(1)
    assert truth.agreement == pytest.approx(sum(p**2 for p in answers.values()))
    assert truth.power_sum(5) == pytest.approx(sum(p**5 for p in answers.values()))
    for n in (1, 5, 20):
        assert truth.distinct(n) == pytest.approx(sum(1 - (1 - p) ** n for p in answers.values()))
        assert truth.coverage(n) == pytest.approx(1 - sum(p * (1 - p) ** n for p in answers.values()))
    assert truth.entropy_nats == pytest.approx(-sum(p * math.log(p) for p in answers.values()))
    assert truth.expected_length == pytest.approx(sum(p * len(words) for words, p in answers.items()))
    assert truth.modal_probability == pytest.approx(max(answers.values()))
    shared = 0.0
    for (one, p), (other, q) in itertools.product(answers.items(), repeat=2):
        shared += p * q * sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other)))  # noqa: B905 - answers differ in length
    assert truth.expected_prefix == pytest.approx(shared)
    for k in (1, 2, 4, 5):
        expected: Counter[str | None] = Counter()
        for words, p in answers.items():
            expected[words[k - 1] if len(words) >= k else None] += p
        there = truth.word_distribution(k)
        assert set(there) >= set(expected)
        assert {word: there[word] for word in expected} == pytest.approx(dict(expected))


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("temperature", [0.0, 0.7, 1.0, 2.0])
def test_distributions_sum_to_one(prompt: str, temperature: float) -> None:
    """The words at each place, the end included, and the lengths have total probability 1."""
    truth = truth_of(messages(prompt), temperature=temperature, max_tokens=60)
    for k in (1, 2, 7, 30, 60, 61):
        assert sum(truth.word_distribution(k).values()) == pytest.approx(1)
    lengths = truth.length_distribution()
    assert lengths.sum() == pytest.approx(1)
    assert float(lengths @ np.arange(len(lengths))) == pytest.approx(truth.expected_length)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_zero_temperature_always_agrees(prompt: str) -> None:
    """At temperature 0 two answers are always equal, and nothing is uncertain."""
    truth = truth_of(messages(prompt), temperature=0)
    assert truth.agreement == 1
    assert truth.entropy_nats == 0
    assert truth.modal_probability == 1
    assert truth.expected_prefix == truth.expected_length


@pytest.mark.parametrize("prompt", PROMPTS)
def test_answers_differ_more_the_warmer_it_is(prompt: str) -> None:
    """Agreement and shared prefix fall with temperature, entropy rises."""
    warmer = [truth_of(messages(prompt), temperature=t) for t in (0.0, 0.1, 0.3, 0.7, 1.0, 1.5, 2.0)]
    agreements = [max(truth.agreement, 1e-6) for truth in warmer]  # below, empty answers are all that is equal
    assert agreements == sorted(agreements, reverse=True)
    assert agreements[-1] < 0.05
    prefixes = [truth.expected_prefix / truth.expected_length for truth in warmer]
    assert prefixes == sorted(prefixes, reverse=True)
    entropies = [truth.entropy_nats for truth in warmer]
    assert entropies == sorted(entropies)


@pytest.mark.parametrize(
    ("prompt", "temperature", "top_p", "limit"),
    [
        (PROMPTS[0], 1.0, None, 256),
        (PROMPTS[0], 2.0, None, 8),
        (PROMPTS[1], 0.7, None, 256),
        (PROMPTS[2], 0.2, None, 12),
        (PROMPTS[2], 1.5, 0.9, 256),
        (PROMPTS[3], 1.0, 0.8, 256),
    ],
)
def test_sampled_answers_obey_the_truth(prompt: str, temperature: float, top_p: float | None, limit: int) -> None:
    """Agreement, prefix, length and words of sampled answers lie within 4 standard errors of the truth."""
    truth = truth_of(messages(prompt), temperature=temperature, top_p=top_p, max_tokens=limit)
    uniform = random.Random(f"{prompt}{temperature}").random  # noqa: S311 - repeatable on purpose
    pairs = [(truth.law.answer(uniform, limit).words, truth.law.answer(uniform, limit).words) for _ in range(1500)]
    equal = np.array([one == other for one, other in pairs], dtype=float)
    prefix = np.array([len(list(itertools.takewhile(lambda p: p[0] == p[1], zip(*pair)))) for pair in pairs])  # noqa: B905 - answers differ in length
    length = np.array([len(words) for pair in pairs for words in pair])
    within = [(equal, truth.agreement), (prefix, truth.expected_prefix), (length, truth.expected_length)]
    for k in (1, 2, 5):
        word, probability = max(truth.word_distribution(k).items(), key=lambda item: item[1])
        there = [(words[k - 1] if len(words) >= k else None) == word for pair in pairs for words in pair]
        within.append((np.array(there, dtype=float), probability))
    for values, expected in within:
        error = max(float(values.std(ddof=1)) / math.sqrt(len(values)), 0.5 / len(values))
        assert abs(float(values.mean()) - expected) <= 4 * error


def test_truncation_makes_answers_agree_more() -> None:
    """Answers cut after few words agree more often than whole ones, and are as long as the limit."""
    cut = truth_of(messages(PROMPTS[2]), temperature=0.7, max_tokens=2)
    assert cut.agreement > truth_of(messages(PROMPTS[2]), temperature=0.7).agreement
    assert cut.expected_length == pytest.approx(2, abs=0.01)


def test_top_p_of_one_changes_nothing_and_a_small_one_decides() -> None:
    """top_p 1 is the whole law; a tiny one leaves one answer."""
    asked = messages(PROMPTS[2])
    whole = truth_of(asked, temperature=1.0)
    assert truth_of(asked, temperature=1.0, top_p=1.0).agreement == whole.agreement
    assert truth_of(asked, temperature=1.0, top_p=1e-6).agreement == pytest.approx(1)


def test_word_before_the_first_is_refused() -> None:
    """Words are counted from 1."""
    with pytest.raises(ValueError, match="counted from 1"):
        truth_of(messages("x"), temperature=1).word_distribution(0)
