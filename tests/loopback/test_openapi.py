from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fuzz import fuzz, installed

from evalkit.loopback.openapi import description
from evalkit.loopback.server import Server

Send = Callable[..., Any]


@pytest.mark.skipif(not installed(), reason="schemathesis is not installed")
@pytest.mark.parametrize("key", [None, "sesame"])
def test_schemathesis_finds_nothing(key: str | None, tmp_path: Path) -> None:
    """What the description allows is answered as described, what it does not is refused as described: no 500."""
    ended = fuzz(8, tmp_path, key, "--generation-deterministic")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "No issues found" in ended.stdout


def test_description_is_served_to_whom_may_ask(send: Send) -> None:
    """It stands under /openapi.json; with a key set it says so, and wants it."""
    with Server(key="sesame") as server:
        assert send(server, "GET", "/openapi.json").status == 401
        told = send(server, "GET", "/openapi.json", authorization="Bearer sesame").json
    assert told == description(keyed=True)
    assert told["openapi"] == "3.1.0"
    assert "key" in told["components"]["securitySchemes"]
    assert "securitySchemes" not in description()["components"]


def test_every_address_has_a_description(calm: Server) -> None:
    """No route is left out, and none is described that is not there."""
    assert {route.path for route in calm.app.routes} == set(description()["paths"])


def test_schemas_are_schemas() -> None:
    """Each is a JSON Schema, and every reference leads somewhere."""
    schemas = description()["components"]["schemas"]
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    assert set(_references(description())) == set(schemas)


def _references(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"].rsplit("/", 1)[1]] if "$ref" in value else []
        return own + [name for each in value.values() for name in _references(each)]
    return [name for each in value for name in _references(each)] if isinstance(value, list) else []
