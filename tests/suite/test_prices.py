"""A file of prices is read strictly, and what is wrong is named by its place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import PricesError
from evalkit.nouns import Price, is_amount
from evalkit.suite.prices import load_prices, parse_prices


def test_names_and_patterns_have_prices_in_a_currency(tmp_path):
    """YAML and JSON say the same; the currency is USD unless told."""
    file = tmp_path / "prices.yaml"
    file.write_text("currency: EUR\nmodels:\n  gpt-4o*: {input: 2.5, output: 10}\n  llama3.2: {input: 0, output: 0}\n")
    assert load_prices(file) == (
        {"gpt-4o*": Price(input=2.5, output=10), "llama3.2": Price(input=0, output=0)},
        "EUR",
    )
    assert parse_prices('{"models": {"m": {"input": 1, "output": 2}}}') == ({"m": Price(input=1, output=2)}, "USD")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "p:1:1: the file of prices is empty, expected models: {NAME: {input: 0.15, output: 0.60}}"),
        ("[1]", "p:1:1: the file of prices is a list, expected models:"),
        ("models: {}", "p:1:9: models: empty, expected models:"),
        ("models: [a]", "p:1:9: models: a list, expected models:"),
        ("modles: {}", "p:1:1: modles: unknown key; did you mean 'models'?"),
        ("models:\n  m: 3", "p:2:6: models.m: 3, expected {input: 0.15, output: 0.60}, for a million tokens"),
        ("models:\n  m: {input: -1, output: 2}", "p:2:14: models.m.input: -1, expected a finite number, 0 or more"),
        ("models:\n  m: {input: .nan, output: .inf}", "p:2:28: models.m.output: inf, expected a finite number"),
        ("models:\n  m: {input: yes, output: '2'}", "p:2:27: models.m.output: '2', expected a finite number"),
        ("models:\n  m: {input: true, output: 2}", "p:2:14: models.m.input: true, expected a finite number"),
        (f"models:\n  m: {{input: 1{'0' * 400}, output: 2}}", "models.m.input: "),
        ("models:\n  m: {input: 1}", "p:2:6: models.m.output: missing, expected what a million tokens cost, 0 where"),
        (
            "models:\n  m: {input: 1, output: 1, cached: 1}",
            "p:2:28: models.m.cached: unknown key; known: input",
        ),
        ("models: {m: {input: 1, output: 1}}\ncurrency: ''", "p:2:11: currency: '', expected a short name such as USD"),
        ("models: {m: {input: 1, output: 1}, m: {input: 2, output: 2}}", "the same key twice, expected only once"),
        ("models: !!python/object:os.system {}", "p:1:9: models: a tag, expected a plain mapping"),
    ],
)
def test_what_is_wrong_is_named(text, words):
    """File, line, column, key, what was found and what was expected; never a price of 0 by default."""
    with pytest.raises(PricesError) as caught:
        parse_prices(text, source="p")
    assert words in str(caught.value)


def test_the_file_that_is_shown_is_one():
    """The example of the page about spending can be copied."""
    page = (Path(__file__).parents[2] / "docs/spending.md").read_text(encoding="utf-8")
    prices, currency = parse_prices(page.split("```yaml\n")[1].split("```")[0])
    assert currency == "USD"
    assert prices["llama3.2"] == Price(input=0, output=0)


def test_a_file_that_can_not_be_read_is_named(tmp_path):
    """A file that is not there is an error of prices, not of the suite."""
    with pytest.raises(PricesError, match="can not read the file of prices: No such file"):
        load_prices(tmp_path / "none.yaml")


@given(st.floats() | st.integers() | st.booleans() | st.text() | st.none())
def test_an_amount_is_a_finite_number_of_0_or_more(value):
    """Nothing else is one."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    assert is_amount(value) == (number and 0 <= value < float("inf"))
