"""Recorded answers as JSON Lines: one row each, read strictly, never held as a whole."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from evalkit.errors import StoreError
from evalkit.nouns import (
    UNSUPPORTED,
    Draw,
    Failure,
    FinishReason,
    Load,
    Message,
    Outcome,
    Prompt,
    Sample,
    Usage,
    canonical,
)
from evalkit.store.lines import HEX
from evalkit.store.reading import read_lines, refuse

MOST_REPLICATES = 1_000_000
"""Replicates must lie below."""

_LONGEST_SHOWN = 40  # letters of a value in a message
_MOST_TOKENS = 2**53
_LONGEST_WAIT = 1e9  # seconds
_SLUGS = {"unsupported": UNSUPPORTED, "malformed": "malformed-reply"}  # of classes whose name is no slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One recorded outcome."""

    line: int
    """Where it stands, from 1."""
    model: str
    """The model asked."""
    prompt_id: str
    """Name of the prompt."""
    temperature: float
    """Softmax temperature, 0 or more; 1 where none was sent."""
    sent: bool
    """Whether a temperature was sent; the line says null where none was."""
    load: Load | None
    """What else the server was doing, when that was a factor."""
    replicate: int
    """Index within the cell, from 0."""
    status: str
    """``ok``, or the class of a failure."""
    text: str | None
    """The answer; None where the server sent null, and for a failure."""
    reference: str | None
    """The gold answer, when given."""
    topic: str | None
    """A word to select prompts by, when given."""
    finish_reason: FinishReason
    """Why it ended."""
    response_id: str | None
    """The server's name for the answer, when given."""
    attempts: int
    """Requests sent for it."""
    slot: str | None = None
    """Name of the draw in the run it was exported from, when given."""
    error: str | None = None
    """The slug of a failure, when given."""
    message: str | None = None
    """One line about a failure, when given."""
    refusal: str | None = None
    """The refusal's text, when given."""
    tool_calls: str | None = None
    """The tools that were asked for, as JSON text, when given."""
    answered_by: str | None = None
    """The model the server said it used, when given."""
    system_fingerprint: str | None = None
    """The server's mark of its configuration, when given."""
    usage: Usage = field(default_factory=Usage)
    """Tokens, as far as they are given."""
    latency_s: float | None = None
    """Seconds it took, when given."""
    logprobs: str | None = None
    """Log-probabilities as JSON text, when given."""

    def outcome(self, draw: Draw, path: Path) -> Outcome:
        """Return the sample or the failure it is, of a draw; the file is named where a failure has no words."""
        if self.status != "ok":
            message = f"failed before {path.name}" if self.message is None else self.message
            error = self.error or _SLUGS.get(self.status, self.status)
            return Failure(draw=draw, error=error, message=message, attempts=self.attempts)
        return Sample(
            draw=draw,
            text=self.text or "",
            is_null=self.text is None,
            finish_reason=self.finish_reason,
            refusal=self.refusal,
            tool_calls=self.tool_calls,
            usage=self.usage,
            latency_s=self.latency_s,
            model=self.answered_by,
            system_fingerprint=self.system_fingerprint,
            response_id=self.response_id,
            attempts=self.attempts,
            logprobs=self.logprobs,
        )


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a file, JSON Lines, gzipped when its name ends in ``.gz``.

    Raises:
        StoreError: The file can not be read, or a line is wrong; names file and line.
    """
    for number, line in read_lines(path):
        if line.strip():
            yield row_of(path, number, line)


def read_prompts(path: Path) -> dict[str, Prompt]:
    """Return the prompts of a JSON file by id: a list of objects with ``prompt_id`` and ``prompt``.

    Raises:
        StoreError: The file can not be read or is none such; names file and entry.
    """
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise StoreError(f"{path} can not be read: {error.strerror}", hint="is the path right?") from error
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{path} is no JSON: {error}", hint="give a list of objects") from error
    if not isinstance(data, list):
        raise StoreError(f"{path} holds no list", hint="give a list of objects with prompt_id and prompt")
    prompts: dict[str, Prompt] = {}
    for number, entry in enumerate(data, start=1):
        prompt = _prompt(path, number, entry)
        if prompt.id in prompts:
            raise StoreError(f"{path}: entry {number}: prompt {prompt.id!r} is there twice", hint="remove one")
        prompts[prompt.id] = prompt
    return prompts


def row_of(path: Path, number: int, line: bytes) -> Row:
    """Return the row that a line of a file holds.

    Raises:
        StoreError: It is none; names file and line.
    """
    try:
        data = json.loads(line, object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        refuse(path, number, f"no JSON: {error}")
    if not isinstance(data, dict):
        refuse(path, number, "no object")
    fields = _Fields(path, number, data)
    status = fields.text("status", "ok")
    return Row(
        line=number,
        model=fields.text("model"),
        prompt_id=fields.text("prompt_id"),
        temperature=fields.temperature(),
        sent=fields.data["temperature"] is not None,
        load=fields.load(),
        replicate=fields.index("replicate"),
        status=status,
        text=fields.answer() if status == "ok" else None,
        reference=fields.optional_text("reference"),
        topic=fields.optional_text("topic"),
        finish_reason=_reason(fields.text("finish_reason", FinishReason.STOP.value)),
        response_id=fields.optional_text("response_id"),
        attempts=fields.index("attempts", 1),
        slot=fields.optional_text("slot"),
        error=fields.optional_text("error"),
        message=fields.optional_text("message"),
        refusal=fields.optional_text("refusal"),
        tool_calls=fields.json("tool_calls"),
        answered_by=fields.optional_text("answered_by"),
        system_fingerprint=fields.optional_text("system_fingerprint"),
        usage=Usage(prompt_tokens=fields.count("prompt_tokens"), completion_tokens=fields.count("completion_tokens")),
        latency_s=fields.seconds("latency_s"),
        logprobs=fields.json("logprobs"),
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{_shown(twice)} is there twice in an object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of one object, each asked for by name and type."""

    path: Path
    line: int
    data: dict[str, Any]

    def text(self, name: str, default: str | None = None) -> str:
        found = self.optional_text(name)
        if found is None and default is not None:
            return default
        if found is None:
            refuse(self.path, self.line, f"{name} is missing")
        return found

    def optional_text(self, name: str) -> str | None:
        found = self.data.get(name)
        if found is not None and not isinstance(found, str):
            refuse(self.path, self.line, f"{name} is {_shown(found)}, not a string")
        exact = self.data.get(f"{name}{HEX}")
        return found if found is None or exact is None else self._exact(f"{name}{HEX}", exact)

    def _exact(self, name: str, digits: object) -> str:
        # An export says in bytes what JSON has no words for: two surrogates side by side.
        try:
            return bytes.fromhex(str(digits)).decode("utf-8", "surrogatepass")
        except ValueError as error:
            refuse(self.path, self.line, f"{name} is no UTF-8 in hexadecimal digits: {error}", f"remove {name}")

    def answer(self) -> str | None:
        # Null is what some servers send for an answer without words; a line without a text is a slip.
        if "text" not in self.data:
            refuse(self.path, self.line, "text is missing")
        return self.optional_text("text")

    def json(self, name: str) -> str | None:
        found = self.data.get(name)
        try:
            return None if found is None else canonical(found)
        except (ValueError, RecursionError) as error:
            refuse(self.path, self.line, f"{name} can not be kept: {error}", f"remove {name}")

    def count(self, name: str) -> int | None:
        return None if self.data.get(name) is None else self.index(name, below=_MOST_TOKENS)

    def seconds(self, name: str) -> float | None:
        found = self.data.get(name)
        if found is None:
            return None
        number = isinstance(found, int | float) and not isinstance(found, bool) and abs(found) < _LONGEST_WAIT
        if not number or found < 0:
            refuse(self.path, self.line, f"{name} is {_shown(found)}, not a number of seconds")
        return float(found)

    def index(self, name: str, default: int | None = None, *, below: int = MOST_REPLICATES) -> int:
        found = self.data.get(name, default)
        if found is None:
            refuse(self.path, self.line, f"{name} is missing")
        if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < below:
            refuse(self.path, self.line, f"{name} is {_shown(found)}, not a whole number in [0, {below})")
        return found

    def load(self) -> Load | None:
        found = self.optional_text("load")
        if found is None:
            return None
        if found not in {Load.SERIAL.value, Load.BURST.value}:
            refuse(self.path, self.line, f"load is {_shown(found)}, not serial or burst", "leave load out elsewhere")
        if self.temperature() != 0.0:
            refuse(self.path, self.line, f"load is {_shown(found)} at a temperature above 0", "leave load out there")
        return Load(found)

    def temperature(self) -> float:
        if "temperature" not in self.data:
            refuse(self.path, self.line, "temperature is missing", "a number, or null where none was sent")
        found = self.data["temperature"]
        if found is None:
            return 1.0
        number = isinstance(found, int | float) and not isinstance(found, bool)
        try:
            value = float(found) if number else math.nan
        except OverflowError:
            value = math.inf
        if not (math.isfinite(value) and value >= 0):
            refuse(self.path, self.line, f"temperature is {_shown(found)}, not a finite number of 0 or more")
        return value + 0.0  # -0.0 is 0.0


def _reason(name: str) -> FinishReason:
    try:
        return FinishReason(name)
    except ValueError:
        return FinishReason.UNKNOWN


def _prompt(path: Path, number: int, entry: object) -> Prompt:
    fields = entry if isinstance(entry, dict) else {}
    found = {name: fields.get(name) for name in ("prompt_id", "prompt", "reference", "topic")}
    for name, value in found.items():
        needed = name in {"prompt_id", "prompt"}
        if not isinstance(value, str) and (needed or value is not None):
            raise StoreError(
                f"{path}: entry {number}: {name} is {'missing' if value is None else _shown(value)}",
                hint="give strings: prompt_id and prompt, and as you like reference and topic",
            )
    return Prompt(
        id=str(found["prompt_id"]),
        messages=(Message(role="user", content=str(found["prompt"])),),
        reference=found["reference"],
        tags=(found["topic"],) if found["topic"] else (),
    )


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
