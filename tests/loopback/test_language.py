import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.loopback.language import Language, Law
from evalkit.loopback.repertoire import law_of, topic_for, vocabulary
from evalkit.loopback.topics import TOPICS

SMALL = Language.of("{a|b} c {d|e|}.", extra_words=("x", "y"))


@given(temperature=st.floats(0, 2), top_p=st.floats(0, 1), state=st.integers(0, len(SMALL.graph) - 1))
def test_probabilities_sum_to_one(temperature: float, top_p: float, state: int) -> None:
    """At any temperature and top_p the probabilities of a state are a distribution."""
    row = Law(SMALL, temperature, top_p).probabilities(state)
    assert row.sum() == pytest.approx(1)
    assert (row >= 0).all()


@given(temperature=st.floats(0.05, 2))
def test_temperature_divides_the_logits(temperature: float) -> None:
    """Log-probabilities differ by the difference of logits over the temperature, for every pair."""
    row = np.log(Law(SMALL, temperature).probabilities(0))
    logits = SMALL.logits(0)
    assert row - row[0] == pytest.approx((logits - logits[0]) / temperature, abs=1e-6)


def test_every_word_is_possible_in_every_state() -> None:
    """At temperature 1 no word has probability 0 anywhere."""
    law = Law(SMALL, 1.0)
    assert all((law.probabilities(state) > 0).all() for state in range(len(SMALL.graph)))


def test_all_targets_at_once_are_the_targets_one_by_one() -> None:
    """The table holds for every state and word where the word leads, and that nothing follows the end."""
    language = law_of(TOPICS[0], 1.0).language
    states, tokens = language.targets.shape
    one_by_one = [[-1, *(language.target(state, token) for token in range(1, tokens))] for state in range(states)]
    assert language.targets.tolist() == one_by_one


def test_zero_temperature_takes_the_first_of_the_largest() -> None:
    """At temperature 0 all mass lies on the first token of the largest logit."""
    row = Law(SMALL, 0.0).probabilities(0)
    assert row.max() == 1
    assert SMALL.vocabulary[int(row.argmax())] == "a"


def test_top_p_keeps_the_fewest_likeliest_words() -> None:
    """top_p keeps the likeliest words until their mass reaches it, and no more."""
    whole = Law(SMALL, 1.0).probabilities(0)
    kept = Law(SMALL, 1.0, 0.7).probabilities(0)
    assert np.count_nonzero(kept) == 2
    assert kept[kept > 0] == pytest.approx(whole[kept > 0] / whole[kept > 0].sum())
    assert np.count_nonzero(Law(SMALL, 1.0, 0.0).probabilities(0)) == 1


@pytest.mark.parametrize("temperature", [0.7, 2.0])
def test_draws_follow_the_probabilities(temperature: float) -> None:
    """Levels spread evenly over [0, 1) hit each token as often as its probability says."""
    law = law_of(TOPICS[0], temperature)
    n = 20_000
    hits = np.bincount([law.draw(0, (i + 0.5) / n) for i in range(n)], minlength=len(vocabulary()))
    assert np.abs(hits / n - law.probabilities(0)).max() <= 2 / n


def test_extreme_levels_draw_a_token() -> None:
    """The ends of [0, 1) give a token of positive probability."""
    for law in (Law(SMALL, 2.0), Law(SMALL, 0.0), Law(SMALL, 1e-300), Law(SMALL, 1.0, 0.5)):
        for level in (0.0, 1 - 2**-53):
            assert law.probabilities(0)[law.draw(0, level)] > 0


def test_stray_word_goes_on_where_the_topic_uses_it() -> None:
    """A stray word leads to the nearest later place it belongs to, an unknown one nowhere."""
    edges = SMALL.graph[0]
    after_a = edges["a"].target
    c = SMALL.index["c"]
    assert SMALL.target(0, c) == SMALL.graph[after_a]["c"].target
    assert SMALL.target(after_a, SMALL.index["x"]) == after_a
    assert SMALL.target(after_a, SMALL.index["a"]) in {after_a, edges["a"].target}


def test_answer_is_its_words_joined_by_spaces_and_cut_at_the_limit() -> None:
    """An answer's text is its words with single spaces, cut without END at the limit."""
    answer = law_of(TOPICS[-1], 1.0).answer(random.Random(1).random, 5)  # noqa: S311 - repeatable on purpose
    assert answer.text.split(" ") == list(answer.words)
    assert len(answer.words) == 5
    assert not answer.finished
    assert len(answer.states) == 6


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_topic_says_something_sensible(topic: object) -> None:
    """At temperature 0 every topic says 2 to 80 words by itself, without a stray one."""
    law = law_of(topic, 0.0)
    answer = law.answer(lambda: 0.5)
    assert answer.finished
    assert 2 <= len(answer.words) <= 80
    for state, word in zip(answer.states, answer.words, strict=False):
        assert word in law.language.graph[state]


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_stray_words_are_rare_when_warm_and_common_when_hot(topic: object) -> None:
    """Stray words have under 1 % of the mass in every state at 1, and 35 % or more on average at 2."""
    language = law_of(topic, 1.0).language
    masses = {}
    for temperature in (1.0, 2.0):
        law = law_of(topic, temperature)
        masses[temperature] = [
            1 - sum(law.probabilities(state)[language.index[token]] for token in edges)
            for state, edges in enumerate(language.graph)
        ]
    assert max(masses[1.0]) < 0.01
    assert np.mean(masses[2.0]) > 0.35


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("Where should I go on a third date in San Francisco?", "chat/date"),
        ("How to pick a good tomato?", "chat/tomato"),
        ("Which TOMATOES are best?", "chat/tomato"),
        ("Tell a two-sentence story about a lighthouse keeper.", "story/lighthouse"),
        ("Write a short story about a gift.", "story/any"),
        ("What is the capital of France? Reply in the form 'Answer: X.'", "facts/capital-of-france"),
        ("Write a Python function that reverses a string.", "code/reverse"),
        ("Write a Python function that computes a factorial.", "code/factorial"),
        ("qwertyuiop", "general/any"),
        ("", "general/any"),
    ],
)
def test_prompt_calls_for_its_topic(prompt: str, name: str) -> None:
    """The last user message chooses the topic by its words."""
    messages = [{"role": "user", "content": "pasta"}, {"role": "assistant", "content": "dragon"}]
    assert topic_for([*messages, {"role": "user", "content": prompt}]).name == name


def test_text_parts_are_read_and_no_user_message_is_general() -> None:
    """Content may come in text parts; without a user message the general topic serves."""
    parts = [{"type": "text", "text": "a good"}, {"type": "text", "text": "tomato"}]
    assert topic_for([{"role": "user", "content": parts}]).name == "chat/tomato"
    assert topic_for([{"role": "system", "content": "tomato"}]).name == "general/any"


def test_vocabulary_is_large_and_topic_names_are_unique() -> None:
    """There are several hundred words, each once, and every topic has its own name."""
    assert len(vocabulary()) > 600
    assert len(set(vocabulary())) == len(vocabulary())
    assert all(" " not in word for word in vocabulary())
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)
