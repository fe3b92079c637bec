"""Metrics that see the order of words or bytes: values worked out by hand, laws, and traps that others fell into."""

from __future__ import annotations

import functools
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.analysis.measure import measure_cell
from evalkit.errors import UnknownNameError, UsageError
from evalkit.metrics.base import bind, resolve
from evalkit.nouns import (
    Cell,
    CellOutcomes,
    Decoding,
    Draw,
    Endpoint,
    Message,
    MetricRequest,
    Prompt,
    Sample,
    Undefined,
)

TEXTS = st.lists(st.text("ab .", max_size=12), min_size=2, max_size=6)
SENTENCE = "Paris is the capital of France."
DISTANCES = [
    *("edit_distance", "rouge_l_distance", "word_jaccard_distance", "ngram_cosine_distance"),
    "normalised_compression_distance",
]


@functools.cache
def bound(name, **options):
    """Return a metric with options."""
    return resolve(MetricRequest(name=name, options=tuple(options.items())))


def measured(metric, texts):
    """Return the measurement of a cell that holds these texts."""
    prompt = Prompt(id="p", messages=(Message(role="user", content="Where?"),))
    cell = Cell(endpoint=Endpoint(model="m"), prompt=prompt, decoding=Decoding(temperature=1.0))
    draws = (Draw(cell=cell, replicate=number) for number in range(len(texts)))
    samples = tuple(Sample(draw=draw, text=text) for draw, text in zip(draws, texts, strict=True))
    return measure_cell(metric, CellOutcomes(cell=cell, samples=samples))


@pytest.mark.parametrize("name", DISTANCES)
def test_empty_texts_are_equal_and_at_1_from_any_other(of_cell, name):
    """The same rule for all distances, whatever their libraries say."""
    assert of_cell(name, ["", ""]) == 0.0
    assert of_cell(name, ["", "a b"]) == 1.0


@pytest.mark.parametrize("name", DISTANCES[:-1])
@pytest.mark.parametrize("n", [2, 8])
def test_a_text_is_never_paired_with_itself(name, n):
    """Texts without anything in common are at 1 on average, however few: no distance of 0 to itself is averaged in."""
    assert measured(bound(name), [character * 5 for character in "abcdefgh"[:n]]).value == 1.0


def test_rouge_l_distance_by_hand(of_cell):
    """Four of five and six words stand in the same order: 1 - 8/11."""
    assert of_cell("rouge_l_distance", ["the cat sat on mat", "on the cat sat a mat"]) == pytest.approx(1 - 8 / 11)


def test_rouge_l_distance_of_equal_answers_in_every_script(of_cell):
    """Equal answers are at 0 in scripts that the published script drops, and different ones are not."""
    for text in ("今天天气很好。", "Сегодня хорошая погода.", "สวัสดีครับ", "!?"):
        assert of_cell("rouge_l_distance", [text, text]) == 0.0
        assert of_cell("rouge_l_distance", [text, text[::-1]]) > 0.0


def test_edit_distance_by_hand(of_cell):
    """Three edits make sitting of kitten, over seven characters; as words they are wholly different."""
    assert of_cell("edit_distance", ["kitten", "sitting"]) == pytest.approx(3 / 7)
    assert of_cell("edit_distance", ["kitten", "sitting"], unit="token") == 1.0
    assert of_cell("edit_distance", ["a b c", "a x c"], unit="token") == pytest.approx(1 / 3)


def test_edit_distance_compares_beginnings(of_cell):
    """What lies beyond the limit does not count, and a limit is 1 or more."""
    assert of_cell("edit_distance", ["abcX", "abcYZ"], limit=3) == 0.0
    assert of_cell("edit_distance", ["a b c", "a b d e"], limit=2, unit="token") == 0.0
    for name in ("edit_distance", "edit_similarity"):
        with pytest.raises(UsageError, match="limit is 1 or more"):
            bind(bound(name), {"limit": 0})


@settings(deadline=None)
@given(TEXTS)
def test_edit_distance_and_similarity_are_one_number(texts):
    """They add up to 1 for every pair."""
    distance, similarity = (bound(name).function.matrix(texts) for name in ("edit_distance", "edit_similarity"))

    assert (distance + similarity).tolist() == [[pytest.approx(1.0)] * len(texts)] * len(texts)


