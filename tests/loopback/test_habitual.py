import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from evalkit.loopback.habits import HABITS, sort_out
from evalkit.loopback.server import Server

Chat = Callable[..., Any]
LIFE = [{"role": "user", "content": "Tell me about Richard Feynman"}]
LOGPROBS = {"logprobs": True, "top_logprobs": 5}
USAGE = {"stream": True, "stream_options": {"include_usage": True}}


class Asking:
    """Questions to one server, and what came."""

    def __init__(self, server: Server, chat: Chat) -> None:
        """Keep whom to ask and how."""
        self.server = server
        self._chat = chat

    def raw(self, **fields: object) -> Any:
        """Return a reply as it came."""
        return self._chat(self.server, **fields)

    def choices(self, **fields: object) -> list[Any]:
        """Return the choices of a reply."""
        found: list[Any] = self.raw(**fields).json["choices"]
        return found

    def text(self, **fields: object) -> str:
        """Return the text of one answer."""
        return str(self.choices(**fields)[0]["message"]["content"])

    def variety(self, n: int, **fields: object) -> int:
        """Return how many of n requests got texts of their own."""
        return len({self.text(**fields) for _ in range(n)})

    def burst(self, n: int, **fields: object) -> list[Any]:
        """Return the replies to n equal requests sent at once."""
        with ThreadPoolExecutor(n) as pool:
            return list(pool.map(lambda _: self.raw(**fields), range(n)))

    def first_words(self, temperature: float, n: int = 128, **fields: object) -> set[str]:
        """Return the different first words of some answers."""
        asked = self.choices(temperature=temperature, n=n, max_tokens=1, **fields)
        return {choice["message"]["content"] for choice in asked}

    def fingerprints(self, n: int) -> list[str | None]:
        """Return the fingerprints of some replies."""
        return [self.raw(max_tokens=1).json.get("system_fingerprint") for _ in range(n)]


def shared(texts: list[str]) -> int:
    """Return the number of words that all texts begin with."""
    columns = list(zip(*(text.split(" ") for text in texts), strict=False))
    return next((place for place, column in enumerate(columns) if len(set(column)) > 1), len(columns))


def is_frozen(ask: Asking) -> bool:
    """Return whether a cold first request makes the later ones cold."""
    ask.text(temperature=0)
    return ask.variety(3, temperature=2) == 1


def is_cached(ask: Asking) -> bool:
    """Return whether an equal request gets the same text under the same id."""
    first, second = (ask.raw(temperature=1).json for _ in range(2))
    return bool(first["id"] == second["id"] and first["choices"] == second["choices"])


def counts_wrongly(ask: Asking) -> bool:
    """Return whether an answer cut at a limit counts another number of words."""
    return bool(ask.raw(max_tokens=9, temperature=0).json["usage"]["completion_tokens"] != 9)


def counts_one(ask: Asking) -> bool:
    """Return whether four answers cut at a limit count as one."""
    return bool(ask.raw(max_tokens=9, n=4, temperature=0).json["usage"]["completion_tokens"] == 9)


def is_averse(ask: Asking) -> bool:
    """Return whether a cold answer takes a word that is not the likeliest, where that was said before."""
    entries = ask.choices(temperature=0, messages=LIFE, **LOGPROBS)[0]["logprobs"]["content"]
    passed = [entry for entry in entries if entry["token"] != entry["top_logprobs"][0]["token"]]
    return bool(passed)


def sums_to_one(ask: Asking) -> bool:
    """Return whether the listed alternatives are all there is."""
    entries = ask.choices(temperature=2, **LOGPROBS)[0]["logprobs"]["content"]
    masses = [math.fsum(math.exp(top["logprob"]) for top in entry["top_logprobs"]) for entry in entries]
    return all(abs(mass - 1) < 1e-9 for mass in masses)


def logprobs_move(ask: Asking) -> bool:
    """Return whether the logprob of one first word depends on the temperature."""
    seen = {
        ask.choices(temperature=t, **LOGPROBS)[0]["logprobs"]["content"][0]["top_logprobs"][0]["logprob"]
        for t in (0.5, 1, 2)
    }
    return len(seen) > 1


