"""The plugin, used as a stranger uses it: in a session of its own."""

import pytest

pytest_plugins = ["pytester"]

SUITE = """\
name: small
temperatures: [0, 1]
samples: 12
metrics: [exact_agreement]
endpoint: {model: storyteller-small, base_url: loopback}
decoding: {max_tokens: 60}
prompts:
  - {id: keeper, user: Tell a two-sentence story about a lighthouse keeper., tags: [story]}
  - {id: dragon, user: Tell a two-sentence story about a dragon., tags: [story]}
  - {id: france, user: What is the capital of France?}
"""

HEAD = "import pytest\npytestmark = pytest.mark.evalkit(suite='small.yaml')\n"


@pytest.fixture
def session(pytester, monkeypatch):
    """Return a function that runs tests made of lines against the small suite."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    pytester.makefile(".yaml", small=SUITE)

    def run(*lines, options=()):
        body = "".join(f"    {line}\n" for line in lines)
        pytester.makepyfile(f"{HEAD}def test_it(evalkit):\n{body}")
        return pytester.runpytest_subprocess("-W", "error", "--strict-markers", *options)

    return run


def test_a_cell_reads_by_its_interval(session):
    """Twelve equal answers at temperature 0 are known to agree in more than half of the cases."""
    session("assert evalkit.cell('keeper', 0.0)['exact_agreement'] > 0.5").assert_outcomes(passed=1)


def test_an_inconclusive_comparison_says_what_would_settle_it(session):
    """Twelve equal answers can not show an agreement above 0.99, and the failure says so."""
    result = session("assert evalkit.cell('keeper', 0.0)['exact_agreement'] > 0.99")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*inconclusive*lower end*can not pass with 12 samples*needs at least*"])


def test_a_false_comparison_is_worded_differently(session):
    """Answers at temperature 1 differ, which is false and not inconclusive."""
    result = session("assert evalkit.cell('keeper', 1.0)['exact_agreement'] > 0.9")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*false: the whole interval lies below 0.9*"])


def test_a_curve_falls(session):
    """Answers agree less at temperature 1 than at 0."""
    session(
        "assert evalkit.cell('keeper', 1.0)['exact_agreement'] < evalkit.cell('keeper', 0.0)['exact_agreement']",
        "assert evalkit.curve('exact_agreement').curve.trend.statistic < 0",
    ).assert_outcomes(passed=1)


def test_a_curve_over_tags_leaves_the_others_out(session):
    """Only the prompts that carry the tag count."""
    session(
        "assert evalkit.curve('exact_agreement', tags='story').curve.points[0].estimate.n_prompts == 2"
    ).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("evalkit.cell('keeper', 0.0)['exact_agreement'] == 1.0", "no measured value equals another"),
        ("bool(evalkit.cell('keeper', 0.0)['exact_agreement'])", "neither true nor false"),
        ("evalkit.cell('keeper', 0.5)['exact_agreement']", "no cell 'keeper' at temperature 0.5"),
        ("evalkit.cell('nobody', 0.0)", "no prompt 'nobody'"),
        ("evalkit.cell()", "3 prompts"),
        ("evalkit.curve('exact_agrement')", "exact_agreement"),
        ("evalkit.curve('exact_agreement', tags='none')", "no prompt of the suite carries"),
    ],
)
def test_misuse_is_explained(session, line, words):
    """What can not be asked is answered with advice."""
    result = session(line)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*{words}*"])


def test_a_real_endpoint_is_never_asked_by_surprise(session, pytester):
    """Missing answers of a real endpoint skip the test with their number and the way to buy them."""
    pytester.makefile(".yaml", small=SUITE.replace("loopback", "http://127.0.0.1:9/v1"))
    result = session("evalkit.cell('keeper', 0.0)['exact_agreement']", options=["-rs"])
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*72 answers are not recorded; buy them with: pytest --evalkit-run*"])


def test_recorded_answers_are_used_again(session, pytester):
    """A second session sends nothing: the store has not grown."""
    line = "assert evalkit.cell('keeper', 0.0)['exact_agreement'] > 0.5"
    session(line)
    before = (pytester.path / ".evalkit.sqlite").stat().st_size
    session(line).assert_outcomes(passed=1)
    assert (pytester.path / ".evalkit.sqlite").stat().st_size == before


def test_unknown_keywords_of_the_marker_are_errors(pytester):
    """A typo in a marker must not change silently what is tested."""
    pytester.makepyfile("import pytest\n@pytest.mark.evalkit(sweet='x')\ndef test_it(evalkit):\n    evalkit.cell()\n")
    result = pytester.runpytest_subprocess()
    result.stdout.fnmatch_lines(["*does not know sweet*"])


def test_nothing_happens_unless_asked(pytester):
    """A session that does not use the fixture loads nothing heavy and leaves no file."""
    pytester.makepyfile(
        "import sys\n"
        "def test_it():\n"
        "    heavy = {'numpy', 'scipy', 'sklearn', 'matplotlib', 'openai', 'aiohttp', 'pydantic'}\n"
        "    assert not heavy & set(sys.modules)\n"
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
    assert not list(pytester.path.glob("*.sqlite"))


def test_the_plugin_can_be_left_out(pytester):
    """-p no:evalkit works."""
    pytester.makepyfile("def test_it(): pass")
    pytester.runpytest_subprocess("-p", "no:evalkit").assert_outcomes(passed=1)
