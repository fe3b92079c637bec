"""Arms: the draws of one temperature. The first request of each goes alone, and a refusal ends all that follow."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from evalkit.nouns import Delivery, Failure, Request

_LOOK_AHEAD = 64  # requests that may wait for the first answer at their temperature


class _Stage(Enum):
    UNTRIED = auto()
    TRYING = auto()
    OPEN = auto()


@dataclass(slots=True)
class Arms:
    """What is known of each temperature: nothing yet, that one request is out, that it is taken, or that it is refused.

    A server that refuses a temperature refuses it for every prompt, so one request is enough to know. While that
    request is out, others at the same temperature wait, and workers take those at other temperatures instead.
    """

    refused: dict[float, str] = field(default_factory=dict)
    """Temperatures that the endpoint refuses, with its words."""
    tried: bool = False
    """Whether somebody else has tried every temperature that is not refused: then none is tried first."""
    _stages: dict[float, _Stage] = field(default_factory=dict)
    _waiting: deque[Request] = field(default_factory=deque)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def knowing(cls, refused: Mapping[float, str], *, tried: bool = False) -> Arms:
        """Return arms of which some are known to be refused: nothing is sent there."""
        return cls(refused=dict(refused), tried=tried)

    def refusal(self, request: Request) -> str | None:
        """Return the words that refused a request's temperature; None where it is not refused."""
        temperature = request.cell.decoding.temperature
        return None if temperature is None else self.refused.get(temperature)

    async def take(self, requests: Iterator[Request], stop: asyncio.Event) -> Request | None:
        """Return the next request that may be sent or settled now; None when there is none left, or to stop.

        Args:
            requests: In sending order; at most 64 are pulled ahead.
            stop: Set when nothing more is to be sent.
        """
        while not stop.is_set():
            request = self.at_once(requests)
            if request is not None:
                return request
            if not self._waiting:
                return None
            await self._news.wait()
        return None

    def at_once(self, requests: Iterator[Request]) -> Request | None:
        """Return the next request that may be sent or settled now; None when there is none left, or all must wait."""
        request = self._ready(requests)
        if request is not None:
            temperature = request.cell.decoding.temperature
            if temperature is not None and self._stage(temperature) is _Stage.UNTRIED:
                self._stages[temperature] = _Stage.TRYING
        return request

    def note(self, delivery: Delivery) -> None:
        """Take note of what a request came to, and let go those that waited for it.

        A reply opens an arm, and so does a request that is given up for another reason; a request that settled
        nothing leaves it as it was.
        """
        temperature = delivery.request.cell.decoding.temperature
        if temperature is None:
            return
        words = next((o.message for o in delivery.outcomes if isinstance(o, Failure) and o.unsupported), None)
        if words is not None:
            self.refused.setdefault(temperature, words)
        if self._stage(temperature) is not _Stage.OPEN:
            self._stages[temperature] = _Stage.OPEN if delivery.outcomes else _Stage.UNTRIED
            self._news.set()
            self._news = asyncio.Event()

    def _ready(self, requests: Iterator[Request]) -> Request | None:
        for place, request in enumerate(self._waiting):
            if not self._is_out(request):
                del self._waiting[place]
                return request
        while len(self._waiting) < _LOOK_AHEAD:
            following = next(requests, None)
            if following is None or not self._is_out(following):
                return following
            self._waiting.append(following)
        return None

    def _is_out(self, request: Request) -> bool:
        """Return whether the first request at a request's temperature has no answer yet."""
        temperature = request.cell.decoding.temperature
        return temperature is not None and self._stage(temperature) is _Stage.TRYING

    def _stage(self, temperature: float) -> _Stage:
        open_ = self.tried or temperature in self.refused
        return self._stages.get(temperature, _Stage.OPEN if open_ else _Stage.UNTRIED)
