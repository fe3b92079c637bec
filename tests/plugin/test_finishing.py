"""What a session leaves behind: a page, properties for other tools, the summary of a build's job."""

from xml.etree import ElementTree as ET

import pytest

LINES = ("assert evalkit.cell('france', 0)['exact_agreement'] > 0.1", "assert evalkit.floor_below(0.001)")


@pytest.fixture
def two(sessions):
    """Return sessions with a test that holds, and one that is open."""
    sessions.tests("".join(f"def test_{n}(evalkit):\n    {line}\n" for n, line in enumerate(LINES)))
    return sessions


@pytest.mark.parametrize("ending", ["html", "md", "json"])
def test_a_report_is_written_in_the_form_that_its_ending_names(two, ending):
    """Its path is told, and the folder is made."""
    result = two.run(f"--evalkit-report=out/page.{ending}")
    result.stdout.fnmatch_lines([f"report: *out?page.{ending}"])
    text = (two.path / "out" / f"page.{ending}").read_text(encoding="utf-8")
    assert "storyteller-small" in text


def test_with_a_baseline_the_report_is_a_comparison(two):
    """Of this session against the saved one."""
    two.run("--evalkit-save=monday")
    two.run("--evalkit-fresh", "--evalkit-baseline=monday", "--evalkit-report=page.md")
    text = (two.path / "page.md").read_text(encoding="utf-8")
    assert "monday" in text
    assert "fresh-" in text


def test_several_suites_have_a_page_each(two):
    """The first has the path itself, the second one with its name."""
    two.suite("other", samples=2)
    two.tests("def test_other(evalkit):\n    evalkit.suite\n", name="test_other", marker="suite='other.yaml'")
    two.run("--evalkit-report=page.md")
    assert sorted(path.name for path in two.path.glob("page*.md")) == ["page-other.md", "page.md"]


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--evalkit-report=blocked/page.md", "no report about small"),
        ("--evalkit-save=blocked/kept@main", "not saved, so the session fails"),
    ],
)
def test_what_can_not_be_written_is_told_and_changes_no_verdict(two, option, words):
    """The answers are paid for, and the tests have run."""
    (two.path / "blocked").write_text("a file", encoding="utf-8")
    result = two.run(option)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([f"{words}: *"])


@pytest.mark.parametrize(("place", "status"), [("kept@main", 0), ("blocked/kept@main", 1)])
def test_a_session_fails_where_its_baseline_could_not_be_saved(sessions, place, status):
    """A build must not go on as if there were a baseline; one that is saved changes nothing."""
    sessions.suite(samples=3)
    sessions.test("assert evalkit.cell('france', 0)['exact_agreement'] > 0")
    (sessions.path / "blocked").write_text("a file", encoding="utf-8")
    result = sessions.run(f"--evalkit-save={place}", "--evalkit-report=page.md")
    assert result.ret == status
    result.stdout.fnmatch_lines(["report: *page.md"])


def test_each_assertion_is_a_property_in_junit_files(two):
    """Name, verdict, value, interval and samples; they can be turned off."""
    two.run("--junitxml=j.xml")
    found = {each.get("name"): each.get("value") for each in ET.parse(two.path / "j.xml").iter("property")}  # noqa: S314 - pytest wrote it
    assert found["evalkit: exact_agreement of france at T = 0 > 0.1"].startswith("holds: 1.000 [0.")
    (other,) = [value for name, value in found.items() if "disagreement" in name]
    assert other.startswith("inconclusive: 0.000 [")
    assert other.endswith("12 samples")
    two.run("--junitxml=j.xml", "--evalkit-junit=off")
    assert list(ET.parse(two.path / "j.xml").iter("property")) == []  # noqa: S314 - pytest wrote it


def test_a_builds_job_gets_a_summary(two, monkeypatch, tmp_path):
    """It is added to what is there, as a table."""
    path = tmp_path / "summary.md"
    path.write_text("# before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    two.run()
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# before\n### evalkit\n")
    assert "| test | claim | value | interval | n | verdict | change |\n| --- |" in text
    assert "| test_it.py::test_0 | exact_agreement of france at T = 0 > 0.1 | 1.000 | [0." in text
    assert "inconclusive" in text
    assert "&lt; 0.001" in text


def test_a_summary_that_can_not_be_written_fails_nothing(two, monkeypatch, tmp_path):
    """It is a courtesy."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    two.run("-k", "test_0").assert_outcomes(passed=1)


def test_saving_keeps_what_was_looked_at(two):
    """A narrower session saves its own cells only, in the store or another file."""
    two.run()
    two.tests("def test_it(evalkit):\n    evalkit.suite\n", marker="suite='small.yaml', temperatures=[1], samples=2")
    result = two.run("--evalkit-save=kept.sqlite@main")
    result.stdout.fnmatch_lines(["*saved*main/small*"])
    from evalkit import api

    with api.open_store(two.path / "kept.sqlite", read_only=True) as store:
        (run,) = store.runs()
        found = list(store.outcomes(run.label))
    assert run.label == "main/small"
    assert [(each.cell.temperature, len(each.samples)) for each in found] == [(1.0, 2)] * 2