def logprobs_change_text(ask: Asking) -> bool:
    """Return whether an answer, cold or seeded, is another one when logprobs are asked for."""
    cold = ask.text(temperature=0) != ask.text(temperature=0, **LOGPROBS)
    seeded = ask.text(temperature=1, seed=4) != ask.text(temperature=1, seed=4, **LOGPROBS)
    assert cold == seeded
    return cold


def seed_needs_solitude(ask: Asking) -> bool:
    """Return whether one seed gives one text alone, and others in a burst."""
    assert ask.variety(3, seed=5, temperature=1) == 1
    replies = ask.burst(6, seed=5, temperature=1)
    return len({reply.json["choices"][0]["message"]["content"] for reply in replies}) > 1


def flips_in_bursts(ask: Asking) -> bool:
    """Return whether cold answers agree alone, and not in a burst."""
    assert ask.variety(6, temperature=0) == 1
    replies = [reply for _ in range(3) for reply in ask.burst(8, temperature=0)]
    return len({reply.json["choices"][0]["message"]["content"] for reply in replies}) > 1


def branches(ask: Asking) -> bool:
    """Return whether a few of many cold answers part at the 103rd word and nowhere else."""
    texts = [choice["message"]["content"] for choice in ask.choices(temperature=0, n=100, messages=LIFE)]
    kinds = sorted(set(texts), key=texts.count)
    if len(kinds) == 1:
        return False
    assert len(kinds) == 2
    assert shared(kinds) == 102
    assert kinds[0].split(" ")[103:110] != []
    return 1 <= texts.count(kinds[0]) < 30


def is_jittery(ask: Asking) -> bool:
    """Return whether some cold answers differ by a line break at the end, and by nothing else."""
    texts = {choice["message"]["content"] for choice in ask.choices(temperature=0, n=20)}
    assert len({text.strip() for text in texts}) == 1
    return any(text.endswith("\n") for text in texts) and len(texts) == 2


def stops_at(ask: Asking) -> str:
    """Return a cold answer that should end before a word."""
    return ask.text(temperature=0, stop=["that"])


def is_cut(ask: Asking) -> bool:
    """Return whether a stream is whole alone, and some are cut in a burst, without a word about it."""
    asked = {"stream": True, "temperature": 0}
    assert b"[DONE]" in ask.raw(**asked).body
    replies = ask.burst(4, **asked)
    whole = [b'"finish_reason":"stop"' in reply.body for reply in replies]
    assert [reply.status for reply in replies] == [200] * 4
    assert whole == [b"[DONE]" in reply.body for reply in replies]
    return not all(whole)


SHOWN: dict[str, Callable[[Asking], bool]] = {
    "ignored": lambda ask: ask.variety(4, temperature=0) > 2,
    "greedy": lambda ask: ask.variety(4, temperature=2) == 1,
    "clamped:0": lambda ask: ask.variety(4, temperature=2) == 1,
    "rescaled:0": lambda ask: ask.variety(4, temperature=2) == 1,
    "refused": lambda ask: ask.raw(temperature=0.5).status == 400 and ask.raw(temperature=1).status == 200,
    "default-temperature:0": lambda ask: ask.variety(4) == 1 and ask.variety(4, temperature=1) > 1,
    "truncated": lambda ask: len(ask.first_words(2)) == 3,
    "truncated-after:0.5": lambda ask: len(ask.first_words(1)) == 2 < len(ask.first_words(2)),
    "top-p-ignored": lambda ask: ask.variety(4, temperature=1, top_p=0.01) > 1,
    "penalty": is_averse,
    "frozen": is_frozen,
    "copies": lambda ask: len({c["message"]["content"] for c in ask.choices(n=4)}) == 1 and ask.variety(4) > 1,
    "n-ignored": lambda ask: len(ask.choices(n=4)) == 1,
    "n-refused": lambda ask: ask.raw(n=4).status == 400 and ask.raw(n=1).status == 200,
    "cache": is_cached,
    "seed-ignored": lambda ask: ask.variety(4, seed=5, temperature=1) > 1,
    "seed-alone": seed_needs_solitude,
    "logprobs-after": logprobs_move,
    "logprobs-none": lambda ask: ask.choices(**LOGPROBS)[0]["logprobs"] is None,
    "logprobs-change": logprobs_change_text,
    "logprobs-topk-renormalised": sums_to_one,
    "flips:0.5": flips_in_bursts,
    "jitter": is_jittery,
    "rare-branch:0.1": branches,
    "stop-ignored": lambda ask: len(stops_at(ask).split(" ")) > 6,
    "stop-kept": lambda ask: stops_at(ask) == "Pick a tomato that",
    "max-tokens-ignored": lambda ask: ask.choices(max_tokens=3, temperature=0)[0]["finish_reason"] == "stop",
    "max-completion-tokens-ignored": lambda ask: len(ask.text(max_completion_tokens=3, temperature=0).split(" ")) > 3,
    "no-done": lambda ask: b"[DONE]" not in ask.raw(stream=True).body,
    "no-finish": lambda ask: b'"finish_reason":"stop"' not in ask.raw(stream=True).body,
    "cut-streams": is_cut,
    "no-stream-usage": lambda ask: b"usage" not in ask.raw(**USAGE).body,
    "usage-wrong": counts_wrongly,
    "usage-one-choice": counts_one,
    "fingerprint-changes:2": lambda ask: len(set(ask.fingerprints(6))) == 3,
    "no-fingerprint": lambda ask: ask.fingerprints(1) == [None],
    "accepts-anything": lambda ask: [ask.raw(temperature=t).status for t in (-1, 100, "hot")] == [200] * 3,
    "strict-fields": lambda ask: ask.raw(unheard_of=1).status == 422,
    "errors-500": lambda ask: ask.raw(temperature=-1).status == 500,
}
"""How each habit is seen."""


