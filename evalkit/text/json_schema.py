"""Whether a text holds a JSON value that satisfies a JSON Schema; nothing is ever fetched."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from evalkit.errors import UsageError
from evalkit.nouns import JSON
from evalkit.text.levels import canonical_json
from evalkit.text.visible import visible

if TYPE_CHECKING:
    from referencing._core import Resolver

_NO_SCHEMAS = frozenset({"const", "enum", "default", "examples"})
"""Keys whose values are data, in which a ``$ref`` refers to nothing."""


def json_schema_check(schema: Mapping[str, JSON]) -> Callable[[str], bool]:
    """Return a function that tells whether a text holds a JSON value that satisfies the schema.

    The value may stand in a fenced code block, and is read as by `canonical_json`: what names a key twice is none.
    The draft is the one that ``$schema`` names, else 2020-12. ``format`` is a remark and is not checked, as the
    standard has it. References may point to places in the schema itself only.

    Raises:
        UsageError: The schema is none, refers to what is not in it, or to itself without end; its place is named.
    """
    return _compiled(json.dumps(schema, sort_keys=True))


@functools.lru_cache(maxsize=32)
def _compiled(schema: str) -> Callable[[str], bool]:
    from jsonschema import Draft202012Validator, SchemaError
    from jsonschema.validators import validator_for
    from referencing import Registry

    tree = json.loads(schema)
    kind = validator_for(tree, default=Draft202012Validator)
    try:
        kind.check_schema(tree, format_checker=kind.FORMAT_CHECKER)
    except SchemaError as error:
        raise _refused(error.absolute_path, error.message) from None
    _follow(tree)
    validator = kind(tree, registry=Registry())  # a registry of its own: the library's would ask the network

    def satisfies(text: str) -> bool:
        value = canonical_json(text)
        try:
            return value is not None and validator.is_valid(json.loads(value))
        except RecursionError:  # a value that is nested too deeply to be looked at
            return False

    try:
        validator.is_valid(None)
    except RecursionError:
        raise _refused((), "it refers to itself without end") from None
    return satisfies


def _follow(tree: Mapping[str, Any]) -> None:
    """Refuse a reference that leads nowhere, or out of the schema."""
    from referencing import Registry, Resource
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    root: Resource[Any] = Resource.from_contents(tree, default_specification=DRAFT202012)
    resolver = Registry().with_resource(root.id() or "", root).crawl().resolver(root.id() or "")
    for place, reference, here in _references(tree, resolver, ()):
        try:
            here.lookup(reference)
        except (Unresolvable, ValueError, LookupError, TypeError):
            text = f"refers to {visible(reference, limit=80)!r}, which is not in the schema; nothing is fetched"
            raise _refused(place, text) from None


def _references(node: Any, resolver: Resolver[Any], place: tuple[str | int, ...]) -> Iterator[tuple[Any, str, Any]]:  # noqa: ANN401 - any JSON
    """Yield place and text of every reference, and what resolves it there."""
    from referencing.jsonschema import DRAFT202012

    if isinstance(node, list):
        for index, each in enumerate(node):
            yield from _references(each, resolver, (*place, index))
    if not isinstance(node, Mapping):
        return
    if place and isinstance(node.get("$id"), str):
        resolver = resolver.in_subresource(DRAFT202012.create_resource(node))
    for key, value in node.items():
        if key in {"$ref", "$dynamicRef"} and isinstance(value, str):
            yield (*place, key), value, resolver
        elif key not in _NO_SCHEMAS:
            yield from _references(value, resolver, (*place, key))


def _refused(place: Any, reason: str) -> UsageError:  # noqa: ANN401 - a path of keys and indexes
    where = ".".join(("json_schema", *map(str, place)))
    return UsageError(f"{visible(where, limit=200)}: {visible(reason, limit=200)}", hint="see https://json-schema.org")
