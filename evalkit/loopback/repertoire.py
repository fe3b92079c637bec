"""Which topic a conversation calls for, and the law its answers follow."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from evalkit.loopback.language import Language, Law
from evalkit.loopback.templates import END, compile_graph, parse, words
from evalkit.loopback.topics import APART, TOPICS, Topic

_WORD = re.compile(r"[a-z0-9_]+")
_HEARD = 20_000  # letters of a message that may call for a topic
_PLURALS = ("", "s", "es")


def text_of(content: object) -> str:
    """Return the text of a message's content: a string, text parts, or nothing."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return " ".join(str(part.get("text", "")) for part in content if isinstance(part, Mapping))
    return ""


def topic_for(messages: Sequence[Mapping[str, Any]]) -> Topic:
    """Return the topic the last user message calls for.

    A cue calls when all its words are there, a plural counting as its singular. The cue of
    most words wins, the earliest topic among equals, and the general topic when none calls.
    """
    asked = next((text_of(m.get("content")) for m in reversed(messages) if m.get("role") == "user"), "")
    return _called_by(asked[:_HEARD])


@lru_cache(maxsize=1024)
def _called_by(asked: str) -> Topic:
    said = frozenset(_WORD.findall(asked.lower()))
    best, strength = TOPICS[-1], 0
    for topic in (*APART, *TOPICS):
        cues = (cue.split() for cue in topic.cues)
        called = max((len(cue) for cue in cues if _calls(cue, said)), default=0)
        if called > strength:
            best, strength = topic, called
    return best


def _calls(cue: Iterable[str], said: frozenset[str]) -> bool:
    return all(any(word + plural in said for plural in _PLURALS) for word in cue)


@lru_cache(maxsize=1)
def vocabulary() -> tuple[str, ...]:
    """Return every token: END, then every word of every topic in alphabetical order, those apart left out."""
    return (END, *sorted(_common_words()))


def _common_words() -> set[str]:
    return set().union(*(words(parse(topic.template)) for topic in TOPICS))


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Return the name of the language's present wording, ``fp_`` and ten hexadecimal digits."""
    wording = "\n".join(f"{topic.name}\n{' '.join(topic.template.split())}" for topic in (*TOPICS, *APART))
    return "fp_" + hashlib.sha256(wording.encode()).hexdigest()[:10]


@lru_cache(maxsize=len(TOPICS) + len(APART))
def language_for(topic: Topic) -> Language:
    """Return the language of a topic over the whole vocabulary, and over its own words too if it stands apart."""
    if topic in APART:
        return Language.of(topic.template, tuple(_common_words()))
    return Language(compile_graph(parse(topic.template)), vocabulary())


@lru_cache(maxsize=512)
def law_of(topic: Topic, temperature: float, top_p: float | None = None) -> Law:
    """Return the law of a topic's answers."""
    return Law(language_for(topic), temperature, None if top_p is None or top_p >= 1 else top_p)


def law_for(messages: Sequence[Mapping[str, Any]], temperature: float, top_p: float | None = None) -> Law:
    """Return the law of the answers to a conversation."""
    return law_of(topic_for(messages), temperature, top_p)
