"""A metric against temperature, as a test speaks of it."""

import pytest

VERDICTS = {
    "evalkit.curve('rouge_l_distance').rises()": "holds",
    "evalkit.curve('rouge_l_distance').falls()": "false",
    "evalkit.curve('exact_agreement').falls()": "holds",
    "evalkit.curve('exact_agreement').rises()": "false",
    "evalkit('keeper').rises('rouge_l_distance')": "inconclusive",
    "evalkit.curve('exact_agreement', tags='story').between(0.6, 1, at=0)": "holds",
    "evalkit.curve('exact_agreement', prompt='keeper').between(0.6, 1)": "false",
    "evalkit.curve('exact_agreement', prompt='keeper').between(0.99, 1, at=[0])": "inconclusive",
    "evalkit.curve('exact_agreement')[0] > evalkit.curve('exact_agreement')[1.5]": "holds",
    "evalkit.curve('exact_agreement')[0] < evalkit.curve('exact_agreement')[1.5]": "false",
    "evalkit.curve('exact_agreement')[1.5] < 0.2": "holds",
    "evalkit.curve('exact_agreement').floor_below(0.4)": "holds",
    "evalkit.floor_below(0.4)": "holds",
    "evalkit.floor_below(0.001)": "inconclusive",
    "evalkit.curve('rouge_l_distance').floor_below(0.4)": "holds",
}


def answers(_question, temperature, n):
    """Return the same at temperature 0, and at 1.5 ever new stories: in between so many of twenty are new."""
    return f"{n} keeper{n} saw{n} the sea{n}" if n < 20 * temperature / 1.5 else "the light was out"


@pytest.fixture
def varied(sessions, scripted):
    """Return sessions whose small suite has four temperatures, and answers that are known beforehand."""
    scripted.answer = answers
    sessions.suite(address=scripted.url, samples=20, temperatures="[0, 0.5, 1, 1.5]")
    return sessions


def test_an_assertion_about_a_curve_has_three_verdicts(varied):
    """Twenty answers of each cell decide, or leave open, what is said of them."""
    assert varied.verdicts(VERDICTS, "--evalkit-run") == VERDICTS


def test_what_varies_at_temperature_0_is_above_a_floor(sessions, scripted):
    """Answers that disagree at temperature 0 are told from those that merely are too few."""
    scripted.answer = lambda _question, _temperature, n: f"answer {n}"
    sessions.suite(address=scripted.url, samples=20)
    sessions.test("assert evalkit.floor_below(0.02)")
    result = sessions.run("--evalkit-run")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*disagreement*< 0.02", "E*false: the whole interval lies above 0.02"])


def test_a_trend_is_told_with_its_test_and_its_values(varied):
    """The direction, tau, p, how it was tested, and the value at each temperature."""
    varied.test("assert evalkit.curve('exact_agreement').rises()")
    result = varied.run("--evalkit-run")
    result.stdout.fnmatch_lines(
        [
            "E*assert exact_agreement of 2 prompts rises with temperature",
            "E*false: it falls, tau -*, p *",
            "E*values: T = 0: 1.000 [[]*[]], T = 0.5: *",
            "E*page: evalkit report *",
        ]
    )


def test_a_claim_of_several_parts_tells_which_part_decides(varied):
    """Between two values means two assertions at each temperature, and one of them fails here."""
    varied.test("assert evalkit.curve('exact_agreement', prompt='keeper').between(0.5, 1, at=[0, 1.5])")
    result = varied.run("--evalkit-run")
    result.stdout.fnmatch_lines(
        ["E*lies between 0.5 and 1 at T = 0, 1.5", "E*false: *keeper at T = 1.5 >= 0.5*", "E*3 of 4 parts hold"]
    )


def test_one_temperature_has_no_trend(sessions):
    """It is open, and says so."""
    sessions.test("assert evalkit.curve('exact_agreement').rises()", marker="suite='small.yaml', temperatures=[0]")
    result = sessions.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*inconclusive: the trend can not be told: *"])


def test_what_has_no_floor_or_no_such_point_is_refused(sessions):
    """A length is no share, and a temperature that nobody drew has no value."""
    sessions.suite(samples=2)
    lines = ["evalkit.curve('length_words').floor_below(0.1)", "evalkit.curve('exact_agreement')[0.5]"]
    sessions.tests("".join(f"def test_{n}(evalkit):\n    {line}\n" for n, line in enumerate(lines)))
    result = sessions.run()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["E *has no floor*", "E *no point at temperature 0.5*"])
