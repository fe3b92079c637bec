"""Replay: answers from an earlier run, each to the replicate it once filled."""

from __future__ import annotations

import json
from collections.abc import Iterable

from evalkit.errors import RejectedError
from evalkit.nouns import Cell, CellOutcomes, Completion, Endpoint, Reply, Request, Sample, content_key
from evalkit.nouns.ports import Backend


def replay(endpoint: Endpoint, *, recorded: Iterable[CellOutcomes] = ()) -> Backend:
    """Return a backend that gives each draw the recorded sample of the same question and replicate.

    Prompt, decoding and replicate must be the same; model and address need not be, since the
    replaying endpoint is by nature another one. No sample serves two draws: a cache that did
    would make any endpoint look deterministic.

    Args:
        endpoint: Taken for the form's sake; no address is asked.
        recorded: The cells of the earlier run; held in memory.
    """
    del endpoint
    return _Replay({_slot(found.cell, s.draw.replicate): s for found in recorded for s in found.samples})


class _Replay:
    def __init__(self, samples: dict[tuple[str, int], Sample]) -> None:
        self._samples = samples

    async def send(self, request: Request) -> Reply:
        found = [self._samples.get(_slot(request.cell, replicate)) for replicate in request.replicates]
        known = [sample for sample in found if sample is not None]
        if len(known) < request.n:
            raise RejectedError(
                f"nothing is recorded for prompt {request.cell.prompt.id!r} at temperature "
                f"{request.cell.temperature:g}, replicate {request.replicates[found.index(None)]}",
                slug="not-recorded",
                hint="buy it with the openai backend",
            )
        first = known[0]
        return Reply(
            raw=b"",
            completions=tuple(map(_completion, known)),
            response_id=first.response_id,
            model=first.model,
            system_fingerprint=first.system_fingerprint,
            usage=first.usage,
        )

    async def aclose(self) -> None:
        """Nothing to release."""


def _completion(sample: Sample) -> Completion:
    logprobs, tool_calls = (None if text is None else json.loads(text) for text in (sample.logprobs, sample.tool_calls))
    return Completion(
        text=sample.text,
        finish_reason=sample.finish_reason,
        refusal=sample.refusal,
        logprobs=logprobs,
        is_null=sample.is_null,
        tool_calls=tool_calls,
    )


def _slot(cell: Cell, replicate: int) -> tuple[str, int]:
    decoding = cell.decoding
    question = content_key(
        [
            cell.prompt.id,
            [[message.role, message.content] for message in cell.prompt.messages],
            decoding.temperature,
            decoding.top_p,
            decoding.max_tokens,
            None if cell.load is None else cell.load.value,
        ]
    )
    return question, replicate
