"""JSON Schemas of what a report and a comparison say as JSON: what programs may rely on."""

from __future__ import annotations

import types
import typing
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from evalkit import nouns
from evalkit.nouns import Caution, Comparison, Counts, Optimum
from evalkit.reporting.view import Fact

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SIMPLE = {float: "number", int: "integer", str: "string", bool: "boolean", types.NoneType: "null"}
_NUMBER, _TEXT = float | None, str | None
_CURVES = frozenset({"baseline_curves", "candidate_curves"})
_POINT = {
    "temperature": float,
    "value": _NUMBER,
    "undefined": _TEXT,
    "low": _NUMBER,
    "high": _NUMBER,
    "level": _NUMBER,
    "n_prompts": int,
    "n_samples": int,
    "method": str,
    "estimand": str,
    "these_low": _NUMBER,
    "these_high": _NUMBER,
}
_METRIC = {
    "metric": str,
    "panel": str,
    "unit": str,
    "summary": str,
    "references": str,
    "logprobs": _TEXT,
    "trend": {
        "direction": str,
        "statistic": _NUMBER,
        "p_value": _NUMBER,
        "method": str,
        "slope_per_ln_t": _NUMBER,
        "sentence": str,
    },
    "optimum": (Optimum, None),
    "points": [_POINT],
    "prompts": [{"prompt": str, "points": [(_POINT, None)]}],
}
_LADDER = {"temperature": float, "level": str, "agreement": float, "n_differing": int, "n_prompts": int}
_SURVIVAL = {"temperature": float, "n_prompts": int, "shares": [float], "low": [_NUMBER], "high": [_NUMBER]}
_ANSWERS = {
    "prompt": str,
    "messages": [{"role": str, "content": str}],
    "reference": _TEXT,
    "cells": [
        {
            "temperature": float,
            "n_samples": int,
            "n_failures": int,
            "n_unsupported": int,
            "n_distinct": int,
            "texts": [{"text": str, "n": int, "length": int}],
            "rest": str,
        }
    ],
}
_REPORT = {
    "title": str,
    "label": str,
    "headline": [str],
    "summary": [Fact],
    "cautions": [Caution],
    "metrics": [_METRIC],
    "ladder": ([_LADDER], None),
    "survival": ([_SURVIVAL], None),
    "counts": [Counts],
    "settings": [Fact],
    "provenance": [Fact],
    "blocks": Any,
    "samples": [_ANSWERS],
    "samples_note": str,
}


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema of a run's report as JSON; a value that does not exist is null, its reason beside it."""
    return {"$schema": _DIALECT, "title": "A run, as evalkit report writes it", **_of(_REPORT)}


def comparison_schema() -> dict[str, Any]:
    """Return the JSON Schema of comparisons as JSON, as a file or on the standard output."""
    each = _of(Comparison)
    each["properties"] |= _of({"outcomes": [str], "moved": [str], "blocks": Any})["properties"]
    whole = {
        **_of({"title": str, "headline": [str], "fail_on": _TEXT, "comparisons": [Any]}),
        "required": ["comparisons"],
    }
    whole["properties"]["comparisons"] = {"type": "array", "items": each}
    return {"$schema": _DIALECT, "title": "Runs against a baseline, as evalkit compare writes them", **whole}


def _of(told: Any) -> dict[str, Any]:  # noqa: ANN401 - a type, or a tree of types
    """Return the schema of a type; a dict is an object, a list an array of its one member, a tuple a choice."""
    if told is Any:
        return {}
    if isinstance(told, dict):
        return _object({name: _of(each) for name, each in told.items()})
    if isinstance(told, list):
        return {"type": "array", "items": _of(told[0])}
    if isinstance(told, tuple):
        return {"anyOf": [_of(types.NoneType if each is None else each) for each in told]}
    if isinstance(told, types.UnionType):
        return {"type": sorted(_SIMPLE[each] for each in told.__args__)} if _flat(told) else _of(told.__args__)
    return _of_type(told)


def _flat(told: types.UnionType) -> bool:
    return all(each in _SIMPLE for each in told.__args__)


def _of_type(told: Any) -> dict[str, Any]:  # noqa: ANN401 - any type a noun's field may have
    if typing.get_origin(told) is tuple:
        return {"type": "array", "items": _of(typing.get_args(told)[0])}
    if is_dataclass(told):
        hints = typing.get_type_hints(told, localns=vars(nouns))
        return _object({field.name: _of(hints[field.name]) for field in fields(told) if field.name not in _CURVES})
    if isinstance(told, type) and issubclass(told, Enum):
        return {"enum": [each.value for each in told]}
    return {"type": _SIMPLE[told]}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }
