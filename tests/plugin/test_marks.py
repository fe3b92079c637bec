"""What a test wishes for, by its markers and parameters."""

WRONG = {
    "sweet='small.yaml'": "does not know sweet",
    "'small.yaml'": "takes keywords only",
    "suite='small.yaml', samples=0": "a whole number of 1 or more",
    "suite='small.yaml', samples=True": "a whole number of 1 or more",
    "suite='small.yaml', temperatures=[]": "one temperature or more",
    "suite='small.yaml', temperatures='hot'": "numbers of 0 or more",
    "suite='small.yaml', level='upper'": "a level of equality",
    "suite='small.yaml', level=95": "between 0 and 1",
    "suite='small.yaml', model=''": "a text",
    "suite='small.yaml', prompts=[]": "from names to those",
    "suite='nowhere.yaml'": "nowhere.yaml",
    "temperatures=[0]": "names no suite",
}


def test_a_wrong_wish_fails_its_own_test_only(sessions):
    """Each of them says what was expected, and the test beside them has its answers all the same."""
    body = "@pytest.mark.evalkit(suite='small.yaml')\ndef test_right(evalkit):\n    evalkit.samples('keeper', 0)\n"
    for n, marker in enumerate(WRONG):
        body += f"@pytest.mark.evalkit({marker})\ndef test_wrong_{n}(evalkit):\n    evalkit.suite\n"
    sessions.tests(body, marker="")
    result = sessions.run("--tb=short")
    outcomes = result.parseoutcomes()
    assert outcomes["passed"] == 1
    assert outcomes["errors"] + outcomes["failed"] == len(WRONG)
    said = "\n".join(result.outlines)
    assert [words for words in WRONG.values() if words not in said] == []


def test_the_closest_marker_decides_keyword_by_keyword(sessions):
    """What the closer one leaves open, the farther one says."""
    sessions.tests(
        "@pytest.mark.evalkit(samples=3)\n"
        "def test_it(evalkit):\n"
        "    assert evalkit.suite.samples == 3 and evalkit.suite.temperatures == (0.5,)\n",
        marker="suite='small.yaml', samples=9, temperatures=0.5",
    )
    sessions.run().assert_outcomes(passed=1)


def test_level_as_a_number_is_the_level_of_intervals(sessions):
    """More confidence makes a wider interval."""
    line = "    interval = evalkit.cell('keeper', 0)['exact_agreement'].interval\n    assert interval.level == {}\n"
    body = f"def test_a(evalkit):\n{line.format(0.95)}@pytest.mark.evalkit(level=0.8)\ndef test_b(evalkit):\n"
    sessions.tests(body + line.format(0.8))
    sessions.run().assert_outcomes(passed=2)


def test_level_as_a_word_is_how_strictly_answers_are_equal(sessions, scripted):
    """Answers that differ in white space are equal at one level, and different at the other."""
    scripted.answer = lambda _question, _temperature, n: "Paris" + " " * (n % 2)
    body = "    assert evalkit.cell('france', 0)['exact_agreement'].value {} 1\n"
    test = "@pytest.mark.evalkit(level='{}')\ndef test_{}(evalkit):\n"
    sessions.tests(
        test.format("raw", "raw") + body.format("<") + test.format("whitespace", "white") + body.format(">=")
    )
    sessions.run("--evalkit-run").assert_outcomes(passed=2)


def test_parameters_named_temperature_model_and_prompt_narrow_a_test(sessions, scripted):
    """Each case draws its own cells, and is cell and curve of nothing else."""
    sessions.tests(
        "@pytest.mark.parametrize('prompt', ['keeper', 'france'])\n"
        "@pytest.mark.parametrize('model', ['a', 'b'])\n"
        "@pytest.mark.parametrize('temperature', [0.5, 1])\n"
        "def test_it(evalkit, temperature, model, prompt):\n"
        "    assert evalkit.suite.endpoint.model == model\n"
        "    cell = evalkit.cell()\n"
        "    assert (cell.prompt, cell.temperature, len(cell.samples)) == (prompt, temperature, 2)\n",
        marker="suite='small.yaml', samples=2",
    )
    sessions.run("--evalkit-run").assert_outcomes(passed=8)
    asked = {(body["model"], body["temperature"]) for body in scripted.asked}
    assert asked == {(model, temperature) for model in "ab" for temperature in (0.5, 1.0)}
    assert len(scripted.asked) == 16


def test_a_parameter_names_the_cell_where_the_marker_has_more_temperatures(sessions):
    """The others are there to be held against it."""
    sessions.tests(
        "@pytest.mark.parametrize('temperature', [0.5, 1])\n"
        "def test_it(evalkit, temperature):\n"
        "    assert evalkit.cell('keeper').temperature == temperature\n"
        "    assert evalkit.cell('keeper', 0).temperature == 0\n",
        marker="suite='small.yaml', temperatures=[0, 1], samples=2",
    )
    sessions.run().assert_outcomes(passed=2)


def test_prompts_may_stand_in_the_marker_or_in_the_body(sessions):
    """A text, a conversation or a mapping is asked as a suite's prompt is."""
    sessions.tests(
        "def test_marker(evalkit):\n"
        "    assert len(evalkit.samples('hello')) == 2\n"
        "@pytest.mark.parametrize('asked', ['Hi', [{'role': 'user', 'content': 'A'}], {'system': 'S', 'user': 'B'}])\n"
        "def test_body(evalkit, asked):\n"
        "    assert len(evalkit(asked).texts) == 2\n",
        marker="prompts={'hello': 'Say hello.'}, temperatures=0, samples=2",
    )
    sessions.run().assert_outcomes(passed=4)
