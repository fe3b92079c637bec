"""What every backend promises, by being in the folder."""

import asyncio
import inspect

import pytest

from evalkit import registry
from evalkit.errors import EndpointError, MalformedReplyError, RejectedError, TransientError
from evalkit.nouns import Endpoint, Reply, Request, cells
from evalkit.nouns.ports import Backend

NAMES = registry.names("backends")


def made(name):
    """Return a backend made from nothing but an endpoint on this machine."""
    return registry.find("backends", name)(Endpoint(model="m", base_url="http://127.0.0.1:9/v1", backend=name))


@pytest.mark.parametrize("name", NAMES)
def test_a_backend_is_made_from_an_endpoint_alone(name):
    """Every other setting has a default, so that the smallest backend is a function of one argument."""
    first, *others = inspect.signature(registry.find("backends", name)).parameters.values()
    assert first.name == "endpoint"
    assert all(other.default is not inspect.Parameter.empty for other in others)
    assert isinstance(made(name), Backend)


@pytest.mark.parametrize("name", NAMES)
def test_a_backend_says_what_it_is(name):
    """The catalogue shows the first line of the docstring."""
    assert (registry.find("backends", name).__doc__ or "").startswith("Return a backend")


@pytest.mark.parametrize("name", NAMES)
def test_a_backend_answers_or_raises_one_of_the_four(name, suite_of):
    """A request ends in a reply or in an error whose class is the disposition."""

    async def ask():
        backend = made(name)
        try:
            return await backend.send(Request(cell=cells(suite_of())[0], replicates=(0,)))
        except (TransientError, RejectedError, MalformedReplyError, EndpointError) as error:
            return error
        finally:
            await backend.aclose()

    found = asyncio.run(ask())
    assert type(found) in {Reply, TransientError, RejectedError, MalformedReplyError, EndpointError}


@pytest.mark.parametrize("name", NAMES)
def test_a_backend_may_be_closed_unused(name):
    """Closing releases what there is, even nothing, and twice does no harm."""

    async def close():
        backend = made(name)
        await backend.aclose()
        await backend.aclose()
        return True

    assert asyncio.run(close())
