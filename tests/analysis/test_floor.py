"""The floor: by hand, against what an endpoint is known to do, and where there is none."""

from dataclasses import replace

import pytest

from evalkit.analysis.compare import contrasts_at
from evalkit.analysis.floor import Floors, Terms, level_of
from evalkit.analysis.infer import curve
from evalkit.analysis.measure import measure_cell
from evalkit.metrics.base import resolve
from evalkit.nouns import CellOutcomes, Draw, Estimand, Load, MetricRequest, Sample, Verdict, cells, load_cells

METRICS = {name: resolve(MetricRequest(name=name)) for name in ("exact_agreement", "first_divergence", "length_words")}
SAME = ["one and the same"] * 20
HALVES = ["one and the same"] * 10 + ["one and another"] * 10
ALL = [f"{i} is a text of its own" for i in range(20)]


def _floor(suite, texts, marks=None, metrics=METRICS):
    """Return the floor of cells whose texts are told by prompt and by load, or temperature."""
    floors, measured = Floors(suite), {title: [] for title in metrics}
    for cell in (*cells(suite), *load_cells(suite)):
        key = cell.load or cell.temperature
        own = texts(cell.prompt.id, key)
        found = CellOutcomes(
            cell=cell,
            samples=tuple(
                Sample(
                    draw=Draw(cell=cell, replicate=i),
                    text=text,
                    system_fingerprint=None if marks is None else marks(i, text),
                )
                for i, text in enumerate(own)
            ),
        )
        each = {title: measure_cell(metric, found) for title, metric in metrics.items()}
        floors.see(found, each)
        if cell.load is None:
            for title, measurement in each.items():
                measured[title].append(measurement)
    curves = {title: curve(metric, measured[title], seed=0) for title, metric in metrics.items()}
    return floors.floor(curves, level=0.95, estimand=Estimand.PROMPTS_LIKE_THESE), curves


@pytest.fixture
def suite(suite_of):
    """Return a suite of two prompts with every load."""
    return suite_of("a", "b", load=tuple(Load), samples=20)


def test_serial_is_the_floor_and_a_burst_lies_below(suite):
    """One answer alone, two in a burst, all different when warm: 1, 90 of 190 pairs, and none."""
    texts = {Load.SERIAL: SAME, Load.BURST: HALVES, 0.0: SAME, 1.0: ALL}
    floor, _ = _floor(suite, lambda _, key: texts[key])
    found = floor.of("exact_agreement")
    assert (found.level.load, found.level.estimate.value) == (Load.SERIAL, 1.0)
    assert found.level.estimate.interval.high == 1.0 > found.level.estimate.interval.low > 0.8
    assert [(each.load, each.estimate.value) for each in found.others] == [
        (Load.BURST, pytest.approx(90 / 190)),
        (Load.MIXED, 1.0),
    ]
    burst, mixed = (each.contrast for each in found.loads)
    assert (burst.baseline, burst.candidate) == (1.0, pytest.approx(90 / 190))
    assert (burst.difference, burst.verdict) == (pytest.approx(-100 / 190), Verdict.LOWER)
    assert (mixed.difference, mixed.verdict) == (0.0, Verdict.INCONCLUSIVE)
    (warm,) = found.above
    assert (warm.temperature, warm.difference, warm.verdict) == (1.0, -1.0, Verdict.LOWER)
    assert level_of(floor, "exact_agreement") == found.level


def test_what_the_answers_look_like_by_load(suite):
    """Different answers and the commonest are means over prompts; the words shared are the fewest."""
    texts = {Load.SERIAL: SAME, Load.BURST: HALVES, 0.0: SAME, 1.0: ALL}
    floor, _ = _floor(suite, lambda prompt, key: HALVES if (prompt, key) == ("p2", 0.0) else texts[key])
    serial, burst, mixed = floor.arms
    assert (serial.distinct, serial.commonest, serial.n_parting, serial.first_parting) == (1.0, 1.0, 0, None)
    assert (burst.distinct, burst.commonest, burst.n_parting, burst.first_parting) == (2.0, 0.5, 2, 2)
    assert (mixed.distinct, mixed.commonest, mixed.n_parting, mixed.first_parting) == (1.5, 0.75, 1, 2)
    assert [(arm.load, arm.n_prompts, arm.n_samples) for arm in floor.arms] == [(load, 2, 40) for load in Load]


