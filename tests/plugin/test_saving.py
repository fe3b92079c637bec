"""What a saved session holds: every run that is there, told from the others, found again by the test that asked."""

TWO = """
@pytest.mark.parametrize("text", ["Tell a story about a robot.", "Tell a story about a dragon."])
def test_it(evalkit, text):
    assert len(evalkit(text).texts) == 2
"""
MARKER = "temperatures=0, samples=2"


def test_prompts_of_one_file_are_saved_side_by_side(sessions):
    """Each prompt that a test asks by itself is a run; all of one file have the file's name."""
    sessions.tests(TWO, marker=MARKER)
    result = sessions.run("--evalkit-save=main")
    result.stdout.fnmatch_lines(["saved as main/test_it/storyteller-small/*, main/test_it/storyteller-small/*: *"])
    again = TWO.replace("assert len", "assert evalkit(text)['exact_agreement'] < 1.1 and len")
    sessions.tests(again, marker=MARKER)
    result = sessions.run("--evalkit-fresh", "--evalkit-baseline=main", "-v")
    result.assert_outcomes(passed=2)
    said = "\n".join(result.outlines)
    assert "change" in said
    assert "no baseline" not in said


def test_prompts_of_one_file_have_a_page_each(sessions):
    """Only runs that ask the same are held against one another, and no page is written over another."""
    three = TWO.replace('"]', '", "Tell a story about a fish."]')
    sessions.tests(three, marker=MARKER)
    result = sessions.run("--evalkit-save=main", "--evalkit-report=own/page.md")
    assert "no report" not in "\n".join(result.outlines)
    result = sessions.run("--evalkit-fresh", "--evalkit-baseline=main", "--evalkit-report=page.md")
    assert "no report" not in "\n".join(result.outlines)
    for folder in (sessions.path, sessions.path / "own"):
        assert len({page.read_text(encoding="utf-8") for page in folder.glob("page*.md")}) == 3


def test_what_was_skipped_keeps_nothing_from_being_saved(sessions):
    """Answers that nobody was allowed to buy are not there, and the others are."""
    sessions.suite("real", address="http://localhost:9/v1")
    sessions.tests(
        "@pytest.mark.evalkit(suite='real.yaml')\ndef test_a(evalkit):\n    pass\ndef test_b(evalkit):\n    pass\n",
    )
    result = sessions.run("--evalkit-save=main")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["saved as main/small: *"])


def test_a_baseline_comes_from_where_its_answers_came(sessions):
    """Nothing differs between a session and what was saved of one like it, and the page does not say so."""
    sessions.test("assert len(evalkit.samples('keeper', 0)) == 6")
    sessions.run("--evalkit-save=main").assert_outcomes(passed=1)
    sessions.run("--evalkit-fresh", "--evalkit-baseline=main", "--evalkit-report=page.md").assert_outcomes(passed=1)
    assert "settings differ" not in (sessions.path / "page.md").read_text(encoding="utf-8")
