"""Precision instead of a fixed number of samples."""

import re

import pytest

MARKER = "suite='small.yaml', temperatures=[1], precision={}, samples=10, max_samples={}"


@pytest.fixture
def varying(sessions, scripted):
    """Return sessions whose endpoint gives one of two answers in turn."""
    scripted.answer = lambda _question, _temperature, n: ("one", "two")[n % 2]
    return sessions


def test_drawing_ends_as_soon_as_the_interval_is_narrow(varying, scripted):
    """It takes more than the first look, and less than the most that is allowed; a replay ends at the same place."""
    varying.test("assert evalkit.curve('exact_agreement')[1] > 0.9", marker=MARKER.format(0.25, 200))
    result = varying.run("--evalkit-run")
    n = len(scripted.asked)
    assert 20 < n < 400
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [f"E *drawn until the interval was as narrow as ±0.25: {n // 2} samples of each prompt; *"]
    )
    (told,) = re.findall(r"E +exact_agreement=.*", "\n".join(result.outlines))
    again = varying.run("--evalkit-run")
    assert told in again.outlines
    assert len(scripted.asked) == n


def test_drawing_ends_at_the_most_that_is_allowed(varying, scripted):
    """The interval is wider than wished for, and that is said."""
    varying.test("assert evalkit.curve('exact_agreement')[1] > 0.9", marker=MARKER.format(0.01, 20))
    result = varying.run("--evalkit-run")
    assert len(scripted.asked) == 40
    result.stdout.fnmatch_lines(["E *drawn until max_samples = 20: 20 samples of each prompt; *"])


def test_what_needs_a_fixed_number_of_samples_has_no_interval_then(varying, scripted):
    """A metric of the whole set of answers has a value, and the reason why it has no interval."""
    varying.suite("small", address=scripted.url, metrics="[exact_agreement, distinct_n]")
    varying.test("assert evalkit.curve('distinct_n')[1] < 0.9", marker=MARKER.format(0.3, 200))
    result = varying.run("--evalkit-run")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E *inconclusive: there is no interval: *"])


def test_two_readings_are_compared_by_intervals_that_hold_together(varying, scripted):
    """Whenever sampling stopped, the verdict is one of three."""
    scripted.answer = lambda _question, temperature, n: f"{n}" if temperature else "same"
    marker = "suite='small.yaml', precision=0.2, samples=10, max_samples=100"
    line = "evalkit.cell('keeper', 0)['exact_agreement'] > evalkit.cell('keeper', 1)['exact_agreement']"
    assert varying.verdicts([line], "--evalkit-run", marker=marker) == {line: "holds"}


def test_precision_of_what_has_no_valid_interval_is_refused(varying, scripted):
    """Nothing is drawn for it beyond the plan, and the hint names what can be asked."""
    varying.test("evalkit.suite", marker=MARKER.format(0.1, 50) + ", metric='length_words'")
    result = varying.run("--evalkit-run")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*precision can not be asked of length_words*"])
    assert len(scripted.asked) <= 20


def test_a_session_may_ask_for_precision_where_no_marker_does(varying, scripted):
    """Metrics that can have it are drawn until they are so well known; a marker's own wish goes first."""
    varying.test("assert evalkit.curve('exact_agreement')[1] > 0.9", marker="suite='small.yaml', samples=10")
    result = varying.run("--evalkit-run", "--evalkit-precision=0.25")
    result.stdout.fnmatch_lines(["E *drawn until the interval was as narrow as ±0.25: *"])
    assert len(scripted.asked) > 20


def test_what_can_not_have_the_precision_of_a_session_is_left_alone(varying, scripted):
    """A suite of lengths alone is drawn as often as it says, and no test fails for it."""
    varying.suite("small", address=scripted.url, metrics="[length_words]")
    varying.test("evalkit.suite", marker="suite='small.yaml', samples=10")
    varying.run("--evalkit-run", "--evalkit-precision=0.25").assert_outcomes(passed=1)


def test_precision_of_a_suite_file_holds_in_its_tests(varying, scripted):
    """Its first look is what is drawn first, its samples are the most."""
    varying.suite("small", address=scripted.url, metrics="[exact_agreement]")
    path = varying.path / "small.yaml"
    text = path.read_text(encoding="utf-8").replace("samples: 6", "samples: 200")
    path.write_text(f"{text}precision: 0.25\n", encoding="utf-8")
    varying.test("assert evalkit.curve('exact_agreement')[1] > 0.9", marker="suite='small.yaml'")
    result = varying.run("--evalkit-run")
    result.stdout.fnmatch_lines(["E *drawn until the interval was as narrow as ±0.25: *"])
