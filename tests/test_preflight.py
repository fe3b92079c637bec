"""A run begins by asking the endpoint for what it rests on, and ends by asking again."""

import asyncio
from dataclasses import replace

import pytest

from evalkit import api
from evalkit.canary import canary_of
from evalkit.errors import EndpointError
from evalkit.loopback.faults import Faults
from evalkit.loopback.server import Server
from evalkit.nouns import Conduct, Endpoint, Mode, Occasion
from evalkit.preflight import Manner, cost, preflight
from evalkit.probing import probed
from evalkit.provenance import provenance


@pytest.fixture
def store(tmp_path):
    """Return a store that is open for writing."""
    with api.open_store(tmp_path / "runs.sqlite") as opened:
        yield opened


@pytest.fixture
def at(suite_of):
    """Return a maker of suites at an address, 70 draws of each temperature."""

    def make(url, **changes):
        endpoint = Endpoint(model="storyteller-small", base_url=url)
        return suite_of(**{"endpoint": endpoint, "samples": 3, "temperatures": (0.0, 1.0)} | changes)

    return make


def occasions(run):
    """Return when a run's endpoint was asked."""
    return [each.occasion for each in run.probings]


def test_a_run_asks_first_and_last(store, at):
    """Preflight and canary are kept with the run, with what they cost, and none of it fills a draw."""
    with Server(seed=1) as server:
        done = api.run(at(server.url), store, preflight=True)
        sent = len(server.journal)
    before, after = done.probings
    assert occasions(done) == [Occasion.PREFLIGHT, Occasion.CANARY]
    assert (done.n_samples, done.n_draws) == (6, 6)
    assert sent == 6 + before.n_requests + after.n_requests
    assert {each.conduct for each in before.findings} == {Conduct.HONOURED}
    assert done.conduct == ()
    kept = store.heard(done.label, Occasion.PREFLIGHT)
    assert sum(map(len, kept.values())) == before.n_requests
    assert all(b'"choices"' in raw for some in kept.values() for status, raw in some if status == 200)


def test_a_small_run_is_not_worth_it(store, at):
    """Where the preflight would take more than a tenth of what is bought, it is sent only when it is asked for."""
    with Server(seed=1) as server:
        assert api.run(at(server.url), store, label="small").probings == ()
        assert len(server.journal) == 6
        large = at(server.url, samples=110)
        assert occasions(api.run(large, store, label="large")) == [Occasion.PREFLIGHT, Occasion.CANARY]
        assert api.run(replace(large, seed=5), store, label="without", preflight=False).probings == ()


def test_a_finished_run_asks_nothing(store, at):
    """What was asked once is not asked again, and a run that grows has its preflight already."""
    with Server(seed=1) as server:
        api.run(at(server.url), store, preflight=True)
        sent = len(server.journal)
        api.run(at(server.url), store, preflight=True)
        assert len(server.journal) == sent
        grown = api.run(at(server.url, samples=5), store, preflight=True)
        assert len(server.journal) == sent + 4
        assert occasions(grown) == [Occasion.PREFLIGHT, Occasion.CANARY]


@pytest.mark.parametrize(
    ("habit", "slug", "changes"),
    [
        ("ignored", "temperature-ignored", {}),
        ("seed-alone", "seed-ignored", {"decoding": {"seed": 7}}),
        ("cache", "too-alike-to-be-random", {}),
        ("copies", "copies-under-n", {"mode": Mode.CHOICES}),
    ],
)
def test_what_is_found_follows_the_run(store, at, habit, slug, changes):
    """The caution reaches what is measured and the comparison with another run."""
    if "decoding" in changes:
        changes = {"decoding": replace(at("x").decoding, **changes["decoding"])}
    with Server(seed=1, habits=(habit,)) as server:
        run = api.run(at(server.url, **changes), store, label="wrong", preflight=True)
        api.run(at(server.url, **changes, seed=3), store, label="plain", preflight=False)
    assert slug in {each.slug for each in run.conduct}
    found = api.measure(store, "wrong", metrics=["exact_agreement"])
    assert slug in {each.slug for each in found.cautions}
    compared = api.compare(store, "wrong", baseline="plain", metrics=["exact_agreement"])
    assert any(each.slug == slug and each.fact.startswith("wrong: ") for each in compared.cautions)
    assert "What the endpoint does" in api.render(store, "wrong", "markdown", results=found)


def test_an_honest_endpoint_raises_no_caution(store, at):
    """Where everything is as it should be, no caution about the endpoint follows."""
    with Server(seed=1) as server:
        api.run(at(server.url), store, preflight=True)
    slugs = {each.slug for each in api.measure(store, "small", metrics=["exact_agreement"]).cautions}
    assert not slugs & {"temperature-ignored", "seed-ignored", "too-alike-to-be-random", "drift"}