@pytest.mark.parametrize("habit", SHOWN)
def test_habit_shows(chat: Chat, habit: str) -> None:
    """A server with a habit does what the habit's name says."""
    with Server(seed=11, habits=(habit,)) as server:
        assert SHOWN[habit](Asking(server, chat))


@pytest.mark.parametrize("habit", SHOWN)
def test_clean_server_has_no_habit(calm: Server, chat: Chat, habit: str) -> None:
    """A server without habits shows none of them."""
    assert not SHOWN[habit](Asking(calm, chat))


def test_every_habit_is_tried() -> None:
    """There is a way to see each habit there is."""
    assert {name.partition(":")[0] for name in SHOWN} == HABITS


@pytest.mark.parametrize("habit", ["jitter", "rare-branch:0.5", "penalty", "truncated", "copies", "no-done"])
def test_habits_repeat_for_a_seed(chat: Chat, habit: str) -> None:
    """Two servers of one seed and habit give the same answers, one of another seed others."""
    seen = []
    for seed in (1, 1, 2):
        with Server(seed=seed, habits=(habit,)) as server:
            ask = Asking(server, chat)
            seen.append([ask.text(temperature=t, n=3, messages=LIFE) for t in (0, 1, 1)])
    assert seen[0] == seen[1] != seen[2]


def test_habits_go_together(chat: Chat) -> None:
    """Several habits of one server all show."""
    with Server(seed=3, habits=("rescaled:0", "jitter", "no-fingerprint", "usage-wrong")) as server:
        ask = Asking(server, chat)
        assert is_jittery(ask)
        assert ask.fingerprints(1) == [None]
        assert counts_wrongly(ask)


def test_cached_reply_takes_no_time(chat: Chat) -> None:
    """The first of two equal requests takes the latency, the second none of it; another request takes it again."""
    with Server(latency_s=0.3, habits=("cache",)) as server:
        ask = Asking(server, chat)
        times = []
        for seed in (1, 1, 2):
            begun = time.monotonic()
            ask.text(seed=seed)
            times.append(time.monotonic() - begun)
    assert times[0] >= 0.3 > times[1]
    assert times[2] >= 0.3


def test_faults_of_the_wire_and_habits_meet(chat: Chat) -> None:
    """A reply with a habit is spoiled on the wire as any other is."""
    wire, habits = sort_out(["no-usage", "no-fingerprint"])
    with Server(faults=wire, habits=habits) as server:
        assert not {"usage", "system_fingerprint"} & chat(server).json.keys()


def test_long_life_is_long_and_cold(calm: Server, chat: Chat) -> None:
    """The life that is told at length has more than 150 words at temperature 0, ends by itself, and is one text."""
    choices = chat(calm, messages=LIFE, temperature=0, n=5).json["choices"]
    assert {choice["finish_reason"] for choice in choices} == {"stop"}
    (text,) = {choice["message"]["content"] for choice in choices}
    assert len(text.split(" ")) > 150
