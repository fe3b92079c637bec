"""The plan: what all tests need is drawn together, once."""

LOOK = "    assert evalkit.samples('keeper', {})\n"


def test_everything_is_drawn_before_the_first_test_runs(sessions, real):
    """The first test finds as many requests at the endpoint as the last."""
    sessions.suite("other", address=real.url, samples=3)
    sessions.tests(
        "import pathlib\n"
        "def test_first(evalkit):\n"
        "    assert pathlib.Path('.evalkit.sqlite').exists() and evalkit.samples('keeper', 0)\n"
        "@pytest.mark.evalkit(suite='other.yaml')\n"
        f"def test_second(evalkit):\n{LOOK.format(0)}"
    )
    result = sessions.run("--evalkit-run")
    result.assert_outcomes(passed=2)
    said = "\n".join(result.outlines)
    last = max(said.index("24 requests to"), said.index("12 requests to"))
    assert last < said.index("test_it.py .") or last < said.index("[100%]")
    assert len(real.journal) == 36


def test_cells_that_tests_share_are_bought_once(sessions, real):
    """Of two numbers of samples the greater is drawn, and each test sees as many as it asked for."""
    sessions.tests(
        "def test_a(evalkit):\n    assert len(evalkit.samples('keeper', 1)) == 6\n"
        "@pytest.mark.evalkit(samples=2)\n"
        "def test_b(evalkit):\n    assert len(evalkit.samples('keeper', 1)) == 2\n"
        "@pytest.mark.evalkit(temperatures=[1, 2])\n"
        "def test_c(evalkit):\n    assert len(evalkit.samples('keeper', 2)) == 6\n"
    )
    sessions.run("--evalkit-run").assert_outcomes(passed=3)
    assert len(real.journal) == 36  # 2 prompts, temperatures 0, 1 and 2, 6 samples


def test_a_part_of_the_tests_finds_all_answers_there(sessions, real):
    """After a whole session, -k sends nothing; another temperature grows the run and buys only what is new."""
    sessions.tests(f"def test_a(evalkit):\n{LOOK.format(0)}def test_b(evalkit):\n{LOOK.format(1)}")
    sessions.run("--evalkit-run").assert_outcomes(passed=2)
    assert len(real.journal) == 24
    sessions.run("--evalkit-run", "-k", "test_b").assert_outcomes(passed=1)
    assert len(real.journal) == 24
    sessions.tests(f"def test_a(evalkit):\n{LOOK.format(0.5)}", marker="suite='small.yaml', temperatures=[0.5, 1]")
    sessions.run("--evalkit-run").assert_outcomes(passed=1)
    assert len(real.journal) == 36


def test_a_selected_test_buys_for_itself_only(sessions, real):
    """What -k leaves out is not drawn, and asked for later it is."""
    sessions.tests(
        f"def test_a(evalkit):\n{LOOK.format(0)}"
        f"@pytest.mark.evalkit(temperatures=[2])\ndef test_b(evalkit):\n{LOOK.format(2)}"
    )
    sessions.run("--evalkit-run", "-k", "test_b").assert_outcomes(passed=1)
    assert len(real.journal) == 12
    sessions.run("--evalkit-run").assert_outcomes(passed=2)
    assert len(real.journal) == 36


def test_more_samples_keep_those_that_are_there(sessions, real):
    """Only the additional ones are bought."""
    sessions.test("assert len(evalkit.samples('keeper', 1)) >= 6")
    sessions.run("--evalkit-run").assert_outcomes(passed=1)
    sessions.run("--evalkit-run", "--evalkit-samples=8").assert_outcomes(passed=1)
    assert len(real.journal) == 32


def test_fresh_draws_everything_anew_and_keeps_the_old(sessions, real):
    """A label of its own does the same, but once only."""
    sessions.suite(address=real.url, samples=2)
    sessions.test("assert len(evalkit.samples('keeper', 1)) == 2")
    sessions.run("--evalkit-run").assert_outcomes(passed=1)
    sessions.run("--evalkit-run", "--evalkit-fresh").assert_outcomes(passed=1)
    assert len(real.journal) == 16
    for _ in range(2):
        sessions.run("--evalkit-run", "--evalkit-label=tuesday").assert_outcomes(passed=1)
    assert len(real.journal) == 24
    sessions.run().assert_outcomes(passed=1)


def test_a_test_that_asks_in_its_body_draws_then(sessions, real):
    """The plan can not foresee it; the next session finds it recorded."""
    sessions.test("assert len(evalkit('What is new?')[1].texts) == 6")
    sessions.run("--evalkit-run").assert_outcomes(passed=1)
    n = len(real.journal)
    assert n == 36
    sessions.run("--evalkit-run").assert_outcomes(passed=1)
    assert len(real.journal) == n


def test_a_store_elsewhere_is_used(sessions):
    """The answers lie where the option says, and nowhere else."""
    sessions.test("assert evalkit.samples('keeper', 1)")
    sessions.run("--evalkit-store=deep/down/answers.sqlite").assert_outcomes(passed=1)
    assert [path.name for path in sessions.path.rglob("*.sqlite")] == ["answers.sqlite"]


def test_tests_that_bear_one_marker_look_at_one_thing(sessions):
    """Prompts that a marker names are read once, and their cells made once, however many tests there are."""
    sessions.tests(
        "seen = []\n"
        "@pytest.mark.parametrize('n', [0, 1])\ndef test_it(evalkit, n):\n"
        "    seen.append(evalkit.view)\n"
        "    assert evalkit.view is seen[0] and evalkit.view.wanted is seen[0].wanted\n",
        marker="prompts=['Hello', 'Hi'], temperatures=0, samples=2",
    )
    sessions.run().assert_outcomes(passed=2)


def test_arms_by_load_are_no_matter_of_tests(sessions, real):
    """A suite that asks for load has its grid drawn and nothing else."""
    path = sessions.path / "small.yaml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\nload: [serial, burst]\n", encoding="utf-8")
    sessions.tests(f"def test_a(evalkit):\n{LOOK.format(0)}")
    sessions.run("--evalkit-run").assert_outcomes(passed=1)
    assert len(real.journal) == 24
