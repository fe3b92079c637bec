"""What a session can be told, and which of the places that can tell it is heard."""

import pytest

from evalkit.testing.options import SETTINGS, settings_of

KEY = "sk-secret-0123456789abcdef"


@pytest.fixture
def told(sessions):
    """Return a function that gives how many samples a test sees, after a session that is told things."""

    def samples(*options, marker="suite='small.yaml'"):
        sessions.test("assert len(evalkit.samples('keeper', 1.0)) == 0", marker=marker)
        result = sessions.run(*options)
        (line,) = [line for line in result.outlines if line.startswith("E ") and "== 0" in line]
        return int(line.split("assert ")[1].split(" ==")[0]), "\n".join(result.outlines)

    return samples


def test_the_suite_decides_where_nobody_else_says_anything(told):
    """Six samples are what the file asks for."""
    assert told()[0] == 6


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\nevalkit_samples = 5\n"),
        ("pyproject.toml", '[tool.pytest.ini_options]\nevalkit_samples = "5"\n'),
    ],
)
def test_an_ini_file_goes_before_the_suite(told, sessions, name, text):
    """Either kind of file is read, and the header says who spoke."""
    (sessions.path / name).write_text(text, encoding="utf-8")
    n, said = told()
    assert n == 5
    assert "samples 5 (ini)" in said


def test_marker_option_environment_and_ini_are_heard_in_this_order(told, sessions, monkeypatch):
    """Each of them is taken back in turn, and the next one is heard."""
    (sessions.path / "pytest.ini").write_text("[pytest]\nevalkit_samples = 5\n", encoding="utf-8")
    monkeypatch.setenv("EVALKIT_SAMPLES", "4")
    assert told("--evalkit-samples=3", marker="suite='small.yaml', samples=2")[0] == 2
    n, said = told("--evalkit-samples=3")
    assert (n, "samples 3 (option)" in said) == (3, True)
    n, said = told()
    assert (n, "samples 4 (environment)" in said) == (4, True)


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("--evalkit-samples=none", "--evalkit-samples=none: expected a number"),
        ("--evalkit-samples=0", "expected 1 or more"),
        ("--evalkit-temperatures=hot", "--evalkit-temperatures=hot: expected"),
        ("--evalkit-level=95", "expected a number between 0 and 1"),
        ("--evalkit-price=3", "such as 0.15/0.60"),
        ("--evalkit-max-cost=-1", "0 or more"),
        ("--evalkit-inconclusive=ignore", "expected fail, warn or skip"),
        ("--evalkit-adjust=bonferroni", "expected none or holm"),
    ],
)
def test_a_value_that_can_not_be_read_says_what_was_expected(pytester, option, expected):
    """The words name the option and what it takes."""
    with pytest.raises(pytest.UsageError, match=expected):
        settings_of(pytester.parseconfig("-p", "evalkit", option))


@pytest.mark.parametrize(
    ("option", "words"), [("--evalkit-samples=none", "expected a number"), ("--evalkit-report=page.doc", "doc")]
)
def test_what_can_not_be_read_is_wrong_usage(sessions, option, words):
    """The session ends with status 4, before anything is drawn."""
    sessions.test("evalkit.samples('keeper', 0)")
    result = sessions.run(option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert words in "\n".join([*result.errlines, *result.outlines])
    assert not (sessions.path / ".evalkit.sqlite").exists()


def test_an_ini_value_that_can_not_be_read_names_its_place(sessions):
    """Who wrote it there must find it."""
    (sessions.path / "pytest.ini").write_text("[pytest]\nevalkit_run = maybe\n", encoding="utf-8")
    sessions.test("evalkit.samples('keeper', 0)")
    result = sessions.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "evalkit_run=maybe: expected yes or no" in "\n".join([*result.errlines, *result.outlines])


def test_the_header_is_one_line_and_the_key_is_nowhere(sessions, real, monkeypatch):
    """Neither what is shown nor any file that is written bears the key that requests are sent with."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    sessions.test("assert evalkit.cell('keeper', 1.0)['exact_agreement'] > 0.99")
    result = sessions.run("--evalkit-run", "--junitxml=j.xml", "--evalkit-report=page.html", "-vv", "--showlocals")
    assert len(real.journal) > 0
    assert len([line for line in result.outlines if line.startswith("evalkit: 1 test")]) == 1
    assert KEY not in "\n".join([*result.outlines, *result.errlines])
    files = [path for path in sessions.path.rglob("*") if path.is_file()]
    assert {"j.xml", "page.html", ".evalkit.sqlite"} <= {path.name for path in files}
    assert [path.name for path in files if KEY.encode() in path.read_bytes()] == []


def test_every_setting_is_an_option_with_help(pytester):
    """All of them begin with our name, so none can clash with another plugin's."""
    shown = "\n".join(pytester.runpytest_inprocess("-p", "evalkit", "--help").outlines)
    assert [each.option for each in SETTINGS if each.option not in shown] == []
    assert [each.ini for each in SETTINGS if each.ini not in shown] == []


def test_the_header_tells_how_many_tests_do_not_heed_a_setting(sessions):
    """A marker goes before an option, which is seen before anything is drawn; a word is another kind of level."""
    sessions.tests(
        "def test_a(evalkit):\n    pass\n"
        "@pytest.mark.evalkit(samples=2)\ndef test_b(evalkit):\n    pass\n"
        "@pytest.mark.evalkit(samples=3, temperatures=1)\ndef test_c(evalkit):\n    pass\n",
        marker="suite='small.yaml', level='whitespace'",
    )
    result = sessions.run("--evalkit-samples=4", "--evalkit-temperatures=0", "--evalkit-level=0.9")
    said = "samples 4 (option; 2 tests have their own); temperatures 0 (option; 1 test has its own); level 0.9 (option)"
    result.stdout.fnmatch_lines([f"*; {said}"])
