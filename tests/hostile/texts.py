"""What a server and files of others may say, and what must not come of it."""

from __future__ import annotations

import json
import re

EVIL = (
    "\x1b[31mEVIL\x1b[0m \x1b]8;;http://evil.example\x07x\x1b]8;;\x07 \x07\x08\r\n::error file=EVIL::EVIL\n"
    "##[group]EVIL \u202eLIVE\u2066 <script>alert('EVIL')</script>|`EVIL` ![EVIL](http://evil.example/x.png) "
    "$\\frac{1}{$ \ud83d\x00\x85\uffff ]]> \u2028 =1+1"
)
"""What a server may say, wherever it says something."""
NAME = "=../EVIL\u202e<script>alert('EVIL')</script>|`$\\frac{1}{$\u200b ##[group] &lt; \u00a0x"
"""What a file of others may call a suite or a prompt: one line without control characters."""
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""What no reader sees, and a terminal or a page obeys."""
OBEYED = re.compile(rf"{UNSEEN.pattern}|^[^\S\n]*::|##\w*\[|Traceback", re.MULTILINE)
"""What a terminal or a build would obey, and what a bug says."""


def completion(text: str | None, *, finish_reason: object = "stop", message: object = None, **top: object) -> bytes:
    """Return the body of an answer."""
    told = {"role": "assistant", "content": text, **(message if isinstance(message, dict) else {})}
    answer: dict[str, object] = {
        "id": "x",
        "object": "chat.completion",
        "model": "m",
        "choices": [{"index": 0, "message": told, "finish_reason": finish_reason}],
        "usage": {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12},
    }
    return json.dumps(answer | top).encode()


def error(message: str, **fields: object) -> bytes:
    """Return the body of an error."""
    return json.dumps({"error": {"message": message} | fields}).encode()