@settings(deadline=None)
@given(TEXTS)
@pytest.mark.parametrize(
    ("name", "options"),
    [
        *((name, {}) for name in (*DISTANCES, "pairwise_bleu")),
        ("edit_distance", {"unit": "token"}),
        ("prefix_agreement", {"unit": "char", "fraction": True}),
        ("prefix_survival", {"length": 2}),
        ("ngram_cosine_distance", {"n": 2, "tokenizer": "char"}),
        ("pairwise_bleu", {"flavour": "texygen"}),
    ],
)
def test_matrix_equals_the_function_for_any_texts(name, options, texts):
    """The short way over all pairs gives what the function gives, pair by pair."""
    metric = bound(name, **options)
    seen = [metric.prepare(text) for text in texts]

    assert metric.function.matrix(seen).tolist() == [
        [pytest.approx(metric.function(a, b), abs=1e-12) for b in seen] for a in seen
    ]


def test_prefixes_are_counted_in_what_is_asked_for(of_cell):
    """Two texts share one word between blanks, three words and marks, or six characters."""
    texts = ["Yes, it's blue", "Yes, it’s blue"]

    assert of_cell("prefix_agreement", texts) == 1.0
    assert of_cell("prefix_agreement", texts, unit="uni") == 3.0
    assert of_cell("prefix_agreement", texts, unit="characters") == 7.0
    with pytest.raises(UnknownNameError):
        bind(bound("prefix_agreement"), {"unit": "sentences"})


def test_prefix_agreement_as_a_fraction_says_so(of_cell):
    """Two of four words are a half, equal short texts are 1, and unit and bounds follow the option."""
    assert of_cell("prefix_agreement", ["a b c d", "a b x"], fraction=True) == 1 / 2
    assert of_cell("prefix_agreement", ["a", "a"], fraction=True) == 1.0
    assert of_cell("prefix_agreement", ["", ""], fraction=True) == 1.0
    for name in ("prefix_agreement", "first_divergence"):
        share, tokens = bound(name, fraction=True), bound(name, unit="uni")
        assert (share.unit, share.bounds) == ("share", (0.0, 1.0))
        assert (tokens.unit, tokens.bounds) == ("tokens", (0.0, float("inf")))
        assert (bound(name).unit, bound(name, unit="characters").unit) == ("words", "characters")


def test_prefix_survival_by_hand(of_cell):
    """Two of three begin with the same two words; a text that ends sooner agrees with its equals alone."""
    texts = ["the cat sat", "the cat ran", "the dog ran"]

    assert of_cell("prefix_survival", texts, length=1) == 1.0
    assert of_cell("prefix_survival", texts, length=2) == pytest.approx(1 / 3)
    assert of_cell("prefix_survival", texts) == 0.0
    assert of_cell("prefix_survival", ["the", "the cat", "the"], length=2) == pytest.approx(1 / 3)
    with pytest.raises(UsageError, match="length is 1 or more"):
        bind(bound("prefix_survival"), {"length": 0})


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from("ab"), min_size=4, max_size=4), min_size=2, max_size=6))
def test_survival_at_all_lengths_adds_up_to_the_common_prefix(words):
    """The mean common beginning is the sum over lengths of the chance to be still together."""
    texts = [" ".join(each) for each in words]
    shared = measured(bound("prefix_agreement"), texts).value
    together = sum(measured(bound("prefix_survival", length=length), texts).value for length in range(1, 5))

    assert together == pytest.approx(shared)


def test_first_divergence_is_the_median_over_pairs_that_differ(of_cell):
    """Five pairs share 1, 1, 2, 2 and 1 words before they part; the pair of equal texts does not count."""
    texts = ["a b c", "a b c", "a b d", "a x"]

    assert of_cell("first_divergence", texts) == 1.0
    assert of_cell("first_divergence", texts[:3]) == 2.0
    assert of_cell("first_divergence", texts[1:]) == 1.0
    assert of_cell("first_divergence", texts[2:], fraction=True) == pytest.approx(1 / 3)
    assert of_cell("first_divergence", ["a b", "a b c"]) == 2.0


