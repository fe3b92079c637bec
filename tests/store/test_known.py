"""What came of a run's requests, by digest."""

from evalkit.nouns import Attempt, Completion, Delivery, Provenance, Reply, Request, cells
from evalkit.store.known import mark
from evalkit.store.sqlite import open_store

FROM = Provenance(evalkit_version="0", python="3", platform="x")


def test_replies_and_failed_tries_are_known_by_draws_and_bytes(tmp_path, suite_of):
    """The same bytes to other draws are another thing; an empty body is none."""
    suite = suite_of()
    cell = cells(suite)[0]
    reply = Reply(raw=b"whole", completions=(Completion(text="x"),))
    tries = [
        Attempt(number=n, queued=0, sent=0, first_byte=None, done=0, raw=raw) for n, raw in ((1, b"half"), (2, b""))
    ]
    request = Request(cell=cell, replicates=(0, 2))
    with open_store(tmp_path / "s.sqlite") as store:
        store.begin("one", suite, FROM)
        store.begin("two", suite, FROM)
        store.record("one", Delivery(request=request, attempts=tuple(tries), reply=reply, outcomes=(), started_at=""))
        assert store.known("one") == {mark(cell.key, (0, 2), b"whole"), mark(cell.key, (0, 2), b"half")}
        assert store.known("two") == set()
    assert mark(cell.key, (0,), b"whole") != mark(cell.key, (0, 2), b"whole")
