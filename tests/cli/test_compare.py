"""Comparing runs from the command line, on the embedded endpoint."""

import csv
import io
import json
from pathlib import Path

import pytest

PLAIN = """\
name: main
temperatures: [0, 0.7, 1]
samples: 8
metrics: [rouge_l_distance]
endpoint: {model: storyteller-small, base_url: loopback}
decoding: {max_tokens: 60}
prompts:
  - {id: keeper, user: Tell a two-sentence story about a lighthouse keeper.}
  - {id: dragon, user: Tell a two-sentence story about a dragon.}
  - {id: train, user: Tell a two-sentence story about a night train.}
"""


@pytest.fixture
def runs(cli, folder):
    """Return a store with a plain run, and one that is cut to half the mass."""
    (folder / "main.yaml").write_text(PLAIN)
    (folder / "cut.yaml").write_text(PLAIN.replace("max_tokens: 60", "max_tokens: 60, top_p: 0.5"))
    for name in ("main", "cut"):
        assert cli("run", f"{name}.yaml", "--label", name).code == 0
    return "runs.sqlite"


def _rows(spoken, quantity="value"):
    rows = csv.DictReader(io.StringIO(spoken.out), delimiter="\t")
    return [row for row in rows if row["quantity"] == quantity]


def test_a_truncated_run_is_lower(cli, runs):
    """Half the mass is less diverse from T = 0.7 on, not shown to be at T = 0; the setting that did it comes first."""
    spoken = cli("compare", f"{runs}@cut", "--baseline", "main", "--fail-on", "lower")
    assert {row["temperature"]: row["verdict"] for row in _rows(spoken)} == {
        "0": "inconclusive",
        "0.7": "lower",
        "1": "lower",
    }
    assert spoken.err.splitlines()[0] == "settings differ, top_p: not set -> 0.5"
    assert {row["verdict"] for row in _rows(spoken, "discrepancy") if row["temperature"] == "0.7"} == {"different"}
    assert spoken.code == 1


def test_a_run_against_itself_shows_nothing(cli, runs):
    """No HIGHER and no LOWER; what is asked for stays open, so the code is 5, and 0 where nothing is asked."""
    spoken = cli("compare", f"{runs}@main")
    assert {row["verdict"] for row in _rows(spoken)} <= {"equivalent", "inconclusive"}
    assert (spoken.code, cli("compare", f"{runs}@main", "--fail-on", "different").code) == (0, 5)


def test_a_bound_decides(cli, runs):
    """A fall beyond the bound fails, a bound out of reach passes, and the metric need not be named twice."""
    assert cli("compare", f"{runs}@cut", "--fail-on", "rouge_l_distance<-0.05").code == 1
    assert cli("compare", f"{runs}@cut", "--fail-on", "rouge_l_distance>0.9").code == 0


def test_json_holds_everything(cli, runs):
    """Several runs give several comparisons, each with settings, contrasts and discrepancies."""
    spoken = cli("compare", f"{runs}@cut", f"{runs}@main", "--json")
    first, second = json.loads(spoken.out)["comparisons"]
    assert (first["candidate"], second["candidate"], first["baseline"]) == ("cut", "main", "main")
    assert first["settings"] == [{"name": "top_p", "baseline": "not set", "candidate": "0.5"}]
    assert {each["verdict"] for each in first["contrasts"]} >= {"lower"}
    assert first["discrepancies"][0]["kernel"] == "exact_match"


def test_fewer_samples_are_equalised(cli, runs, folder):
    """A metric that changes with the number of samples is brought down to one, across two stores, and says so."""
    (folder / "few.yaml").write_text(PLAIN.replace("samples: 8", "samples: 5"))
    cli("run", "few.yaml", "--store", "few.sqlite")
    spoken = cli("compare", "few.sqlite", "-b", f"{runs}@main", "-m", "unique_share")
    assert {row["metric"] for row in _rows(spoken)} == {"unique_share(rarefy=5)"}
    assert all(row["difference"] for row in _rows(spoken))
    assert "caution, rarefied" in spoken.err
    assert "settings differ, samples: 8 -> 5" in spoken.err


def test_no_common_prompt_is_one_line(cli, runs, folder):
    """Runs of other prompts can not be compared: exit 5."""
    (folder / "other.yaml").write_text(PLAIN.replace("{id: ", "{id: other-"))
    cli("run", "other.yaml", "--label", "other")
    spoken = cli("compare", f"{runs}@other")
    assert (spoken.code, spoken.out, len(spoken.err.splitlines())) == (5, "", 1)
    assert "no prompt" in spoken.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--fail-on", "worse"], "--fail-on can not be 'worse'"),
        (["--over", "any"], "intervals can not speak of"),
        (["--margin", "2"], "margin is 2"),
        (["-m", "length_words", "--fail-on", "distinct_n<0"], "'distinct_n' is not compared"),
    ],
)
def test_what_can_not_be_asked(cli, runs, words, said):
    """A wrong question is one line and code 2."""
    spoken = cli("compare", f"{runs}@cut", *words)
    assert spoken.code == 2
    assert said in spoken.err


def test_a_baseline_that_is_not_there(cli, runs):
    """A label nobody has is an error of the store, with the labels there are."""
    spoken = cli("compare", f"{runs}@cut", "--baseline", "nobody")
    assert spoken.code == 4
    assert not Path("nobody").exists()


def test_files_for_everyone(cli, runs, folder, monkeypatch):
    """One call writes the page with answers of both runs, Markdown and JUnit without any, and the job's summary."""
    summary = folder / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    files = [word for name in ("page.html", "what.md", "tests.xml") for word in ("-o", name)]
    spoken = cli("compare", f"{runs}@cut", *files, "--fail-on", "lower")
    assert spoken.code == 1
    page, text, cases = ((folder / name).read_text() for name in ("page.html", "what.md", "tests.xml"))
    assert "Answers side by side" in page
    assert page.count('class="pair"') == 9
    assert "<failure" in cases
    assert summary.read_text() == f"before\n{text}\n"
    assert "main: The run has 3 prompts." in text


def test_a_page_without_answers(cli, runs, folder):
    """--no-answers leaves the models' words out; report --baseline writes the same page with them."""
    cli("compare", f"{runs}@cut", "-o", "bare.html", "--no-answers")
    spoken = cli("report", f"{runs}@cut", "--baseline", "main", "-o", "full.html")
    assert (spoken.code, spoken.out) == (0, "full.html\n")
    assert ["Answers side by side" in (folder / name).read_text() for name in ("bare.html", "full.html")] == [
        False,
        True,
    ]


def test_an_ending_nobody_writes(cli, runs):
    """A file that can not be written is refused before anything is measured."""
    spoken = cli("compare", f"{runs}@cut", "-o", "page.docx")
    assert (spoken.code, spoken.out) == (2, "")
    assert "'docx'" in spoken.err
