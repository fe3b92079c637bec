from dataclasses import replace

import pytest

from evalkit.analysis.cautions import Observer
from evalkit.nouns import UNSUPPORTED, FinishReason, Mode

LONG = "one two three four five six seven eight nine ten eleven"


@pytest.fixture
def seen(suite_of):
    """Return a function of cells: the cautions an observer of a suite of ten samples has, by slug."""

    def look(*cells, samples=10):
        observer = Observer(suite_of(samples=samples))
        for cell in cells:
            observer.see(cell)
        found = observer.cautions()
        assert len({caution.slug for caution in found}) == len(found), "each slug once"
        return {caution.slug: caution for caution in found}

    return look


@pytest.fixture
def many(cell_of):
    """Return a maker of twelve cells, one for each prompt, all alike."""
    return lambda texts, **changes: [cell_of(texts, prompt=f"p{i}", **changes) for i in range(12)]


def _varied(n=10):
    return [f"text {i}" for i in range(n)]


def _refused(cell):
    return replace(cell, failures=tuple(replace(failure, error=UNSUPPORTED) for failure in cell.failures))


def test_a_clean_run_has_none(seen, many):
    """Twelve prompts with ten different samples each need no caution."""
    assert seen(*many(_varied())) == {}


def test_nothing_seen_has_none(seen):
    """A run without a cell needs no caution."""
    assert seen() == {}


def test_few_prompts(seen, cell_of):
    """One prompt is few."""
    assert "1 prompt" in seen(cell_of(_varied()))["few-prompts"].fact


def test_few_samples(seen, many):
    """Nine samples are few; the temperatures are named."""
    found = seen(*many(_varied(9), temperature=0.5), *many(_varied()), samples=9)
    assert found["few-samples"].temperatures == (0.5,)
    assert found["few-samples"].fact.startswith("12 cells")


def test_a_refused_temperature_is_no_gap(seen, many):
    """Where the endpoint refuses a temperature nothing is missing that could be had, and nobody survived anything."""
    gone = many([], temperature=2.0, failures=10)
    found = seen(*many(_varied()), *map(_refused, gone))
    assert set(found) == {"temperature-unsupported"}
    assert found["temperature-unsupported"].fact == "The endpoint refuses 1 of 2 temperatures (T = 2: 'too late')."


def test_a_temperature_refused_half_way_has_survivors(seen, many):
    """Where some were answered before the refusal, what is there is part of what was wanted, and that is said."""
    half = many(_varied(4), temperature=2.0, failures=6)
    found = seen(*many(_varied()), *map(_refused, half))
    assert {"temperature-unsupported", "survivors-only"} <= set(found)
    assert "incomplete" not in found
    assert "T = 2 (after 48 samples)" in found["temperature-unsupported"].fact


def test_incomplete(seen, many, cell_of):
    """Draws without a sample are counted, and cells without any."""
    found = seen(*many(_varied()), cell_of(_varied(4), prompt="q", failures=6), cell_of([], prompt="r", failures=10))
    assert found["incomplete"].fact == "16 of 140 draws have no sample; 1 cells have none at all."


def test_survivors(seen, many, cell_of):
    """Prompts missing at one temperature only are survivors there."""
    hot = [cell_of(_varied() if i < 3 else [], prompt=f"p{i}", temperature=1.6) for i in range(12)]
    found = seen(*many(_varied()), *hot)
    assert found["survivors-only"].temperatures == (1.6,)
    assert "3 of 12 prompts" in found["survivors-only"].fact


def test_even_losses_are_no_survivors(seen, many):
    """A run that was stopped lacks as much at every temperature."""
    found = seen(*many(_varied(5), temperature=0.0), *many(_varied(5)))
    assert "incomplete" in found
    assert "survivors-only" not in found


def test_truncated(seen, many):
    """More than a twentieth of cut texts is worth a word."""
    found = seen(*many(_varied(), finish_reason=FinishReason.LENGTH), *many(_varied(), temperature=0.0))
    assert found["truncated"].temperatures == (1.0,)
    assert "100%" in found["truncated"].fact


def test_refusals(seen, many, cell_of):
    """Marked refusals and filtered texts both count."""
    cells = [
        cell_of(_varied(), prompt="q", refusal="I can not help with that."),
        cell_of(_varied(), prompt="r", finish_reason=FinishReason.CONTENT_FILTER),
    ]
    assert seen(*many(_varied()), *cells)["refusals"].fact.startswith("20 of 140")


