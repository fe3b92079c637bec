"""The store that a session leaves behind is one file."""

import pytest


@pytest.mark.parametrize("options", [(), ("--evalkit-save=main",), ("--evalkit-report=page.md",)])
def test_all_answers_are_in_the_file_when_a_session_has_ended(sessions, options):
    """A build keeps the file as an artifact or in a cache: no log that it would forget lies beside it."""
    sessions.test("assert len(evalkit.samples('keeper', 0)) == 6")
    sessions.run(*options).assert_outcomes(passed=1)
    kept = (sessions.path / ".evalkit.sqlite").read_bytes()
    for file in sessions.path.glob(".evalkit.sqlite*"):
        file.unlink()
    (sessions.path / ".evalkit.sqlite").write_bytes(kept)
    result = sessions.run()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["24 answers wanted: 24 from the store, 0 drawn*"])


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty, not a store"), (b"letters " * 1000, "is not a store")],
)
def test_a_file_that_can_not_be_read_fails_the_tests_that_need_it(sessions, content, words):
    """Each says what is wrong with it, in a line; the others run, and the session ends as any other."""
    (sessions.path / ".evalkit.sqlite").write_bytes(content)
    sessions.tests("def test_it(evalkit):\n    assert evalkit.samples('keeper', 0)\ndef test_other():\n    pass\n")
    result = sessions.run("--evalkit-report=page.md")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    outcomes = result.parseoutcomes()
    assert outcomes["passed"] == 1
    assert outcomes.get("errors", 0) + outcomes.get("failed", 0) == 1
    result.stdout.fnmatch_lines([f"*.evalkit.sqlite*{words}*", "24 answers wanted: 0 from the store, *24 missing"])
    assert (sessions.path / ".evalkit.sqlite").read_bytes() == content


def test_a_process_without_files_to_open_says_so(sessions):
    """What stops all buying before anything is sent is what the tests that lack answers say."""
    sessions.pytester.makeconftest(
        "import os, resource\n"
        "def pytest_collection_modifyitems():\n"
        "    limit = len(os.listdir('/dev/fd')) + 12\n"
        "    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))\n"
    )
    sessions.test("assert len(evalkit.samples('keeper', 0)) == 6")
    result = sessions.run_apart()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["*files open: nothing was sent (ulimit -n 256)*", "*0 drawn with 0 requests, 24 missing"]
    )
