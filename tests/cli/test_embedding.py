"""Vectors by one option of the command line."""

from __future__ import annotations

from contextlib import closing

import pytest

from evalkit.loopback.server import Server
from evalkit.store.sqlite import open_store


@pytest.fixture
def run(cli, suite_file):
    """Return the store of a finished run."""
    assert cli("run", suite_file).code == 0
    return "runs.sqlite"


def test_another_embedder_gives_another_number(cli, run):
    """Words and trigrams see different likeness in the same answers."""
    words = cli("measure", run, "-m", "vector_distance", "--json")
    trigrams = cli("measure", run, "-m", "vector_distance", "--json", "--embedding", "trigrams")

    assert (words.code, trigrams.code) == (0, 0)
    assert words.out != trigrams.out


def test_vectors_of_an_endpoint_are_bought_once_and_named_on_the_page(cli, suite_file, folder, monkeypatch):
    """The suite's own address is asked; the second command finds what the first one kept."""
    with Server() as server:
        suite_file.write_text(suite_file.read_text().replace("loopback", server.url))
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789abcdefgh")
        assert cli("run", suite_file, "--label", "wired").code == 0
        words = ("runs.sqlite@wired", "-m", "vector_distance", "--embedding", "endpoint:text-embedding-3-small")
        assert cli("measure", *words).code == 0
        bought = sum(served.path == "/v1/embeddings" for served in server.journal)
        assert cli("report", *words, "-o", "page.html").code == 0

        assert sum(served.path == "/v1/embeddings" for served in server.journal) == bought == 2
    assert "text-embedding-3-small" in (folder / "page.html").read_text()


def test_a_store_in_use_is_measured_all_the_same(cli, run):
    """Vectors are not kept then, and a line says so."""
    with closing(open_store(run)):
        spoken = cli("measure", run, "-m", "vector_distance", "--embedding", "endpoint:m")

    assert spoken.code == 0
    assert "not kept" in spoken.err


@pytest.mark.parametrize(
    ("written", "wanted"),
    [("trigram", "did you mean 'trigrams'?"), ("endpoint", "names no model"), ("tfidf:m", "takes no model")],
)
def test_an_embedder_that_is_none(cli, run, written, wanted):
    """A misspelt source and a missing model are usage errors of one line."""
    spoken = cli("measure", run, "--embedding", written)

    assert spoken.code == 2
    assert wanted in spoken.err
