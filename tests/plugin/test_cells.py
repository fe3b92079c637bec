"""One cell, and one prompt at several temperatures, as a test speaks of them."""


def answers(question, temperature, n):
    """Return Paris whenever the question is about France, or the temperature 0; else ever new stories."""
    return "Paris" if "France" in question or temperature == 0 else f"Story {n} of a keeper and the sea"


VERDICTS = {
    "evalkit.cell('keeper', 0)['exact_agreement'] > 0.5": "holds",
    "0.5 < evalkit.cell('keeper', 0)['exact_agreement']": "holds",
    "evalkit.cell('keeper', 1)['exact_agreement'] > 0.9": "false",
    "evalkit.cell('keeper', 0)['exact_agreement'] > 0.99": "inconclusive",
    "evalkit.cell('keeper', 0)['exact_agreement'] > evalkit.cell('keeper', 1)['exact_agreement']": "holds",
    "evalkit.cell('keeper', 0)['exact_agreement'] < evalkit.cell('keeper', 1)['exact_agreement']": "false",
    "evalkit.cell('keeper', 0)['exact_agreement'] > evalkit.cell('france', 0)['exact_agreement']": "inconclusive",
    "evalkit('keeper')[0].deterministic(at_least=0.7)": "holds",
    "evalkit('keeper')[1].deterministic(at_least=0.7)": "false",
    "evalkit('keeper')[0].deterministic(level='whitespace', at_least=0.99, confidence=0.9)": "inconclusive",
    "evalkit('france')[1].valid_share(at_least=0.7, pattern='Paris')": "holds",
    "evalkit('keeper')[1].valid_share(at_least=0.7, pattern='Paris')": "false",
    "evalkit('france')[1].valid_share(at_least=0.99, pattern='Paris')": "inconclusive",
}


def test_an_assertion_about_a_cell_has_three_verdicts(sessions, scripted):
    """Twenty answers that are known beforehand decide, or leave open, what is said of them."""
    scripted.answer = answers
    sessions.suite(address=scripted.url, samples=20)
    assert sessions.verdicts(VERDICTS, "--evalkit-run") == VERDICTS


def test_what_is_false_shows_the_two_most_different_answers(sessions, scripted):
    """They stand below each other, with the word in brackets at which they part."""
    texts = ["the sea was calm", "the sea was calm", "the sea was wild and cold", "the sky was dark"]
    scripted.answer = lambda _question, _temperature, n: texts[n % 4]
    sessions.suite(address=scripted.url, samples=20)
    sessions.test("assert evalkit.cell('keeper', 1)['exact_agreement'] > 0.9")
    result = sessions.run("--evalkit-run")
    result.stdout.fnmatch_lines(
        [
            "E*false: the whole interval lies below 0.9",
            "E*exact_agreement=0.*[[]0.*], 20 samples",
            "E*two most different of 3 answers of keeper at T = 1",
            "E*first difference at word 2:",
            "E*draw * the [[]s*[]] was *",
            "E*draw * the [[]s*[]] was *",
            "E*page: evalkit report .evalkit.sqlite@small-*",
        ]
    )


def test_an_invalid_answer_is_shown(sessions, scripted):
    """The first one that is not what was asked for, by its draw."""
    scripted.answer = answers
    sessions.test("assert evalkit.cell('keeper', 1).valid_share(pattern='Paris')")
    result = sessions.run("--evalkit-run")
    result.stdout.fnmatch_lines(["E*0 of 6 answers are valid", "E*first that is not valid, draw *: Story *"])


MISUSE = {
    "line": "words",
    "evalkit.cell('keeper', 0)['exact_agreement'] == 1.0": "no measured value equals another",
    "bool(evalkit.cell('keeper', 0)['exact_agreement'])": "neither true nor false",
    "evalkit.samples('keeper', 0.5)": "no cell 'keeper' at temperature 0.5",
    "evalkit.cell('nobody', 0)": "no prompt 'nobody'",
    "evalkit.cell()": "2 prompts",
    "evalkit('keeper').texts": "2 temperatures",
    "evalkit('keper')": "did you mean 'keeper'?",
    "evalkit.cell('keeper', 0)['exact_agrement']": "exact_agreement",
    "evalkit.cell('keeper', 0).deterministic(at_least=95)": "between 0 and 1",
    "evalkit.curve('exact_agreement', tags='none')": "no prompt of the suite carries",
    "evalkit.cell('keeper', 0)['exact_agreement'] > evalkit.cell('keeper', 0)['length_words']": "are two things",
}


def test_misuse_is_explained(sessions):
    """What can not be asked is answered with advice, in the test that asks."""
    sessions.suite(samples=2)
    sessions.tests("".join(f"def test_{n}(evalkit):\n    {line}\n" for n, line in enumerate(MISUSE)))
    result = sessions.run("--tb=short")
    result.assert_outcomes(failed=len(MISUSE))
    said = "\n".join(line for line in result.outlines if line.startswith("E "))
    assert [words for words in MISUSE.values() if words not in said] == []


def test_answers_and_failures_of_a_cell_are_there_to_be_read(sessions, scripted):
    """A test may look at the texts themselves, and at what did not come."""
    scripted.answer = answers
    sessions.test(
        "cell = evalkit.cell('france', 1)",
        "assert cell.texts == ('Paris',) * 6 and cell.n_failures == 0",
        "assert evalkit.samples('france', 1)[0].text == 'Paris'",
        "assert repr(cell) == '<france at T = 1>'",
    )
    sessions.run("--evalkit-run").assert_outcomes(passed=1)