def test_empty_texts(seen, many, cell_of):
    """Texts of white space are empty."""
    assert seen(*many(_varied()), cell_of(["", " \n", *_varied(8)]))["empty-texts"].fact.startswith("2 of 130")


def test_null_texts_and_calls_of_tools_are_told_apart(seen, many, cell_of):
    """What the server did not say, and what it said instead, stands in the fact."""
    cell = cell_of(["", "", "", *_varied(7)])
    first, second, *others = cell.samples
    told = replace(cell, samples=(replace(first, is_null=True), replace(second, tool_calls="[1]"), *others))
    assert (
        "3 of 130 texts are empty, 1 of them null, 1 ask for a tool instead."
        in seen(*many(_varied()), told)["empty-texts"].fact
    )


def test_model_changed(seen, many, cell_of):
    """Two names of the model are two models; the names are shown without their tricks."""
    cell = cell_of(_varied(), model="m-\x1b[31m2")
    fact = seen(*many(_varied(), model="m-1"), cell)["model-changed"].fact
    assert "'m-1' (120)" in fact
    assert "\x1b" not in fact


@pytest.mark.parametrize("name", ["storyteller-small-2026-01-01", "vendor/Storyteller-Small", "small", None])
def test_a_longer_or_shorter_name_is_no_other_model(seen, many, name):
    """An alias is answered with the name behind it."""
    assert "other-model" not in seen(*many(_varied(), model=name))


def test_another_model_than_the_one_asked_for_is_told(seen, many):
    """However steadily a gateway puts one model in the place of another."""
    fact = seen(*many(_varied(), model="m-\x1b[31m2"))["other-model"].fact
    assert fact.startswith("120 samples")
    assert "'storyteller-small'" in fact
    assert r"'m-\x1b[31m2' (120)" in fact


def test_many_fingerprints(seen, cell_of):
    """However many fingerprints there are, a few are shown."""
    cells = [cell_of(_varied(), prompt=f"p{i}", system_fingerprint=f"fp{i}") for i in range(50)]
    found = seen(*cells)["fingerprint-changed"]
    assert found.fact.endswith(", ....")
    assert found.fact.count("fp") == 4


def test_same_name_and_text_is_a_copy(seen, many, cell_of):
    """An answer that comes with the name of another one was not drawn."""
    cell = cell_of(["a"] * 10, ids=["r1"] * 6 + ["r2", "r3", "r4", "r5"])
    found = seen(*many(_varied()), cell)
    assert found["too-alike-to-be-random"].fact.startswith("5 samples")


@pytest.mark.parametrize("changes", [{"ids": ["r"] * 10, "mode": Mode.CHOICES}, {"ids": [f"r{i}" for i in range(10)]}])
def test_names_shared_by_right_are_no_copies(seen, many, cell_of, changes):
    """Choices of one answer share its name; answers of their own names may be equal."""
    assert "too-alike-to-be-random" not in seen(*many(_varied()), cell_of(["a"] * 10, **changes))


def test_a_server_with_one_name_for_all_says_nothing(seen, many, cell_of):
    """Where different texts carry one name, names mean nothing."""
    cell = cell_of(["a"] * 5 + ["b"] * 5, ids=["r"] * 10)
    assert "too-alike-to-be-random" not in seen(*many(_varied()), cell)


def test_temperature_ignored(seen, many):
    """Long answers that are all identical at T = 1 are suspicious."""
    assert seen(*many([LONG] * 10))["temperature-ignored"].temperatures == (1.0,)


@pytest.mark.parametrize(
    ("texts", "changes"), [(["Paris"] * 10, {}), ([LONG] * 10, {"temperature": 0.0}), ([LONG, LONG + " 12"] * 5, {})]
)
def test_temperature_not_ignored(seen, many, texts, changes):
    """Short answers, cold ones, and such that differ are not."""
    assert "temperature-ignored" not in seen(*many(texts, **changes))


def test_whitespace_only(seen, many):
    """Texts that differ in trailing newlines only do not differ to a reader."""
    found = seen(*many(["a b", "a b\n"] * 5, temperature=0.0), *many(_varied()))
    assert found["whitespace-only"].temperatures == (0.0,)
    assert "12 cells differ as bytes, 0 beyond white space" in found["whitespace-only"].fact
