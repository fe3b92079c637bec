import numpy as np
import pytest

from evalkit.loopback.bending import bent_law, near_ties, rows_of, speak
from evalkit.loopback.endpoint import chance
from evalkit.loopback.repertoire import language_for, law_of, topic_for, vocabulary
from evalkit.loopback.topics import APART, TOPICS

LIFE = [{"role": "user", "content": "Tell me about Richard Feynman"}]


def test_bent_law_follows_its_formula() -> None:
    """Cut before temperature, a law is the softmax over the temperature of the words kept; their number stays."""
    plain = law_of(TOPICS[0], 1.0)
    for temperature in (0.5, 2.0):
        row = bent_law(TOPICS[0], temperature, 1.0, 2.0, 0.0, 0.0).probabilities(0)
        kept = np.flatnonzero(row)
        logits = plain.language.logits(0)[kept]
        assert len(kept) == 2
        assert row[kept] == pytest.approx(np.exp(logits / temperature) / np.exp(logits / temperature).sum())


def test_unbent_law_speaks_as_the_law_itself() -> None:
    """Where nothing bends the law, the same numbers give the same words."""
    bent, plain = bent_law(TOPICS[0], 1.3, 0.9, 0.0, 0.0, 0.0), law_of(TOPICS[0], 1.3, 0.9)
    for seed in range(20):
        assert speak(bent, chance(seed), 60).text == plain.answer(chance(seed), 60).text


def test_long_life_leaves_other_topics_alone() -> None:
    """Words of the life are its own: the common vocabulary has none of them."""
    life = topic_for(LIFE)
    assert life in APART
    assert "Feynman" in language_for(life).vocabulary
    assert "Feynman" not in vocabulary()
    assert set(vocabulary()) < set(language_for(life).vocabulary)


def test_swapped_word_is_the_next_likeliest_of_a_near_tie() -> None:
    """A swap at a near tie takes the second-likeliest word there, and the words before are the same."""
    law = bent_law(APART[0], 0.0, 1.0, 0.0, 0.0, 0.0)
    cold = speak(law, chance(1), 256)
    place = near_ties(cold)[5]
    other = speak(law, chance(1), 256, swap=place)
    assert other.tokens[:place] == cold.tokens[:place]
    order = np.argsort(-law.language.logits(cold.states[place]), kind="stable")
    assert [cold.tokens[place], other.tokens[place]] == order[:2].tolist()


def test_rows_are_what_words_were_drawn_from() -> None:
    """With a penalty, a word said before is less likely than the plain law has it, by so many logits."""
    law, plain = bent_law(TOPICS[0], 1.0, 1.0, 0.0, 0.0, 3.0), law_of(TOPICS[0], 1.0)
    answer = speak(law, chance(2), 40)
    (first, *_), word = rows_of(law, answer, [answer.words[0]]), answer.tokens[0]
    odds = [row[word] / (1 - row[word]) for row in (first, plain.probabilities(0))]
    assert np.log(odds[1] / odds[0]) == pytest.approx(3.0, abs=0.01)
