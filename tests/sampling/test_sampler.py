"""The sampler: each draw ends in one outcome, and every try is on record."""

import asyncio
from dataclasses import replace

import pytest

from evalkit.errors import EndpointError, MalformedReplyError, RejectedError, TransientError
from evalkit.nouns import Failure, Mode, Plan, Reply, Sample, Usage, cells
from evalkit.sampling.requests import requests_of
from evalkit.sampling.sampler import Sampler
from evalkit.sampling.tally import Tally


def test_every_draw_gets_one_sample(rehearse):
    """Six draws and an endpoint that answers give six samples in six requests."""
    seen = rehearse(["a"])
    assert (seen.tally.n_samples, seen.tally.n_requests, seen.tally.n_failures) == (6, 6, 0)
    assert len({outcome.draw.slot for d in seen.deliveries for outcome in d.outcomes}) == 6


@pytest.mark.parametrize("concurrency", [1, 3, 20])
def test_any_number_of_workers_sends_each_draw_once(rehearse, concurrency):
    """The number of workers changes who sends, never what is sent."""
    seen = rehearse(["a"], concurrency=concurrency)
    slots = [outcome.draw.slot for d in seen.deliveries for outcome in d.outcomes]
    assert len(slots) == len(set(slots)) == 6


def test_a_transient_error_is_tried_again_and_recorded(rehearse):
    """A lost connection costs one more request, and the record of the sample holds both tries."""
    seen = rehearse([TransientError("lost", slug="connection"), "a"], samples=1, temperatures=(0.0,))
    (delivery,) = seen.deliveries
    assert [attempt.error for attempt in delivery.attempts] == ["connection", None]
    assert delivery.outcomes[0].attempts == 2


def test_a_transient_error_that_stays_becomes_a_failure(rehearse):
    """After eight tries a draw is a failure with the slug of the last error."""
    seen = rehearse([TransientError("status 503", slug="server-error", status=503)], samples=1, temperatures=(0.0,))
    (outcome,) = seen.deliveries[0].outcomes
    assert isinstance(outcome, Failure)
    assert (outcome.error, outcome.attempts) == ("server-error", 8)


def test_tokens_are_counted_once_for_an_answer(rehearse):
    """A reply counts the tokens of all its completions together; what the server does not count adds nothing."""
    told = replace(Reply.of_texts(["a", "b"]), usage=Usage(prompt_tokens=7, completion_tokens=5))
    seen = rehearse([told, Reply.of_texts(["c", "d"])], samples=4, temperatures=(0.0,), mode=Mode.CHOICES)
    assert seen.tally.n_samples == 4
    assert (seen.tally.prompt_tokens, seen.tally.completion_tokens) == (7, 5)


def test_a_malformed_answer_is_tried_again_twice_at_most(rehearse):
    """Unreadable answers may have been billed, so three are enough, and all their bytes are kept."""
    seen = rehearse([MalformedReplyError("no JSON", raw=b"<html>", status=200)], samples=1, temperatures=(0.0,))
    (delivery,) = seen.deliveries
    assert [attempt.raw for attempt in delivery.attempts] == [b"<html>"] * 3


def test_a_rejected_request_is_recorded_and_the_run_goes_on(rehearse):
    """A refusal of one request fails one draw; the next one is sent."""
    seen = rehearse([RejectedError("status 400", status=400), "a"], samples=2, temperatures=(0.0,))
    kinds = [type(outcome) for d in seen.deliveries for outcome in d.outcomes]
    assert kinds == [Failure, Sample]


def test_an_endpoint_that_turns_everything_down_ends_the_run(rehearse):
    """Twenty requests turned down before any was answered are enough; what came of them is on record."""
    seen = rehearse([RejectedError("status 400: no such parameter", status=400)], samples=50)
    assert (seen.error.slug, seen.error.status) == ("rejected", 400)
    assert seen.tally.n_requests < 40
    assert seen.tally.n_failures == 19


def test_requests_that_are_turned_down_among_others_are_recorded(rehearse):
    """Once one is answered it is about those requests, however many they are."""
    seen = rehearse(["a", *[RejectedError("status 400", status=400)] * 30], samples=31, temperatures=(0.0,))
    assert seen.error is None
    assert (seen.tally.n_samples, seen.tally.n_failures) == (1, 30)


def test_an_endpoint_error_stops_the_run(rehearse):
    """A wrong key ends the run after the requests in flight; the draws stay open."""
    seen = rehearse([EndpointError("wrong key", slug="key", status=401)], samples=20, concurrency=4)
    assert isinstance(seen.error, EndpointError)
    assert seen.tally.n_requests <= 4
    assert all(not delivery.outcomes for delivery in seen.deliveries)


