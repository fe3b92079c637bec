from collections.abc import Callable, Iterator
from dataclasses import replace

from evalkit.nouns import CellOutcomes, Failure, Run, Suite
from evalkit.reporting.specimens import MOST_LETTERS, MOST_TEXTS, specimens

Outcomes = Callable[..., Iterator[CellOutcomes]]


def test_identical_texts_are_one_group(suite: Suite, outcomes: Outcomes) -> None:
    """Samples of a cell are grouped by identical text, the commonest first, with counts and shares."""
    shown, _, _ = specimens(outcomes(suite, lambda _c, r: "same" if r < 15 else "other"), n_temperatures=5)
    groups = shown[0].cells[0].groups
    assert [(g.text, g.n, g.share) for g in groups] == [("same", 15, "75 %"), ("other", 5, "25 %")]
    assert shown[0].cells[0].n_distinct == 2


def test_what_is_not_shown_is_counted(suite: Suite, outcomes: Outcomes) -> None:
    """Of many different texts the commonest are shown and the rest are counted."""
    shown, _, _ = specimens(outcomes(suite, lambda _c, r: f"text {r:02d}"), n_temperatures=5)
    cell = shown[0].cells[0]
    assert len(cell.groups) == MOST_TEXTS
    assert cell.rest == "8 more texts in 8 samples not shown."


def test_long_text_is_cut_with_its_length(suite: Suite, outcomes: Outcomes) -> None:
    """A text of megabytes is shortened, and its whole length is stated."""
    shown, _, _ = specimens(outcomes(replace(suite, samples=1), lambda _c, _r: "a" * 10**6), n_temperatures=5)
    group = shown[0].cells[0].groups[0]
    assert group.shortened
    assert group.length == 10**6
    assert len(group.text) < MOST_LETTERS + 100


def test_many_prompts_show_the_first_and_say_so(suite: Suite, outcomes: Outcomes) -> None:
    """Of a large suite the first prompts are shown, with the number and the way to get the others."""
    prompts = tuple(replace(suite.prompts[0], id=f"p{i}") for i in range(83))
    temperatures = tuple(i / 10 for i in range(17))
    large = replace(suite, prompts=prompts, temperatures=temperatures, samples=1)
    shown, note, _ = specimens(outcomes(large), n_temperatures=17)
    assert [prompt.prompt for prompt in shown] == [f"p{i}" for i in range(7)]
    assert note.startswith("Answers to the first 7 of 83 prompts are shown")
    assert "evalkit export" in note


def test_tally_counts_everything(suite: Suite, outcomes: Outcomes) -> None:
    """Cuts, refusals, empty texts, retries and names are counted over all samples, shown or not."""
    cells = list(outcomes(replace(suite, samples=2), lambda _c, _r: ""))
    first = cells[0].samples[0]
    cells[0] = replace(
        cells[0],
        samples=(replace(first, refusal="no", attempts=3), *cells[0].samples[1:]),
        failures=(Failure(draw=first.draw, error="transient", message="reset"),),
    )
    shown, _, tally = specimens(cells, n_temperatures=5)
    counted = (tally.n_truncated, tally.n_refused, tally.n_empty, tally.n_retried)
    assert counted == (12, 1, 60, 1)
    assert [fact.name for fact in tally.facts()][-2:] == ["model as the server names it", "system fingerprint"]
    assert shown[0].cells[0].n_failures == 1
    assert shown[0].cells[0].groups[0].remarks == ("1 refused or filtered",)


def test_null_and_calls_of_tools_are_counted_apart(suite: Suite, outcomes: Outcomes) -> None:
    """A server that sent null said something else than one that sent nothing."""
    cells = list(outcomes(replace(suite, samples=2), lambda _c, _r: ""))
    null, empty = cells[0].samples
    cells[0] = replace(cells[0], samples=(replace(null, is_null=True, tool_calls="[1]"), empty))
    shown, _, tally = specimens(cells, n_temperatures=5)
    assert (tally.n_empty, tally.n_null, tally.n_calling) == (60, 1, 1)
    assert {"null in place of a text", "asked for a tool"} < {fact.name for fact in tally.facts()}
    assert shown[0].cells[0].groups[0].remarks == ("1 null", "1 asked for a tool")


def test_order_of_samples_does_not_matter(suite: Suite, outcomes: Outcomes) -> None:
    """The same answers in another order give the same part of the page."""
    forward = list(outcomes(suite))
    backward = [replace(cell, samples=cell.samples[::-1]) for cell in forward]
    assert specimens(forward, n_temperatures=5) == specimens(backward, n_temperatures=5)


def test_changing_fingerprints_are_listed_shortly(run_: Run, outcomes: Outcomes) -> None:
    """Of many fingerprints the commonest five are named and the others counted."""
    cells = [
        replace(cell, samples=tuple(replace(s, system_fingerprint=f"fp_{i}") for s in cell.samples))
        for i, cell in enumerate(outcomes(replace(run_.suite, samples=2)))
    ]
    _, _, tally = specimens(cells, n_temperatures=5)
    assert tally.facts()[-1].value.endswith("and 25 more")
