"""The judge: what a server's journal says was answered, against what `evalkit export` says is kept."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Entry = Mapping[str, Any]
"""A line of a journal."""
Row = Mapping[str, Any]
"""A line of an export."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """One answer that was served whole: a choice of a reply."""

    reply: str
    """Name of its reply."""
    text: str | None
    """Its text; None for null."""
    entry: Entry
    """The request it answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a journal and an export say together."""

    n_planned: int
    """Draws that were planned."""
    n_ok: int
    """Rows that hold an answer."""
    n_failed: int
    """Rows that hold a failure."""
    lost: int
    """Answers that were served whole, as many as were asked for, and are in no row."""
    duplicated: int
    """Rows that hold an answer another row holds, and rows of one slot beyond the first."""
    altered: int
    """Rows whose text is not what was served, or was never served."""
    misplaced: int
    """Rows whose prompt, temperature or model is not what their answer was asked with."""
    n_requests: int
    """Requests that reached the server."""
    floor: int
    """Requests needed at least: one for each that was answered, and one for each that the server failed."""

    @property
    def sound(self) -> bool:
        """Whether nothing is lost, duplicated, altered or misplaced, and every planned slot has exactly one row."""
        wrong = self.lost + self.duplicated + self.altered + self.misplaced
        return not wrong and self.n_ok + self.n_failed == self.n_planned

    @property
    def over(self) -> float:
        """How many times the floor was sent."""
        return self.n_requests / max(self.floor, 1)


def judged(suite: Mapping[str, Any], journal: Iterable[Entry], rows: Iterable[Row]) -> Verdict:
    """Return what is wrong with the rows of a run.

    Args:
        suite: What was asked, as it was written.
        journal: Every request of the run.
        rows: Its export.
    """
    journal, rows = list(journal), list(rows)
    by_reply: dict[str, list[Paid]] = defaultdict(list)
    for each in paid(journal):
        by_reply[each.reply].append(each)
    ok = [row for row in rows if row["status"] == "ok"]
    held = Counter(row["response_id"] for row in ok)
    places = Counter((row["response_id"], row["text"], _same(row, by_reply)) for row in ok)
    slots = Counter(row["slot"] for row in rows)
    n_planned = len(suite["prompts"]) * len(suite["temperatures"]) * suite["samples"]
    failed = sum(not proper(entry) for entry in journal)
    answers = sum(min(len(each), asked_for(each[0].entry)) for each in by_reply.values())
    per_request = max((asked_for(entry) for entry in journal), default=1)
    return Verdict(
        n_planned=n_planned,
        n_ok=len(ok),
        n_failed=len(rows) - len(ok),
        lost=sum(max(0, min(len(each), asked_for(each[0].entry)) - held[name]) for name, each in by_reply.items()),
        duplicated=sum(max(0, n - allowed) for (_, _, allowed), n in places.items())
        + sum(n - 1 for n in slots.values()),
        altered=sum(not _is_served(row, by_reply) for row in ok),
        misplaced=sum(not _is_in_place(row, by_reply, suite) for row in ok),
        n_requests=len(journal),
        floor=failed + (n_planned if per_request == 1 else len(by_reply)) if answers else failed,
    )


def lost(journal: Iterable[Entry], rows: Iterable[Row]) -> set[str]:
    """Return the names of the replies of which an answer that was served whole is in no row."""
    held = Counter(row["response_id"] for row in rows if row["status"] == "ok")
    served = Counter(each.reply for each in paid(journal))
    return {name for name, n in served.items() if held[name] < n}


def paid(journal: Iterable[Entry]) -> list[Paid]:
    """Return every answer that was served whole."""
    replies = ((proper(entry), entry) for entry in journal)
    return [
        Paid(reply=reply["id"], text=choice["message"]["content"], entry=entry)
        for reply, entry in replies
        if reply is not None
        for choice in reply["choices"]
    ]


def proper(entry: Entry) -> dict[str, Any] | None:
    """Return the reply of a journal's line where it is one a client can read; None for everything else."""
    if not entry["whole"] or entry["status"] != 200:
        return None
    try:
        reply = json.loads(entry["body"].encode("latin-1"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    choices = reply.get("choices") if isinstance(reply, dict) else None
    return reply if isinstance(choices, list) and choices else None


def asked_for(entry: Entry) -> int:
    """Return how many choices a request asked for."""
    return int(json.loads(entry["asked"]).get("n", 1))


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _same(row: Row, by_reply: Mapping[str, list[Paid]]) -> int:
    """Return how many rows may hold this answer: as often as its reply holds it."""
    return max(1, sum(each.text == _text(row) for each in by_reply.get(row["response_id"], ())))


def _is_served(row: Row, by_reply: Mapping[str, list[Paid]]) -> bool:
    return any(each.text == _text(row) for each in by_reply.get(row["response_id"], ()))


def _text(row: Row) -> str | None:
    if "text_hex" in row:
        return bytes.fromhex(row["text_hex"]).decode("utf-8", "surrogatepass")
    return row["text"]


def _is_in_place(row: Row, by_reply: Mapping[str, list[Paid]], suite: Mapping[str, Any]) -> bool:
    answers = by_reply.get(row["response_id"])
    if not answers:
        return False
    asked = json.loads(answers[0].entry["asked"])
    words = {prompt["id"]: prompt["user"] for prompt in suite["prompts"]}
    return (
        asked.get("temperature") == row["temperature"]
        and asked["model"] == row["model"] == suite["endpoint"]["model"]
        and asked["messages"][-1]["content"] == words[row["prompt_id"]]
        and asked.get("max_tokens") == suite["decoding"]["max_tokens"]
    )
