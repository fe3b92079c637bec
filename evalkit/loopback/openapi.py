"""The embedded server in OpenAPI's words, as it stands under `/openapi.json`: what is asked, what is answered.

It says neither more nor less than `evalkit.loopback.wire` takes: what it allows is answered, what it does not
allow is refused with the error object. The tests hold the server to that.
"""

from __future__ import annotations

from typing import Any

from evalkit.loopback.batches import URL
from evalkit.loopback.wire import MOST_CHOICES, MOST_INPUTS, ROLES

_Schema = dict[str, Any]

_REFUSALS = {
    "400": "The request is not what is described here.",
    "403": "The Host or the Origin is not this server's own.",
    "404": "There is nothing at this address.",
    "405": "The address knows no such method.",
    "408": "The request did not come in time.",
    "413": "The body is too large.",
    "415": "The body is not declared as plain JSON.",
    "429": "A fault that was asked for: too many requests.",
    "431": "The headers are too large.",
    "500": "The server had an error.",
    "503": "Too many connections, or a fault that was asked for.",
}
_WITH_BODY = frozenset({"400", "408", "413", "415", "429", "503"})
"""Refusals that only a request with a body meets."""


def description(*, keyed: bool = False) -> dict[str, Any]:
    """Return the description of the server, in OpenAPI 3.1.

    Args:
        keyed: Whether requests must bear a key.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "The embedded endpoint of evalkit",
            "summary": "A softmax language of known probabilities behind the chat-completion protocol.",
            "version": "1",
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/v1/chat/completions": {
                "post": _asking("complete", "Answers to a conversation", "Chat", _COMPLETED, keyed)
            },
            "/v1/embeddings": {"post": _asking("embed", "Embeddings of texts", "ToEmbed", _EMBEDDED, keyed)},
            "/v1/models": {"get": _getting("list_models", "The models there are", _json(_ref("Models")), keyed)},
            **_paths_of_batches(keyed),
            "/openapi.json": {"get": _getting("describe", "This description", _json({"type": "object"}), keyed)},
        },
        "components": {"schemas": _SCHEMAS, **({"securitySchemes": {"key": _BEARER}} if keyed else {})},
        **({"security": [{"key": []}]} if keyed else {}),
    }


def _paths_of_batches(keyed: bool) -> _Schema:  # noqa: FBT001 - of `description`
    batch, file = _json(_ref("Batch")), _json(_ref("File"))
    upload = _getting("upload", "A file that is kept", file, keyed, with_body=True)
    create = _asking("create", "A batch that is begun", "ToBatch", batch, keyed)
    upload["responses"]["200"]["links"] = _links("file_id", "tell_file", "content")
    create["responses"]["200"]["links"] = _links("batch_id", "tell_batch", "cancel")
    form = {"multipart/form-data": {"schema": _ref("Upload")}}
    raw: _Schema = {"application/octet-stream": {}}
    listing = _json(_object({"object": _only("list"), "data": _list(_ref("Batch")), "has_more": _FLAG}))
    return {
        "/v1/files": {"post": {**upload, "requestBody": {"required": True, "content": form}}},
        "/v1/files/{file_id}": _of("file_id", {"get": _getting("tell_file", "A file", file, keyed)}),
        "/v1/files/{file_id}/content": _of("file_id", {"get": _getting("content", "What is in it", raw, keyed)}),
        "/v1/batches": {
            "post": create,
            "get": _getting("list_batches", "The batches there are", listing, keyed),
        },
        "/v1/batches/{batch_id}": _of("batch_id", {"get": _getting("tell_batch", "How far it is", batch, keyed)}),
        "/v1/batches/{batch_id}/cancel": _of("batch_id", {"post": _getting("cancel", "It ends", batch, keyed)}),
    }


def _links(name: str, *operations: str) -> _Schema:
    """Return what an id that is answered is good for."""
    return {each: {"operationId": each, "parameters": {name: "$response.body#/id"}} for each in operations}


def _of(name: str, methods: _Schema) -> _Schema:
    where = {"name": name, "in": "path", "required": True, "schema": _SOME_TEXT}
    return {"parameters": [where], **methods}


def _asking(name: str, summary: str, body: str, content: _Schema, keyed: bool) -> _Schema:  # noqa: FBT001 - of `description`
    return {
        **_getting(name, summary, content, keyed, with_body=True),
        "requestBody": {"required": True, "content": _json(_ref(body))},
    }


def _getting(name: str, summary: str, content: _Schema, keyed: bool, *, with_body: bool = False) -> _Schema:  # noqa: FBT001 - as above
    refusals = {status: why for status, why in _REFUSALS.items() if with_body or status not in _WITH_BODY}
    if keyed:
        refusals["401"] = "The key is missing, or it is another."
    refused = {status: {"description": why, "content": _json(_ref("Error"))} for status, why in refusals.items()}
    answered = {"200": {"description": summary, "content": content}}
    return {"operationId": name, "summary": summary, "responses": {**answered, **refused}}


def _json(schema: _Schema) -> _Schema:
    return {"application/json": {"schema": schema}}


def _ref(name: str) -> _Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(items: _Schema, least: int = 0, most: int | None = None) -> _Schema:
    return {"type": "array", "items": items, "minItems": least, **({} if most is None else {"maxItems": most})}


def _object(required: _Schema, optional: _Schema | None = None) -> _Schema:
    return {"type": "object", "properties": {**required, **(optional or {})}, "required": list(required)}


def _whole(least: int | None = None, most: int | None = None) -> _Schema:
    return {
        "type": "integer",
        **({} if least is None else {"minimum": least}),
        **({} if most is None else {"maximum": most}),
    }


def _number(least: float, most: float) -> _Schema:
    return {"type": "number", "minimum": least, "maximum": most}


def _or_null(schema: _Schema) -> _Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _only(value: str) -> _Schema:
    return {"type": "string", "const": value}


_BEARER = {"type": "http", "scheme": "bearer"}
_TEXT: _Schema = {"type": "string"}
_SOME_TEXT: _Schema = {"type": "string", "minLength": 1}
_FLAG: _Schema = {"type": "boolean"}
_NAMES = {"id": _TEXT, "object": _TEXT, "created": _whole(0), "model": _TEXT, "system_fingerprint": _TEXT}
_COMPLETED = {**_json(_ref("Completion")), "text/event-stream": {}}
_EMBEDDED = _json(_ref("Embeddings"))
_CONTENT: _Schema = {"anyOf": [_TEXT, _list(_object({"text": _TEXT}))]}
_TOKEN = {"token": _TEXT, "logprob": {"type": "number", "maximum": 0}, "bytes": _list(_whole(0, 255))}

_MESSAGE: _Schema = {
    "anyOf": [
        _object({"role": {"type": "string", "enum": sorted(ROLES - {"assistant"})}, "content": _CONTENT}),
        _object({"role": _only("assistant")}, {"content": _or_null(_CONTENT)}),
    ]
}
_CHAT: _Schema = {
    **_object(
        {"model": _SOME_TEXT, "messages": _list(_ref("Message"), 1)},
        {
            "temperature": _or_null(_number(0, 2)),
            "top_p": _or_null(_number(0, 1)),
            "n": _or_null(_whole(1, MOST_CHOICES)),
            "max_tokens": _or_null(_whole(1, 2**53)),
            "max_completion_tokens": _or_null(_whole(1, 2**53)),
            "stop": {"anyOf": [_SOME_TEXT, _list(_SOME_TEXT, most=4), {"type": "null"}]},
            "seed": _or_null(_whole(-(2**63), 2**63 - 1)),
            "stream": _or_null(_FLAG),
            "stream_options": _or_null(_object({}, {"include_usage": _or_null(_FLAG)})),
            "logprobs": _or_null(_FLAG),
            "top_logprobs": _or_null(_whole(0, 20)),
        },
    ),
    "anyOf": [
        {"properties": {"top_logprobs": {"type": "null"}}},
        {"properties": {"logprobs": {"const": True}}, "required": ["logprobs"]},
    ],
}
_CHOICE = _object(
    {
        "index": _whole(0, MOST_CHOICES - 1),
        "message": _object({"role": _only("assistant"), "content": _TEXT, "refusal": {"type": "null"}}),
        "logprobs": _or_null(_object({"content": _list(_ref("Token")), "refusal": {"type": "null"}})),
        "finish_reason": {"type": "string", "enum": ["stop", "length"]},
    }
)
_METADATA: _Schema = {
    "type": "object",
    "maxProperties": 16,
    "propertyNames": {"maxLength": 64},
    "additionalProperties": {"type": "string", "maxLength": 512},
}
_COUNTS = _object({"total": _whole(0), "completed": _whole(0), "failed": _whole(0)})
_STATES = (
    *("validating", "in_progress", "finalizing", "completed"),
    *("failed", "expired", "cancelling", "cancelled"),
)
_SCHEMAS: _Schema = {
    "Upload": _object({"purpose": _only("batch"), "file": {"type": "string", "format": "binary"}}),
    "File": _object(
        {
            "id": _TEXT,
            "object": _only("file"),
            "bytes": _whole(0),
            "created_at": _whole(0),
            "filename": _TEXT,
            "purpose": {"type": "string", "enum": ["batch", "batch_output"]},
        }
    ),
    "ToBatch": _object(
        {"input_file_id": _TEXT, "endpoint": _only(URL), "completion_window": _only("24h")},
        {"metadata": _or_null(_METADATA)},
    ),
    "Batch": _object(
        {
            "id": _TEXT,
            "object": _only("batch"),
            "input_file_id": _TEXT,
            "status": {"type": "string", "enum": [*_STATES]},
            "output_file_id": _or_null(_TEXT),
            "error_file_id": _or_null(_TEXT),
            "request_counts": _COUNTS,
        }
    ),
    "Message": _MESSAGE,
    "Chat": _CHAT,
    "Completion": _object(
        {
            **_NAMES,
            "object": _only("chat.completion"),
            "choices": _list(_CHOICE, 1, MOST_CHOICES),
            "usage": _ref("Usage"),
        }
    ),
    "Token": _object(
        {**_TOKEN, "top_logprobs": _list(_object(_TOKEN), most=20)},
    ),
    "Usage": _object({"prompt_tokens": _whole(0), "total_tokens": _whole(0)}, {"completion_tokens": _whole(0)}),
    "ToEmbed": _object(
        {"model": _SOME_TEXT, "input": {"anyOf": [_TEXT, _list(_TEXT, 1, MOST_INPUTS)]}},
        {"encoding_format": {"enum": ["float", "base64", None]}},
    ),
    "Embeddings": _object(
        {
            "object": _only("list"),
            "model": _TEXT,
            "usage": _ref("Usage"),
            "data": _list(
                _object(
                    {
                        "object": _only("embedding"),
                        "index": _whole(0),
                        "embedding": {"anyOf": [_TEXT, _list({"type": "number"})]},
                    }
                )
            ),
        }
    ),
    "Models": _object(
        {
            "object": _only("list"),
            "data": _list(_object({"id": _TEXT, "object": _only("model"), "created": _whole(0), "owned_by": _TEXT}), 1),
        }
    ),
    "Error": _object(
        {
            "error": _object(
                {"message": _TEXT, "type": _TEXT, "param": _or_null(_TEXT), "code": _or_null(_TEXT)},
            )
        }
    ),
}
