"""A test whose answers nobody has bought: docs/pytest_messages.md."""

import pytest

REAL = {"base_url": "http://localhost:11434/v1", "model": "llama3.2"}
pytestmark = pytest.mark.evalkit(prompts={"greeting": "Say hello."}, temperatures=0, samples=30, **REAL)


def test_hello(evalkit):
    """Thirty answers of a real endpoint."""
    assert evalkit.cell()["exact_agreement"] > 0.5
