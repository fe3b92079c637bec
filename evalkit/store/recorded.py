"""Recorded answers as JSON Lines: one row each, read strictly, never held as a whole."""

from __future__ import annotations

import gzip
import json
import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any, NoReturn

from evalkit.errors import StoreError
from evalkit.nouns import FinishReason, Load, Message, Prompt

LONGEST_LINE = 256 * 2**20
"""Most bytes of one line: an answer of 32 MiB with every byte escaped."""
MOST_REPLICATES = 1_000_000
"""Replicates must lie below."""

_LONGEST_SHOWN = 40  # letters of a value in a message
_REMEDY = "each line is an object with model, prompt_id, temperature, replicate and text"


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
    """``ok``, or the slug of a failure."""
    text: str
    """The answer; empty for a failure."""
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


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a file, JSON Lines, gzipped when its name ends in ``.gz``.

    Raises:
        StoreError: The file can not be read, or a line is wrong; names file and line.
    """
    number = 0
    try:
        with _open(path) as file:
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    refuse(path, number, f"the line is longer than {LONGEST_LINE} bytes", "is it JSON Lines?")
                if line.strip():
                    yield _row(path, number, line)
    except (OSError, EOFError, zlib.error) as error:
        at = f" after line {number}" if number else ""
        raise StoreError(
            f"{path} can not be read{at}: {error}", hint="is the path right, and the file whole?"
        ) from error


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


def refuse(path: Path, line: int, problem: str, hint: str = _REMEDY) -> NoReturn:
    """Raise the error of a line.

    Raises:
        StoreError: Always.
    """
    raise StoreError(f"{path}:{line}: {problem}", hint=hint)


def _open(path: Path) -> gzip.GzipFile | BufferedReader:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")


def _row(path: Path, number: int, line: bytes) -> Row:
    try:
        data = json.loads(line)
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
        text=fields.exact_text() if status == "ok" else "",
        reference=fields.optional_text("reference"),
        topic=fields.optional_text("topic"),
        finish_reason=_reason(fields.text("finish_reason", FinishReason.STOP.value)),
        response_id=fields.optional_text("response_id"),
        attempts=fields.index("attempts", 1),
    )


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
        return found

    def exact_text(self) -> str:
        # An export says in bytes what JSON has no words for: two surrogates side by side.
        text, exact = self.text("text"), self.optional_text("text_hex")
        if exact is None:
            return text
        try:
            return bytes.fromhex(exact).decode("utf-8", "surrogatepass")
        except ValueError as error:
            refuse(self.path, self.line, f"text_hex is no UTF-8 in hexadecimal digits: {error}", "remove text_hex")

    def index(self, name: str, default: int | None = None) -> int:
        found = self.data.get(name, default)
        if found is None:
            refuse(self.path, self.line, f"{name} is missing")
        if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < MOST_REPLICATES:
            refuse(self.path, self.line, f"{name} is {_shown(found)}, not a whole number in [0, {MOST_REPLICATES})")
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
            refuse(self.path, self.line, "temperature is missing", f"{_REMEDY}; null where none was sent")
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
