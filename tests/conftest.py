"""Fixtures that every test may ask for."""

from collections.abc import Callable

import pytest
from hypothesis import settings

from evalkit.nouns import Decoding, Endpoint, Message, MetricRequest, Prompt, Suite

pytest_plugins = ["pytester"]

# Speed is measured in a benchmark; on a busy machine a test that is slow is no test that fails.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def suite_of() -> Callable[..., Suite]:
    """Return a maker of small suites: prompts by their text, everything else by keyword."""

    def make(*texts: str, **changes: object) -> Suite:
        prompts = tuple(
            Prompt(id=f"p{i}", messages=(Message(role="user", content=text),))
            for i, text in enumerate(texts or ("Tell a story about a lighthouse keeper.",), start=1)
        )
        fields: dict[str, object] = {
            "name": "small",
            "endpoint": Endpoint(model="storyteller-small", base_url="loopback"),
            "prompts": prompts,
            "temperatures": (0.0, 1.0),
            "samples": 3,
            "metrics": (MetricRequest(name="exact_agreement"),),
            "decoding": Decoding(max_tokens=64),
        }
        return Suite(**(fields | changes))

    return make
