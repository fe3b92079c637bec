"""Embedder and judge of a suite."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from evalkit.nouns import Suite, ToolRequest
from evalkit.suite.schema import json_schema

Made = Callable[..., Suite]
Refused = Callable[..., str]


def test_words_and_nobody_unless_told_otherwise(made: Made) -> None:
    """Vectors are TF-IDF weights, offline, and there is no judge."""
    suite = made()

    assert suite.embedding == ToolRequest(source="tfidf")
    assert suite.judge is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("trigrams", ToolRequest(source="trigrams")),
        ("{source: sentence_transformers, model: m}", ToolRequest(source="sentence_transformers", model="m")),
        (
            "{source: endpoint, model: m, base_url: loopback}",
            ToolRequest(source="endpoint", model="m", base_url="loopback"),
        ),
    ],
)
def test_embedding_is_one_setting(made: Made, written: str, expected: ToolRequest) -> None:
    """A name is enough where no model is to be chosen."""
    assert made(embedding=written).embedding == expected


def test_judge_is_a_chat_model(made: Made) -> None:
    """A model makes a judge; its address is the suite's unless it has its own."""
    assert made(judge="{model: m}").judge == ToolRequest(source="chat", model="m")


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("embedding", "trigram", "did you mean 'trigrams'?"),
        ("embedding", "endpoint", "embedding: of source endpoint names no model"),
        ("embedding", "{source: tfidf, model: m}", "embedding.model: means nothing to source tfidf"),
        ("embedding", "{source: trigrams, base_url: loopback}", "embedding.base_url: means nothing"),
        ("embedding", "{model: m}", "embedding.source: is missing, expected tfidf, trigrams, endpoint"),
        ("embedding", "3", "embedding: is 3, expected tfidf, trigrams, or a mapping"),
        ("embedding", "{source: endpoint, modl: m}", "did you mean 'model'?"),
        ("embedding", "{source: endpoint, model: m, api_key: hunter22}", "a key does not belong in a file"),
        ("embedding", "{source: endpoint, model: m, base_url: 'http://u:hunter22@h/v1'}", "carries a password"),
        ("judge", "{source: chat}", "judge: of source chat names no model"),
        ("judge", "oracle", "there is no judge 'oracle'"),
        ("judge", "{model: m, base_url: 'http://h/v1?key=hunter22'}", "judge.base_url: carries a password"),
    ],
)
def test_what_is_refused(refused: Refused, key: str, value: str, wanted: str) -> None:
    """Each mistake is named with its place, and a secret is never shown."""
    message = refused(**{key: value})

    assert wanted in message
    assert "hunter22" not in message


def test_schema_for_editors_knows_both(made: Made) -> None:
    """An editor offers the two keys, as a name or as a mapping."""
    properties = json_schema()["properties"]

    assert {"embedding", "judge"} <= properties.keys()
    assert [kind["type"] for kind in properties["embedding"]["anyOf"]] == ["string", "object"]
    assert made(embedding="tfidf").embedding.model is None
