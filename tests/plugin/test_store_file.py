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
