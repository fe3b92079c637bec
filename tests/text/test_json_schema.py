"""JSON Schema: what satisfies one, what is none, and that nothing is fetched."""

import socket

import pytest

from evalkit.errors import UsageError
from evalkit.text.json_schema import json_schema_check

PERSON = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string"}, "age": {"$ref": "#/$defs/years"}},
    "$defs": {"years": {"type": "integer", "minimum": 0}},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"name": "Ada"}', True),
        ('```json\n{"name": "Ada", "age": 36.0}\n```', True),
        ('{"name": "Ada", "age": -1}', False),
        ('{"name": "Ada", "name": "Bob"}', False),
        ('["Ada"]', False),
        ("Ada", False),
        ("[" * 5000, False),
    ],
)
def test_a_text_satisfies_a_schema(text, expected):
    """A JSON value, in a fenced block or not, is held against the schema and what it refers to."""
    assert json_schema_check(PERSON)(text) is expected


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"type": "objekt"}, "json_schema.type"),
        ({"properties": {"a": {"minimum": "0"}}}, "json_schema.properties.a.minimum"),
        ({"pattern": "("}, "json_schema.pattern"),
        ({"properties": {"a": {"$ref": "#/$defs/none"}}}, "json_schema.properties.a.$ref"),
        ({"items": {"$ref": "https://example.org/a.json"}}, "json_schema.items.$ref"),
        ({"anyOf": [{"$ref": "file:///etc/passwd"}]}, "json_schema.anyOf.0.$ref"),
        ({"$ref": "#"}, "json_schema"),
    ],
)
def test_a_wrong_schema_is_refused_with_its_place(schema, place):
    """No schema, a broken pattern, a reference to nowhere, elsewhere, or itself is told before any sampling."""
    with pytest.raises(UsageError) as raised:
        json_schema_check(schema)
    assert raised.value.message.startswith(f"{place}: ")


def test_nothing_is_fetched(monkeypatch):
    """A schema that names addresses of its own opens no socket."""
    opened = []
    monkeypatch.setattr(socket, "create_connection", lambda *found, **_: opened.append(found))
    monkeypatch.setattr(socket, "socket", lambda *found, **_: opened.append(found))
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://example.org/root.json",
        "$defs": {"a": {"$id": "a.json", "type": "integer"}},
        "properties": {"n": {"$ref": "a.json"}, "$ref": {"const": {"$ref": "https://example.org/no"}}},
    }

    assert json_schema_check(schema)('{"n": 1}')
    assert not json_schema_check(schema)('{"n": "one"}')
    assert opened == []


def test_a_draft_is_the_one_that_is_named():
    """In draft 7 a list of items is positional; in 2020-12 it is no schema."""
    told = {"items": [{"type": "integer"}]}

    assert not json_schema_check({"$schema": "http://json-schema.org/draft-07/schema#", **told})('["a"]')
    with pytest.raises(UsageError, match=r"json_schema\.items"):
        json_schema_check(told)
