"""Who answers requests with habits: settings changed, words swapped, replies retouched."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from starlette.responses import PlainTextResponse, Response

from evalkit.loopback.altering import altered
from evalkit.loopback.bending import BentLaw, bent_law, near_ties, rows_of, speak
from evalkit.loopback.endpoint import Endpoint, chance, digest_of, fields_of, reply_id, stream, streams
from evalkit.loopback.flights import OVERLAP_S, CutStream, Flight, Flights
from evalkit.loopback.repertoire import text_of, topic_for
from evalkit.loopback.replies import DONE, Choice, Completion, chunks, event, finish, own_logprobs, whole
from evalkit.loopback.retouching import retouch
from evalkit.loopback.spoiling import instead, json_reply, spoil
from evalkit.loopback.wire import Asked, ProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray
    from starlette.requests import Request

    from evalkit.loopback.faults import Fault, Faults
    from evalkit.loopback.language import Answer

_BAD_REQUEST = 400
_RARE_PLACE = 102  # the 103rd word, counted from 0
_COMPANY = frozenset({"flips", "seed-alone", "cut-streams"})
"""Habits that ask whether other requests are in flight."""
_REMEMBERED = 4096
"""Replies a cache holds."""


class HabitualEndpoint(Endpoint):
    """An endpoint with habits; what they draw depends on the seed, and on company for those that ask about it."""

    def __init__(self, seed: int | None, latency_s: float, faults: Faults, habits: Mapping[str, float]) -> None:
        """Begin with nothing asked.

        Args:
            seed: Of the answers; None for fresh ones.
            latency_s: Seconds each completion takes at least.
            faults: What goes wrong on the wire.
            habits: Names and values of the habits.
        """
        super().__init__(seed, latency_s, faults)
        self._habits = habits
        self._flights = Flights()
        self._first: Asked | None = None
        self._cache: dict[str, Completion] = {}
        self._replies = 0

    async def complete(self, request: Request) -> Response:
        """Return the reply to a request for completions."""
        try:
            fields = await fields_of(request)
            asked = self._ruled(altered(fields, self._habits))
        except ProtocolError as error:
            if "errors-500" in self._habits and error.status == _BAD_REQUEST:
                return PlainTextResponse("Internal Server Error", 500)
            raise
        earlier = self._cache.get(digest_of(fields)) if "cache" in self._habits else None
        flight = self._flights.begin()
        try:
            fault = None if earlier else await self.meet(request)
            reply = instead(fault) if fault else None
            if reply is None:
                if earlier is None and self._habits.keys() & _COMPANY:
                    await asyncio.sleep(OVERLAP_S)
                reply = self._reply(earlier or self.marked(self._answers(asked, fields, flight)), fault, flight)
        except BaseException:
            self._flights.end(flight)
            raise
        if not isinstance(reply, CutStream):
            self._flights.end(flight)
        return reply

    def _reply(self, completion: Completion, fault: Fault | None, flight: Flight) -> Response:
        earlier, self._replies = self._replies, self._replies + 1
        if not (completion.asked.stream and streams(fault)):
            found = retouch(whole(completion), completion, self._habits, earlier)
            return spoil(fault, found) if fault else json_reply(found)
        events = [event(retouch(chunk, completion, self._habits, earlier)) for chunk in chunks(completion)]
        if "no-done" not in self._habits:
            events.append(DONE)
        if "cut-streams" in self._habits and fault is None:
            return CutStream(events, flight, self._flights)
        return stream(events, fault)

    def _ruled(self, asked: Asked) -> Asked:
        """Return a request with the settings of the first one ever, if those are frozen."""
        if "frozen" not in self._habits:
            return asked
        if self._first is None:
            self._first = asked
        first = self._first
        return replace(asked, temperature=first.temperature, top_p=first.top_p, seed=first.seed)

    def _answers(self, asked: Asked, fields: Mapping[str, Any], flight: Flight) -> Completion:
        occasion = self.occasion(fields)
        law, heard = self._law(asked), _words(asked)
        seeded = asked.seed is not None and (flight.alone or "seed-alone" not in self._habits)
        source = asked.identity if seeded else occasion
        if "logprobs-change" in self._habits and asked.top_logprobs is not None:
            source += ":logprobs"
        choices: list[Choice] = []
        for index in range(1 if "copies" in self._habits else asked.n):
            answer = speak(law, chance(source, index), asked.max_tokens, heard=heard)
            swap = self._swap(answer, asked, f"{occasion}:{index}", flight) if asked.temperature == 0 else None
            if swap is not None:
                answer = speak(law, chance(source, index), asked.max_tokens, heard=heard, swap=swap)
            choices.append(self._finished(answer, asked, f"{occasion}:{index}"))
        completion = Completion(
            asked=asked,
            choices=tuple(choices * (asked.n if "copies" in self._habits else 1)),
            reply_id=reply_id(occasion),
            created=int(time.time()),
            logprobs=_logprobs_after(law, heard) if "logprobs-after" in self._habits else own_logprobs,
        )
        if "cache" in self._habits and len(self._cache) < _REMEMBERED:
            self._cache[digest_of(fields)] = completion
        return completion

    def _law(self, asked: Asked) -> BentLaw:
        cuts = (self._habits.get("truncated", 0.0), self._habits.get("truncated-after", 0.0))
        return bent_law(
            topic_for(asked.messages), asked.temperature, asked.top_p, *cuts, self._habits.get("penalty", 0.0)
        )

    def _swap(self, answer: Answer, asked: Asked, occasion: str, flight: Flight) -> int | None:
        """Return the place at which an answer at temperature 0 takes another word, None for nowhere."""
        if "flips" in self._habits and not flight.alone:
            uniform = chance(occasion, "flips")
            if answer.tokens and uniform() < self._habits["flips"]:
                return _one_of(near_ties(answer), uniform())
        if len(answer.tokens) > _RARE_PLACE and chance(occasion, "branch")() < self._habits.get("rare-branch", 0.0):
            return _RARE_PLACE
        if "logprobs-change" in self._habits and asked.top_logprobs is not None and answer.tokens:
            # The same for the same question, as another way to compute the same thing is.
            return _one_of(near_ties(answer), chance(self._seed, asked.identity, "logprobs")())
        return None

    def _finished(self, answer: Answer, asked: Asked, occasion: str) -> Choice:
        choice = finish(answer, asked.stop, keep="stop-kept" in self._habits)
        if "jitter" in self._habits and chance(occasion, "jitter")() < 0.5:  # noqa: PLR2004 - a half
            return replace(choice, text=choice.text + "\n")
        return choice


def _words(asked: Asked) -> list[str]:
    return [word for message in asked.messages for word in text_of(message.get("content")).split()]


def _one_of(places: list[int], level: float) -> int:
    return places[int(level * len(places))]


def _logprobs_after(law: BentLaw, heard: Iterable[str]) -> Any:  # noqa: ANN401 - a function of answers
    def rows(answer: Answer) -> Iterator[NDArray[np.float64]]:
        for row in rows_of(law, answer, heard):
            with np.errstate(divide="ignore"):
                yield np.log(row)

    return rows
