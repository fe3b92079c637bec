"""Lines as a host of batches would send them."""

import json


def answer(line: bytes, text: str | None = None, number: int = 0, **changes: object) -> bytes:
    """Return the result to a line of a file of requests."""
    asked = json.loads(line)
    choices = [
        {"index": i, "message": {"content": text or f"answer {number}-{i}"}, "finish_reason": "stop"}
        for i in range(asked["body"].get("n", 1))
    ]
    usage = {"prompt_tokens": 5, "completion_tokens": 7}
    body = {"id": f"r{number}", "model": "m", "created": 1_790_000_000, "choices": choices, "usage": usage} | changes
    told = {"id": f"b{number}", "custom_id": asked["custom_id"], "response": {"status_code": 200, "body": body}}
    return json.dumps(told | {"error": None}).encode() + b"\n"


def refusal(line: bytes, status: int, **error: str) -> bytes:
    """Return a result that is an error of the endpoint's."""
    told = {"custom_id": json.loads(line)["custom_id"], "response": {"status_code": status, "body": {"error": error}}}
    return json.dumps(told | {"error": None}).encode() + b"\n"


def expired(line: bytes) -> bytes:
    """Return a line of an error file: the turn did not come."""
    told = {"custom_id": json.loads(line)["custom_id"], "response": None}
    return json.dumps(told | {"error": {"code": "batch_expired", "message": "too late"}}).encode() + b"\n"