def test_the_numbers_are_those_of_a_curve_and_of_a_comparison(suite):
    """The mixed arm is the curve's point at 0; differences are what any two sides of a comparison have."""
    texts = {Load.SERIAL: HALVES, Load.BURST: ALL, 0.0: HALVES, 1.0: ALL}
    floor, curves = _floor(replace(suite, load=(Load.BURST, Load.MIXED)), lambda _, key: texts[key])
    found = floor.of("exact_agreement")
    assert found.level.load is Load.BURST
    assert found.others[0].estimate == curves["exact_agreement"].at(0.0).estimate
    floor, curves = _floor(replace(suite, load=(Load.MIXED,)), lambda _, key: texts[key])
    cold, warm = curves["exact_agreement"].points
    asked = [
        (curves[title].metric, 1.0, curves[title].points[0].measurements, curves[title].points[1].measurements)
        for title in ("exact_agreement", "first_divergence")
    ]
    assert [each for m in floor.metrics for each in m.above] == list(contrasts_at(asked, Terms()))
    assert floor.of("exact_agreement").above[0].difference == pytest.approx(warm.estimate.value - cold.estimate.value)


def test_a_floor_that_does_not_exist_has_its_reason(suite):
    """Where all answers are the same they part nowhere, so no difference from there exists."""
    floor, _ = _floor(suite, lambda _, key: ALL if key == 1.0 else SAME)
    found = floor.of("first_divergence")
    assert found.level.estimate.value is None
    assert "nowhere do they part" in found.level.estimate.undefined
    assert all(each.difference is None and each.undefined for each in found.above)
    assert all(each.contrast.p_adjusted is None for each in found.loads)


def test_only_what_compares_answers_has_a_floor(suite):
    """The mean length of single answers is not a matter of agreement."""
    floor, _ = _floor(suite, lambda _, __: SAME)
    assert [each.metric.title for each in floor.metrics] == ["exact_agreement", "first_divergence"]


def test_temperature_0_is_held_against_the_floor_where_mixed_is_no_arm(suite):
    """With serial alone, the grid's own cells at 0 are one of the temperatures."""
    floor, _ = _floor(replace(suite, load=(Load.SERIAL,)), lambda _, __: HALVES)
    assert [each.temperature for each in floor.of("exact_agreement").above] == [0.0, 1.0]


def test_prompts_that_lack_an_arm_are_left_out(suite):
    """A run that broke off in its first phase has a floor, and differences over the prompts that have both."""
    floor, _ = _floor(suite, lambda prompt, key: [] if prompt == "p2" and key is Load.SERIAL else HALVES)
    found = floor.of("exact_agreement")
    assert (found.level.estimate.n_prompts, found.above[0].n_prompts) == (1, 1)
    floor, _ = _floor(suite, lambda _, key: [] if key is Load.SERIAL else HALVES)
    assert floor.of("exact_agreement").above[0].undefined == "no prompt has a value on both sides"


def test_without_loads_and_fingerprints_there_is_no_floor(suite):
    """A suite that asks for none has none, and neither has a server that names one configuration."""
    bare = replace(suite, load=())
    assert _floor(bare, lambda _, __: HALVES)[0] is None
    assert _floor(bare, lambda _, __: HALVES, marks=lambda _, __: "fp")[0] is None
    assert level_of(None, "exact_agreement") is None


def test_a_mixture_of_servers_is_told_from_noise(suite):
    """Each configuration has an answer of its own: equal marks always agree, different ones never."""
    floor, _ = _floor(replace(suite, load=()), lambda _, __: HALVES, marks=lambda _, text: f"fp of {text}")
    split = floor.fingerprints
    assert (floor.arms, floor.metrics) == ((), ())
    assert (split.n_fingerprints, split.n_same, split.n_different) == (2, 2 * 90, 2 * 100)
    assert (split.same.value, split.different.value, split.difference) == (1.0, 0.0, 1.0)
    assert split.p_value == 1 / 2000


def test_marks_that_mean_nothing_split_nothing(suite):
    """Configurations that take turns answer alike: equal shares, and intervals that have a width."""
    floor, _ = _floor(
        suite,
        lambda prompt, key: ALL if key == 1.0 else SAME[:15] + ALL[: 5 if prompt == "p1" else 2],
        marks=lambda i, _: f"fp{i % 2}",
    )
    split = floor.fingerprints
    assert split.p_value > 0.2
    assert split.same.interval.low < split.different.value < split.same.interval.high
    assert split.same.n_prompts == 2


def test_where_a_burst_parts_is_kept(suite):
    """The first prompts that part have a tree; those of the grid have theirs elsewhere."""
    floor, _ = _floor(suite, lambda prompt, key: HALVES if (prompt, key) != ("p1", Load.BURST) else SAME)
    serial, burst, mixed = floor.arms
    assert [(each.prompt_id, each.n_shared) for each in serial.forks] == [("p1", 2), ("p2", 2)]
    assert [each.prompt_id for each in burst.forks] == ["p2"]
    assert mixed.forks == ()


def test_a_run_without_an_answer_at_0_has_no_floor(suite):
    """Where the endpoint takes no temperature 0 there is nothing to say of it."""
    floor, _ = _floor(suite, lambda _, key: ALL if key == 1.0 else [])
    assert floor is None