def test_first_divergence_is_undefined_where_nothing_parts(of_cell):
    """Equal samples have no fork; those that differ in blanks alone have one in characters, and none in words."""
    for texts in ([SENTENCE] * 3, ["a b", "a  b"]):
        with pytest.raises(Undefined, match="nowhere do they part"):
            of_cell("first_divergence", texts)
    assert of_cell("first_divergence", ["a b", "a  b"], unit="characters") == 2.0


def test_first_divergence_has_no_interval_within_a_prompt():
    """A median of pairs has no interval that would hold, and the measurement says why."""
    found = measured(bound("first_divergence"), ["a b c", "a b d", "a x"])

    assert found.value == 1.0
    assert found.interval is None
    assert "median" in found.method


def test_compression_is_done_once(of_cell):
    """Twenty equal sentences have the ratio of one compression; compressing what is compressed would lower it."""
    joined = "\n".join([SENTENCE] * 20).encode()
    once = zlib.compress(joined, 9)

    assert of_cell("compression_ratio", [SENTENCE] * 20) == len(joined) / len(once)
    assert of_cell("compression_ratio", [SENTENCE] * 20) > len(joined) / len(zlib.compress(once, 9))


def test_a_short_answer_does_not_compress(of_cell):
    """The cost of the format makes four letters three times as long: no sign of diversity."""
    assert of_cell("compression_ratio", ["blue"]) == pytest.approx(1 / 3, abs=0.05)


def test_compression_at_a_common_size_does_not_see_how_many_samples_there_are(of_cell):
    """Of equal texts the first bytes are the same, whether ten or forty follow; all bytes give another ratio."""
    few, many = [SENTENCE] * 10, [SENTENCE] * 40

    assert of_cell("compression_ratio", few, size=300) == of_cell("compression_ratio", many, size=300)
    assert of_cell("compression_ratio", few) < of_cell("compression_ratio", many)
    assert (bound("compression_ratio").depends_on_n, bound("compression_ratio", size=300).depends_on_n) == (True, False)
    assert bound("compression_ratio", size=300, rarefy=2).depends_on_n is False


@settings(deadline=None)
@given(st.permutations([f"{SENTENCE} {number**5:x}" for number in range(6)]))
def test_compression_does_not_see_the_order(texts):
    """Whatever order samples came in, the ratio is the same, at a common size too."""
    for metric in (bound("compression_ratio"), bound("compression_ratio", size=100)):
        assert metric.function(texts) == metric.function(sorted(texts))


def test_compression_at_a_size_needs_that_many_bytes(of_cell):
    """Fewer bytes give no value and a way on, no bytes at all are refused, and no interval is claimed."""
    with pytest.raises(Undefined, match="hold 7 bytes, fewer than the 100 to compare; a smaller size"):
        of_cell("compression_ratio", ["abc", "def"], size=100)
    with pytest.raises(UsageError, match="size is 1 or more"):
        bind(bound("compression_ratio"), {"size": 0})
    assert measured(bound("compression_ratio", size=20), [SENTENCE, SENTENCE[::-1], "x" * 40]).interval is None


def test_normalised_compression_distance_of_equal_texts_is_0(of_cell):
    """The compressor alone would say 0.08 of a sentence and itself; a text unlike it is far away."""
    assert of_cell("normalised_compression_distance", [SENTENCE] * 3) == 0.0
    assert of_cell("normalised_compression_distance", [SENTENCE, SENTENCE + " "]) < 0.2
    assert of_cell("normalised_compression_distance", [SENTENCE, "Twelve juggling monks vanished;"]) > 0.7


def test_normalised_compression_distance_stays_within_its_bounds(of_cell):
    """Texts that compress worse together than alone count as the end of the scale."""
    digits, noise = "01" * 73, "".join(chr(33 + 37 * place * place % 90) for place in range(200))

    assert 0.0 < of_cell("normalised_compression_distance", [digits, noise]) <= 1.1
