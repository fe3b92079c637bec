"""Nouns and strings to and from what a database keeps."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import StoreError
from evalkit.nouns import (
    Decoding,
    Endpoint,
    Load,
    Message,
    MetricRequest,
    Mode,
    Prompt,
    Provenance,
    Quota,
    Suite,
    ToolRequest,
)
from evalkit.store import codec

texts = st.text(st.characters(codec=None, categories=None), max_size=8)
numbers = st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | st.integers() | numbers | texts
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(texts | st.sampled_from(["tuple", "mapping"]), inner, max_size=3)
    ),
    max_leaves=6,
)
pairs = st.lists(st.tuples(texts, values), max_size=3).map(tuple)
some_texts = st.lists(texts, max_size=3).map(tuple)
prompts = st.builds(
    Prompt,
    id=texts,
    messages=st.lists(st.builds(Message, role=texts, content=texts), max_size=2).map(tuple),
    reference=st.none() | texts,
    tags=some_texts,
)
tools = st.builds(ToolRequest, source=texts, model=st.none() | texts, base_url=st.none() | texts)
suites = st.builds(
    Suite,
    name=texts,
    endpoint=st.builds(Endpoint, model=texts, base_url=st.none() | texts, backend=texts),
    prompts=st.lists(prompts, max_size=3).map(tuple),
    temperatures=st.lists(numbers, max_size=3).map(tuple),
    samples=st.integers(1, 10**9),
    metrics=st.lists(st.builds(MetricRequest, name=texts, options=pairs), max_size=2).map(tuple),
    embedding=tools,
    judge=st.none() | tools,
    decoding=st.builds(
        Decoding,
        temperature=st.none() | numbers,
        top_p=st.none() | numbers,
        max_tokens=st.integers(),
        seed=st.none() | st.integers(),
        stop=some_texts,
        extra=pairs,
    ),
    mode=st.sampled_from(Mode),
    seed=st.integers(),
    concurrency=st.integers(),
    limits=st.builds(Quota, requests_per_minute=st.none() | numbers, tokens_per_minute=st.none() | numbers),
    timeout_s=numbers,
    source=texts,
)


@given(text=texts)
def test_a_string_comes_back(text):
    """What is put is got, exactly."""
    assert codec.get(codec.put(text)) == text


@given(one=texts, other=texts)
def test_equal_strings_are_equal_values(one, other):
    """The file's own comparison groups texts as Python's does."""
    assert (codec.put(one) == codec.put(other)) == (one == other)


@pytest.mark.parametrize(("text", "kind"), [("plain ünïcode \U0001f321", str), ("a\0b", bytes), ("\udc80", bytes)])
def test_only_what_text_can_not_keep_becomes_bytes(text, kind):
    """A database browser shows ordinary answers as text."""
    assert isinstance(codec.put(text), kind)


@given(suite=suites)
def test_a_suite_comes_back_equal(suite):
    """Every field of a suite survives, tuples as tuples and lists as lists."""
    assert codec.suite_of(codec.suite_json(suite)) == suite


@given(origin=st.builds(Provenance, packages=st.lists(st.tuples(texts, texts), max_size=3).map(tuple)))
def test_a_provenance_comes_back_equal(origin):
    """Every field of a provenance survives."""
    assert codec.provenance_of(codec.provenance_json(origin)) == origin


def test_a_suite_of_an_older_program_is_read(suite_of):
    """One that says nothing of embedder and judge has the usual ones."""
    suite = suite_of()
    data = json.loads(codec.suite_json(suite))
    del data["embedding"], data["judge"]

    assert codec.suite_of(json.dumps(data)) == suite


def test_a_suite_with_no_number_is_refused(suite_of):
    """NaN has no JSON."""
    with pytest.raises(StoreError, match="finite"):
        codec.suite_json(suite_of(timeout_s=float("nan")))


def test_a_suite_from_before_there_were_loads_asks_for_none(suite_of):
    """Loads come back in their order; a suite that says nothing of them has none."""
    loaded = suite_of(load=(Load.SERIAL, Load.MIXED))
    data = json.loads(codec.suite_json(loaded))
    assert codec.suite_of(json.dumps(data)) == loaded
    del data["load"]
    assert codec.suite_of(json.dumps(data)).load == ()


def test_a_suite_from_before_temperatures_could_be_left_out_sends_them(suite_of):
    """A suite that does not say whether it sends temperatures does, and its cells keep their keys."""
    suite = suite_of()
    data = json.loads(codec.suite_json(suite))
    del data["send_temperature"]
    assert codec.suite_of(json.dumps(data)) == suite
