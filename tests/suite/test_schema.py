"""The border: what a suite may say, and what it is told when it says something else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from evalkit.nouns import USUAL_METRICS, MetricRequest, Mode, Suite
from evalkit.suite.load import parse_suite

Made = Callable[..., Suite]
Refused = Callable[..., str]


def test_a_small_suite_gets_defaults(made: Made) -> None:
    """Three keys are enough."""
    suite = made()
    assert (suite.name, suite.samples, suite.seed, suite.mode) == ("suite", 20, 0, Mode.SEPARATE)
    assert suite.decoding.max_tokens == 256
    assert [metric.name for metric in suite.metrics] == list(USUAL_METRICS)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("0.5", (0.5,)),
        ("[1, 0]", (0.0, 1.0)),
        ("[creative, conservative]", (0.1, 1.1)),
        ("conservative", (0.1,)),
        ("wide", (0.0, 0.3, 0.7, 1.0, 1.3, 1.6, 2.0)),
        ("capped", (0.0, 0.25, 0.5, 0.75, 1.0)),
    ],
)
def test_temperatures_come_in_many_spellings(made: Made, written: str, expected: tuple[float, ...]) -> None:
    """Numbers, labels, one or many, become ascending numbers."""
    assert made(temperatures=written).temperatures == expected


def test_none_sends_no_temperature(made: Made) -> None:
    """A suite may say that requests carry none; nothing at all is a mistake, as it was."""
    bare = made(temperatures="none")
    assert (bare.temperatures, bare.send_temperature) == ((1.0,), False)
    assert made(temperatures="1").send_temperature


def test_temperature_max_raises_the_limit(made: Made) -> None:
    """A server that takes more may be asked for more."""
    assert made(temperatures="4", temperature_max="5").temperatures == (4.0,)


@pytest.mark.parametrize(
    "written", ["2.5", ".nan", ".inf", "-1", "true", "'1'", "[0, 0.0]", "[0.1, conservative]", "[none]", "null"]
)
def test_temperatures_that_are_none_are_refused(refused: Refused, written: str) -> None:
    """Out of range, not finite, no number, or there twice."""
    assert refused(temperatures=written).startswith("s.yaml:3:")


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("samples", "0", "s.yaml:4:10: samples: is 0, expected a whole number, 1 or more"),
        ("samples", "2.5", "samples: is 2.5"),
        ("samples", "true", "samples: is true"),
        ("sample", "3", "s.yaml:4:1: sample: unknown key, expected a known one; did you mean 'samples'?"),
        ("mode", "batch", "mode: is 'batch', expected separate, choices or stream"),
        ("timeout_s", "0", "timeout_s: is 0"),
        ("concurrency", "0", "concurrency: is 0"),
        ("seed", "-1", "seed: is -1"),
        ("name", "''", "name: is ''"),
        ("metrics", "[]", "metrics: is an empty list"),
        ("metrics", "[distinct_m]", "did you mean 'distinct_n'?"),
        ("metrics", "[unique_share, unique_share]", "metrics[1]: 'unique_share' is there twice"),
        ("metrics", "[{metric: distinct_n, n: .nan}]", "metrics[0].n: is nan"),
        ("prompts", "[]", "prompts: is an empty list, expected a list of at least one prompt"),
        ("prompts", "[{}]", "prompts[0]: has neither user nor messages"),
        ("prompts", "[{user: ' '}]", "prompts[0].user: is ' ', expected text that is not blank"),
        ("prompts", "[{user: a, reference: 7}]", "prompts[0].reference: is 7, expected text, in quotes"),
        ("prompts", "[{id: a, user: x}, {id: a, user: y}]", "prompts[1].id: 'a' is there twice"),
        ("prompts", "[{system: s, messages: [{role: user, content: x}]}]", "system: stands beside messages"),
        ("prompts", "[{messages: [{role: assistant, content: x}]}]", "the last turn is of assistant, expected of user"),
        ("prompts", "[{messages: [{role: usr, content: x}]}]", "messages[0].role: is 'usr'"),
        ("decoding", "{max_tokens: 0}", "decoding.max_tokens: is 0"),
        ("decoding", "{top_p: 0}", "decoding.top_p: is 0"),
        ("decoding", "{extra: {n: 3}}", "decoding.extra.n: is sent by evalkit itself"),
        ("endpoint", "{model: m, backend: opnai}", "did you mean 'openai'?"),
        ("endpoint", "{}", "endpoint.model: is missing"),
        ("endpoint", "", "endpoint: is empty, expected a mapping with model"),
        ("endpoint", "[m]", "endpoint: is a list, expected a mapping with model"),
        ("endpoint", "{model: {a: b}}", "endpoint.model: is a mapping"),
        ("name", "x" * 200, "name: is '" + "x" * 39 + "…, expected a name"),
        ("temperatures", "hot", "temperatures: is 'hot'"),
        ("temperatures", "{a: 1}", "s.yaml:3:15: temperatures: is a mapping"),
        ("metrics", "[{metric: distinct_n, n: {a: .nan}}]", "metrics[0].n.a: is nan"),
        ("metrics", "[{metric: distinct_n, n: [1, .nan]}]", "metrics[0].n[1]: is nan"),
        ("temperatures", "[0, creatve]", "did you mean 'creative'?"),
    ],
)
def test_errors_say_what_was_expected(refused: Refused, key: str, value: str, wanted: str) -> None:
    """Each wrong value gets one line with place, key, and expectation."""
    message = refused(**{key: value})
    assert wanted in message
    assert "\n" not in message


@pytest.mark.parametrize("key", ["api_key", "API-KEY", "token", "password", "authorization", "headers"])
def test_a_key_in_the_file_is_refused_and_not_shown(refused: Refused, key: str) -> None:
    """A secret belongs in the environment only, and no error repeats it."""
    message = refused(endpoint=f"{{model: m, {key}: hush-hush}}")
    assert "OPENAI_API_KEY" in message
    assert "hush" not in message


@pytest.mark.parametrize(
    "extra", ["{api_key: hush}", "{extra_headers: {A: hush}}", "{a: [{Authorization: hush}]}", "{x: {token: hush}}"]
)
def test_a_key_among_what_is_sent_as_it_stands_is_refused_at_any_depth(refused: Refused, extra: str) -> None:
    """Extra fields go into each request, and into the store."""
    message = refused(decoding=f"{{extra: {extra}}}")
    assert "decoding.extra." in message
    assert "hush" not in message


def test_a_schema_may_have_a_property_that_is_called_so(refused: Refused) -> None:
    """Where a name stands for no text it is no secret: the error is about another key."""
    extra = "{response_format: {properties: {token: {type: string}, password: {type: string}}}}"
    assert "OPENAI_API_KEY" not in refused(decoding=f"{{extra: {extra}, top_p: 7}}")


@pytest.mark.parametrize(
    "url", ["http://u:hush@h/v1", "http://h/v1?key=hush", "u:hush@h", "http://h/#hush", "http://[u:hush@h"]
)
def test_an_address_with_a_secret_is_refused_and_not_shown(refused: Refused, url: str) -> None:
    """Passwords, queries and fragments are no part of an address."""
    message = refused(endpoint=f"{{model: m, base_url: '{url}'}}")
    assert "endpoint.base_url" in message
    assert "hush" not in message


def test_temperatures_and_samples_have_defaults() -> None:
    """Without a word the standard grid is drawn, with 20 samples, or 10 where there are 20 prompts."""
    few, many = (
        parse_suite(f"endpoint: {{model: m}}\nprompts: [{', '.join(['{user: x}'] * n)}]", source="s.yaml")
        for n in (19, 20)
    )
    assert few.temperatures == (0.0, 0.3, 0.7, 1.0, 1.3)
    assert (few.samples, many.samples) == (20, 10)


def test_a_misspelt_key_is_one_mistake(refused: Refused) -> None:
    """That the right key is missing follows from the wrong one and is not said."""
    for message in (refused(endpoint="{modl: m}"), refused(endpoint="{model: m}", tempp="1")):
        assert "did you mean" in message
        assert "\n" not in message


def test_both_spellings_of_one_key_are_refused(refused: Refused) -> None:
    """Of `temp` and `temperatures`, one is enough."""
    assert "temp: says again what temperatures says" in refused(temp="1")


def test_prompts_get_ids_from_their_text(made: Made) -> None:
    """A made id stays when prompts are reordered, and gives way to a written one."""
    suite = made(prompts="[{user: 'Go there!'}, {user: go there}, {id: go-there, user: x}, {user: '?'}]")
    assert [prompt.id for prompt in suite.prompts] == ["go-there-2", "go-there-3", "go-there", "p4"]


def test_made_ids_are_short(made: Made) -> None:
    """Only whole words are kept of a long text, of one long word its beginning."""
    suite = made(prompts=f"[{{user: {'seven77 ' * 20}}}, {{user: {'x' * 99}}}]")
    assert [prompt.id for prompt in suite.prompts] == ["-".join(["seven77"] * 5), "x" * 40]


def test_messages_keep_their_turns(made: Made) -> None:
    """A conversation arrives as it was written."""
    turns = "[{role: user, content: a}, {role: assistant, content: b}, {role: user, content: c}]"
    prompt = made(prompts=f"[{{messages: {turns}, tags: [t, t]}}]").prompts[0]
    assert [(m.role, m.content) for m in prompt.messages] == [("user", "a"), ("assistant", "b"), ("user", "c")]
    assert prompt.tags == ("t",)


def test_metrics_keep_their_options_sorted(made: Made) -> None:
    """A mapping is a metric with options."""
    suite = made(metrics="[length_words, {metric: exact_agreement, pattern: x, level: answer}]")
    assert suite.metrics == (
        MetricRequest(name="length_words"),
        MetricRequest(name="exact_agreement", options=(("level", "answer"), ("pattern", "x"))),
    )


def test_decoding_reaches_the_noun(made: Made) -> None:
    """One stop text is a list of one; extra fields are sorted by name."""
    decoding = made(decoding="{stop: END, top_p: 0.9, seed: 4, extra: {b: 1, a: [2]}}").decoding
    assert (decoding.stop, decoding.top_p, decoding.seed) == (("END",), 0.9, 4)
    assert decoding.extra == (("a", [2]), ("b", 1))


def test_a_recorded_run_may_be_the_address(made: Made) -> None:
    """What replay answers from is named like any run, store and label."""
    suite = made(endpoint={"model": "m", "backend": "replay", "base_url": "runs.sqlite@first"})
    assert suite.endpoint.base_url == "runs.sqlite@first"
