"""Vectors by one model: kept by content, tried again, watched."""

from __future__ import annotations

import numpy as np
import pytest

import evalkit
from evalkit.embedding import EndpointEmbedder, KeptEmbedder, WatchedEmbedder
from evalkit.errors import RejectedError, StatisticsError, TransientError
from evalkit.loopback.faults import Faults
from evalkit.loopback.server import Server

TEXTS = ["a red fox", "a blue fox", "\ud800", "日本語", "a red fox"]


class Lengths:
    """Embeds a text as two numbers; counts what it is asked."""

    name = "lengths"

    def __init__(self, columns=2):
        """Begin with nothing asked."""
        self.asked = []
        self.columns = columns

    def embed(self, texts):
        """Return a row of ones and the length of each text."""
        self.asked.append(list(texts))
        return np.array([[1.0] * (self.columns - 1) + [float(len(text))] for text in texts])


@pytest.fixture
def store(tmp_path):
    """Yield a store in a temporary folder."""
    with evalkit.open_store(tmp_path / "runs.sqlite") as opened:
        yield opened


def test_transient_errors_are_tried_again():
    """After errors that may pass the vectors come; the waits are those of other requests, and a server's own wish."""
    waits = []
    with Server(faults=Faults(script=["status:503", "retry-after:7", "truncated"])) as server:
        rows = EndpointEmbedder("m", server.url, sleep=waits.append).embed(["a", "b"])

    assert rows.shape == (2, 64)
    assert len(waits) == 3
    assert 7.0 <= waits[1] < 20.0


@pytest.mark.parametrize(
    ("fault", "error", "n_tries"), [("status:400", RejectedError, 1), ("status:503", TransientError, 8)]
)
def test_trying_ends(fault, error, n_tries):
    """What is refused is not tried again, and nothing is tried for ever."""
    with Server(faults=Faults(script=[fault] * 20)) as server:
        with pytest.raises(error):
            EndpointEmbedder("m", server.url, sleep=lambda _: None).embed(["a"])
        assert len(server.journal) == n_tries


def test_embedded_server_is_up_while_it_is_asked():
    """The word loopback is an address like any other."""
    assert EndpointEmbedder("m", "loopback").embed(["a"]).shape == (1, 64)


def test_each_text_is_paid_for_once(store):
    """A second embedder of the same name asks for nothing, and gives the same bits."""
    first, second = Lengths(), Lengths()
    rows = KeptEmbedder(first, store).embed(TEXTS)

    assert (KeptEmbedder(second, store).embed([*TEXTS, "new"])[:5] == rows).all()
    assert first.asked == [TEXTS[:4]]
    assert second.asked == [["new"]]


def test_a_store_that_may_not_be_written_needs_no_cache(tmp_path):
    """Opened for reading, vectors are made and not kept; several features of a prompt still ask once."""
    evalkit.open_store(tmp_path / "runs.sqlite").close()
    asked = Lengths()
    with evalkit.open_store(tmp_path / "runs.sqlite", read_only=True) as store:
        kept = KeptEmbedder(asked, store)
        assert (kept.embed(TEXTS) == kept.embed(TEXTS)).all()

    assert len(asked.asked) == 1


def test_requests_have_a_size():
    """At most 96 texts or 200,000 characters are asked for at once, and each text once."""
    asked = Lengths()
    many = [f"text {number}" for number in range(200)] + ["x" * 150_000, "y" * 150_000]

    assert KeptEmbedder(asked, None).embed(many).shape == (202, 2)
    assert [len(part) for part in asked.asked] == [96, 96, 9, 1]


def test_a_model_that_changed_its_size_is_found(store):
    """Old vectors of another length can not be compared with new ones."""
    KeptEmbedder(Lengths(2), store).embed(["a"])

    with pytest.raises(StatisticsError, match="not of one length"):
        KeptEmbedder(Lengths(3), store).embed(["a", "b"])


def test_negative_cosines_are_told():
    """Whoever embeds, pairs that point apart become a caution, and the dimensions part of the name."""

    class Signs(Lengths):
        def embed(self, texts):
            return np.array([[1.0, 0.0] if "+" in text else [-1.0, 0.0] for text in texts])

    watched = WatchedEmbedder(Signs())
    assert watched.cautions() == ()
    assert watched.name == "lengths"
    watched.embed(["+", "-", "+a"])

    (caution,) = watched.cautions()
    assert caution.slug == "negative-cosines"
    assert "66.7%" in caution.fact
    assert watched.name == "lengths, 2 dimensions"
