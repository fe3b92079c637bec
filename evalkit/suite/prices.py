"""From a file to prices of models; every error names file, line, column and key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from evalkit.errors import PricesError, SuiteError
from evalkit.nouns import Price, is_amount
from evalkit.suite.load import Document, text_of
from evalkit.suite.problem import Path as KeyPath
from evalkit.suite.problem import Problem, nearest, shown

_LONGEST_CURRENCY = 8
_PARTS = ("input", "output")
_WANTED = "models: {NAME: {input: 0.15, output: 0.60}}"


def load_prices(path: str | Path) -> tuple[dict[str, Price], str]:
    """Return the prices by name or pattern of a model, and the currency they are in.

    The file says `models`, a mapping of names, or patterns such as ``gpt-4o*``, to ``input`` and ``output``: what
    1,000,000 tokens of questions and of answers cost. It may say `currency`, else it is USD.

    Args:
        path: A YAML or JSON file.

    Raises:
        PricesError: The file can not be read or is wrong; one line for each problem, ten at most.
    """
    file = Path(path)
    try:
        return parse_prices(text_of(file, "file of prices"), source=str(file))
    except SuiteError as error:
        raise PricesError(error.message, hint=error.hint) from None


def parse_prices(text: str, *, source: str = "prices") -> tuple[dict[str, Price], str]:
    """Return the prices a text holds, and their currency.

    Args:
        text: YAML 1.2, of which JSON is a part.
        source: What errors call the text, such as its file.

    Raises:
        PricesError: The text is wrong; one line for each problem, ten at most.
    """
    document = Document(source, "the file of prices", _WANTED)
    try:
        tree = document.read(text)
        if problems := list(_problems(tree)):
            raise document.error(problems)
    except SuiteError as error:
        raise PricesError(error.message, hint=error.hint) from None
    return {model: Price(**price) for model, price in tree["models"].items()}, tree.get("currency", "USD")


def _problems(tree: Any) -> Iterator[Problem]:  # noqa: ANN401 - whatever a file may hold
    if not isinstance(tree, dict):
        yield Problem(path=(), text=f"is {shown(tree)}, expected {_WANTED}")
        return
    yield from _unknown(tree, (), ("models", "currency"))
    currency = tree.get("currency", "USD")
    if not (isinstance(currency, str) and currency.isprintable() and 0 < len(currency.strip()) <= _LONGEST_CURRENCY):
        yield Problem(path=("currency",), text=f"{shown(currency)}, expected a short name such as USD or EUR")
    models = tree.get("models")
    if not isinstance(models, dict) or not models:
        what = "missing" if "models" not in tree else "empty" if models == {} else shown(models)
        yield Problem(path=("models",), text=f"{what}, expected {_WANTED}")
        return
    for model, price in models.items():
        yield from _of_model(("models", model), price)


def _of_model(path: KeyPath, price: Any) -> Iterator[Problem]:  # noqa: ANN401 - as above
    if not isinstance(price, dict):
        yield Problem(path=path, text=f"{shown(price)}, expected {{input: 0.15, output: 0.60}}, for a million tokens")
        return
    yield from _unknown(price, path, _PARTS)
    for part in _PARTS:
        if part not in price:
            yield Problem(
                path=(*path, part), text="missing, expected what a million tokens cost, 0 where they are free"
            )
        elif not is_amount(price[part]):
            yield Problem(path=(*path, part), text=f"{shown(price[part])}, expected a finite number, 0 or more")


def _unknown(found: dict[str, Any], path: KeyPath, known: Iterable[str]) -> Iterator[Problem]:
    for key in found.keys() - set(known):
        yield Problem(path=(*path, key), text=f"unknown key{nearest(key, known)}", at_key=True)
