"""One question, asked once: the quick way to see that an endpoint answers."""

from __future__ import annotations

from evalkit import environment
from evalkit.errors import BackendError
from evalkit.nouns import Cell, Decoding, Delivery, Endpoint, Message, Prompt, Request, Sample, Suite


def embedded_unless_set() -> str | None:
    """Return ``loopback`` when the environment names neither a key nor an address, else None."""
    return None if environment.api_key() or environment.has_address() else environment.LOOPBACK


def quick_chat(system: str, user: str, temp: float = 1.0, *, model: str = "gpt-4.1-mini", max_tokens: int = 256) -> str:
    """Return the answer to one question, asked once and kept nowhere.

    The embedded endpoint answers when the environment names neither a key nor an address.

    Args:
        system: What the model is told to be; empty for nothing.
        user: The question.
        temp: Temperature, 0 or more.
        model: Name of the model.
        max_tokens: Most tokens of the answer.

    Raises:
        BackendError: No answer came.
    """
    turns = [Message(role="system", content=system)] if system else []
    prompt = Prompt(id="chat", messages=(*turns, Message(role="user", content=user)))
    address = embedded_unless_set() or environment.address_of(None).url
    suite = Suite(
        name="quick_chat",
        endpoint=Endpoint(model=model, base_url=address),
        prompts=(prompt,),
        temperatures=(float(temp),),
        samples=1,
        metrics=(),
    )
    decoding = Decoding(temperature=float(temp), max_tokens=max_tokens)
    from evalkit import looping

    return looping.run(_ask_once(suite, decoding))


async def _ask_once(suite: Suite, decoding: Decoding) -> str:
    from evalkit.answering import answering
    from evalkit.sampling.sampler import Sampler
    from evalkit.sampling.tally import Tally

    kept: list[Delivery] = []

    async def keep(delivery: Delivery) -> None:
        kept.append(delivery)

    cell = Cell(endpoint=suite.endpoint, prompt=suite.prompts[0], decoding=decoding)
    async with answering(suite, None, seed=f"{id(kept)}") as who:
        sampler = Sampler(backend=who, keep=keep, tally=Tally(n_wanted=1), concurrency=1)
        await sampler.run(iter([Request(cell=cell, replicates=(0,))]))
    outcome = kept[0].outcomes[0]
    if isinstance(outcome, Sample):
        return outcome.text
    raise BackendError(outcome.message, slug=outcome.error)
