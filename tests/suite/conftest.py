"""A small suite as text, to be changed one key at a time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from evalkit.errors import SuiteError
from evalkit.nouns import Suite
from evalkit.suite.load import parse_suite

_KEYS = {"endpoint": "{model: m}", "prompts": "[{user: Hello there}]", "temperatures": "[0, 1]"}


@pytest.fixture
def made() -> Callable[..., Suite]:
    """Return a function that parses the small suite with keys changed or added."""

    def parse(**keys: str) -> Suite:
        wanted = _KEYS | keys
        return parse_suite("".join(f"{key}: {value}\n" for key, value in wanted.items()), source="s.yaml")

    return parse


@pytest.fixture
def refused(made: Callable[..., Suite]) -> Callable[..., str]:
    """Return a function that gives the message with which the changed suite is refused."""

    def message(**keys: str) -> str:
        with pytest.raises(SuiteError) as caught:
            made(**keys)
        return str(caught.value)

    return message
