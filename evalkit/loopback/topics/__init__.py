"""Everything the language can talk about, written for this purpose."""

from evalkit.loopback.topics import chat, code, facts, general, lives, stories
from evalkit.loopback.topics.topic import Topic

TOPICS: tuple[Topic, ...] = (*facts.TOPICS, *code.TOPICS, *stories.TOPICS, *chat.TOPICS, *general.TOPICS)
"""Every topic; the last one serves when no other is called for."""

APART: tuple[Topic, ...] = lives.TOPICS
"""Topics with a vocabulary of their own beside the common one, called for before the others."""

__all__ = ["APART", "TOPICS", "Topic"]