def test_only_what_a_run_depends_on_is_asked(store, at):
    """Without a seed nobody asks for seeds; at one temperature above 0 neither for its effect nor for the floor."""
    with Server(seed=1) as server:
        both = api.run(at(server.url), store, label="both", preflight=True).probings[0]
        one = api.run(at(server.url, temperatures=(1.0,)), store, label="one", preflight=True).probings[0]
    assert {each.probe for each in both.findings} == {"cache", "floor", "temperature"}
    assert {each.probe for each in one.findings} == {"cache"}


def test_a_changed_endpoint_is_seen_at_the_end(store, at):
    """Other answers at temperature 0 than before the run are drift; the same ones are not."""
    with Server(seed=1) as server:
        run = api.run(at(server.url), store, preflight=True)
        assert not _asked_again(store, run, server.url).cautions
    with Server(seed=2, habits=("ignored",)) as changed:
        found = _asked_again(store, run, changed.url)
    assert {"drift", "temperature-ignored"} <= {each.slug for each in found.cautions}


def _asked_again(store, run, url):
    """Return what a canary finds at an address, held against what was kept before a run."""
    before = run.probings[0]
    setting = replace(before.setting, endpoint=replace(before.setting.endpoint, base_url=url))
    return probed(setting, [canary_of(store.heard(run.label, Occasion.PREFLIGHT))])


def test_a_busy_endpoint_costs_the_preflight_not_the_run(store, at):
    """An endpoint that fails again and again is told, what came is kept, and the run goes on to its own end."""
    said = []
    with Server(seed=1, faults=Faults(script=["calm"] * 7 + ["status:503"] * 4)) as server:
        done = api.run(at(server.url, samples=1, temperatures=(0.0, 1.0)), store, preflight=True, notify=said.append)
    assert any("given up" in line for line in said)
    (given_up,) = done.probings
    assert given_up.findings == ()
    assert given_up.n_requests >= 6
    assert done.complete


def test_an_endpoint_that_answers_nothing_is_not_held_to_refuse_temperatures(store, at):
    """A gateway's page in place of every answer is no verdict on settings: the next try of the run asks anew."""
    said = []
    with Server(seed=1, faults=Faults(script=["html"] * 21)) as server:
        broken = api.run(at(server.url), store, preflight=True, notify=said.append)
        (given_up,) = broken.probings
        assert given_up.findings == ()
        assert any("no request was answered" in line and "Bad gateway" in line for line in said)
        assert cost(broken.suite, 210, run=broken) == (21, 11)
        healed = api.run(at(server.url, samples=4), store, preflight=True)
    assert [bool(each.findings) for each in healed.probings] == [False, True, True]
    assert cost(healed.suite, 210, run=healed) == (0, 0)


def test_a_preflight_that_is_asked_for_and_too_dear_is_left_out_aloud(store, at):
    """Where no requests are left for it, whoever asked for a preflight is told that there was none."""
    said = []
    with Server(seed=1) as server:
        run = store.begin("run", at(server.url), provenance())
        manner = Manner(stop=None, notify=said.append, most=20)
        assert asyncio.run(preflight(run.suite, store, run, 6, wanted=True, manner=manner)) == 0
        assert len(server.journal) == 0
    assert said == ["preflight: left out, for it takes 21 requests and 20 are left"]


def test_a_temperature_that_the_preflight_saw_refused_is_not_sent_again(store, at):
    """One request is enough to know: the run settles those draws without asking."""
    with Server(seed=1, habits=("refused",)) as server:
        done = api.run(at(server.url), store, preflight=True)
        refused = [each for each in server.journal if each.status == 400]
    assert len(refused) == 1
    assert (done.n_unsupported, done.n_samples) == (3, 3)


def test_a_wrong_key_ends_the_run_at_the_preflight(store, at):
    """What would end every request ends the run before anything is bought."""
    with Server(seed=1, key="right") as server, pytest.raises(EndpointError):
        api.run(at(server.url), store, preflight=True)


def test_a_canary_that_failed_is_on_record(store, at):
    """The page says that the endpoint could not be asked after the run, and nobody asks again for it."""
    with Server(seed=1, faults=Faults(script=["calm"] * 27 + ["auth"])) as server:
        done = api.run(at(server.url), store, preflight=True)
        sent = len(server.journal)
        api.run(at(server.url), store)
        assert len(server.journal) == sent
    assert done.complete
    (missing,) = done.probings[-1].findings
    assert "could not be asked" in missing.evidence
    assert "could not be asked" in api.render(store, done.label, "markdown")