def test_a_refused_first_connection_fails_fast(rehearse):
    """Three refused connections before any answer mean a wrong address, not a bad moment."""
    seen = rehearse([TransientError("no connection", slug="unreachable")], samples=20)
    assert seen.error.slug == "unreachable"
    assert seen.tally.n_requests == 3
    assert sum(seen.waits) < 5


def test_a_refused_connection_later_is_a_bad_moment(rehearse):
    """Once the endpoint has answered, a refused connection is waited out."""
    script = ["a", *[TransientError("no connection", slug="unreachable")] * 4, "b"]
    seen = rehearse(script, samples=2, temperatures=(0.0,))
    assert seen.error is None
    assert seen.tally.n_samples == 2


def test_an_endpoint_that_leads_elsewhere_from_the_beginning_ends_the_run(rehearse):
    """Three redirects before any answer mean a wrong address; it is named, and so is the way on."""
    elsewhere = TransientError("redirects", slug="redirect", status=307, hint="set base_url")
    seen = rehearse([elsewhere], samples=20)
    assert isinstance(seen.error, EndpointError)
    assert (seen.error.slug, seen.error.hint, seen.error.status) == ("redirect", "set base_url", 307)
    assert seen.tally.n_requests == 3


def test_a_redirect_later_is_one_server_of_many(rehearse):
    """It is tried three times and recorded, and the run goes on."""
    elsewhere = TransientError("redirects", slug="redirect", status=307)
    seen = rehearse(["a", *[elsewhere] * 3, "b"], samples=3, temperatures=(0.0,))
    assert seen.error is None
    assert (seen.tally.n_samples, seen.tally.n_failures) == (2, 1)


def test_retry_after_holds_everyone_back(rehearse):
    """A server's wish to wait is waited for before anything else is sent, up to two minutes."""
    limited = TransientError("slow down", slug="rate-limited", status=429, retry_after_s=1e6)
    seen = rehearse([limited, "a"], samples=1, temperatures=(0.0,))
    assert sum(seen.waits) == pytest.approx(120.0)


def test_a_repeated_internal_error_is_given_up_early(rehearse):
    """Status 500 four times in a row is a server that dislikes the request."""
    seen = rehearse([TransientError("status 500", status=500)], samples=1, temperatures=(0.0,))
    assert seen.tally.n_requests == 4


def test_stopping_keeps_what_is_in_flight_and_leaves_the_rest_open(rehearse):
    """After the stop nothing more is sent, and what was sent is kept."""
    seen = rehearse(["a"], samples=20, stop_after=5)
    assert len(seen.deliveries) == seen.tally.n_requests == 5
    assert seen.tally.stopped
    assert seen.tally.n_open == 35


def test_choices_that_fall_short_are_asked_for_again(rehearse):
    """A server that ignores n gets the rest of the draws as new requests, none twice."""
    seen = rehearse([Reply.of_texts(["only one"])], samples=4, temperatures=(0.0,), mode=Mode.CHOICES)
    assert [d.request.replicates for d in seen.deliveries] == [(0, 1, 2, 3), (1, 2, 3), (2, 3), (3,)]
    assert seen.tally.n_samples == 4


def test_surplus_choices_fill_no_other_draw(rehearse):
    """Two completions for one draw give one sample."""
    seen = rehearse([Reply.of_texts(["wanted", "surplus"])], samples=2, temperatures=(0.0,))
    assert [o.text for d in seen.deliveries for o in d.outcomes] == ["wanted", "wanted"]


def test_a_choices_request_gathers_a_cell(rehearse):
    """In mode CHOICES one request fills several draws of one cell."""
    seen = rehearse(["a", "b"], samples=4, temperatures=(0.0, 1.0), mode=Mode.CHOICES)
    assert [d.request.n for d in seen.deliveries] == [4, 4]
    assert seen.tally.n_samples == 8


def test_what_is_cut_off_is_on_record(suite_of):
    """A request that is on its way when a run is cancelled leaves its try behind, and its draw open."""

    class Endless:
        def __init__(self):
            self.asked = asyncio.Event()

        async def send(self, _request):
            self.asked.set()
            await asyncio.Event().wait()

        async def aclose(self):
            """Nothing to release."""

    async def cut_off():
        suite, backend, kept = suite_of(), Endless(), []

        async def keep(delivery):
            kept.append(delivery)

        plan = Plan(cells=cells(suite), samples=suite.samples)
        sampler = Sampler(backend=backend, keep=keep, tally=Tally(n_wanted=len(plan)))
        run = asyncio.create_task(sampler.run(requests_of(iter(plan), suite.mode)))
        await backend.asked.wait()
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        return kept

    deliveries = asyncio.run(cut_off())
    assert {attempt.error for each in deliveries for attempt in each.attempts} == {"cut-off"}
    assert not [outcome for each in deliveries for outcome in each.outcomes]
