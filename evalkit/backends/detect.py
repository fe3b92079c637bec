"""Which servers answer on this machine: loopback only, one short question each, all at once."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

PORTS: Mapping[int, str] = {
    11434: "Ollama",
    8000: "vLLM",
    1234: "LM Studio",
    8080: "llama.cpp",
    30000: "SGLang",
    4000: "LiteLLM",
}
"""Ports on which servers listen when nobody tells them another, and whose they are by custom."""
_TIMEOUT_S = 0.5
_LONGEST = 2**20
_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that answers on this machine."""

    port: int
    """Where."""
    custom: str
    """Whose port that is by custom; another may listen there."""
    models: tuple[str, ...]
    """Names of models it lists; empty where it lists none, or wants a key."""
    status: int
    """HTTP status of its list of models."""

    @property
    def base_url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/v1"


def detect(ports: Mapping[int, str] = PORTS) -> tuple[Server, ...]:
    """Return the servers that answer ``/v1/models`` on these ports of 127.0.0.1, in the order of the ports given."""
    with ThreadPoolExecutor(max_workers=max(1, len(ports))) as pool:
        found = pool.map(lambda each: _ask(*each), ports.items())
        return tuple(server for server in found if server is not None)


def _ask(port: int, custom: str) -> Server | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", "/v1/models", headers={"Host": f"127.0.0.1:{port}"})
        answer = connection.getresponse()
        body = answer.read(_LONGEST)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return Server(port=port, custom=custom, models=_models(body) if answer.status == _OK else (), status=answer.status)


def _models(body: bytes) -> tuple[str, ...]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    listed = told.get("data", ()) if isinstance(told, dict) else told
    if not isinstance(listed, list):
        return ()
    names = (each.get("id") for each in listed if isinstance(each, dict))
    return tuple(name for name in names if isinstance(name, str))
