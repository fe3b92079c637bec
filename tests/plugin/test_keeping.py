"""Vectors that metrics ask endpoints for: kept with the answers, and never bought without leave."""

import pytest


@pytest.fixture
def embedded(sessions, real):
    """Return sessions whose answers are free, and whose vectors a real endpoint makes."""
    sessions.suite(samples=3, temperatures="[1]", metrics="[vector_distance]")
    path = sessions.path / "small.yaml"
    line = f"embedding: {{source: endpoint, model: embed-small, base_url: '{real.url}'}}\n"
    path.write_text(path.read_text(encoding="utf-8") + line, encoding="utf-8")
    sessions.test("assert evalkit.cell('keeper')['vector_distance'].value >= 0")
    return sessions


def test_vectors_of_a_real_endpoint_need_leave_and_are_kept(embedded, real):
    """Without leave the test is skipped and nothing is sent; once bought they are there for good."""
    result = embedded.run("-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*not recorded; buy with: pytest *--evalkit-run*"])
    assert len(real.journal) == 0
    embedded.run("--evalkit-run").assert_outcomes(passed=1)
    n = len(real.journal)
    assert n > 0
    assert {served.path for served in real.journal} == {"/v1/embeddings"}
    embedded.run().assert_outcomes(passed=1)
    assert len(real.journal) == n


def test_vectors_of_the_embedded_endpoint_need_none(sessions):
    """They cost as little as its answers."""
    sessions.suite(samples=3, temperatures="[1]", metrics="[vector_distance]")
    path = sessions.path / "small.yaml"
    line = "embedding: {source: endpoint, model: embed-small, base_url: loopback}\n"
    path.write_text(path.read_text(encoding="utf-8") + line, encoding="utf-8")
    sessions.test("assert evalkit.cell('keeper')['vector_distance'].value >= 0")
    sessions.run().assert_outcomes(passed=1)
