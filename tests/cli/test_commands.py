"""Each command does what its help says."""

import csv
import io
import json
import os
import stat
import subprocess
import sys
import time

import pytest

from evalkit import registry

CPU_S = 1.0


def test_a_run_shows_its_curves_and_keeps_its_answers(cli, suite_file, folder):
    """Results go to stdout as columns when piped, everything else to stderr."""
    spoken = cli("run", suite_file)
    rows = list(csv.DictReader(io.StringIO(spoken.out), delimiter="\t"))
    assert spoken.code == 0
    assert [(row["metric"], row["temperature"]) for row in rows] == [
        ("exact_agreement", "0"),
        ("exact_agreement", "1"),
        ("length_words", "0"),
        ("length_words", "1"),
    ]
    assert rows[0]["value"] == "1"
    assert stat.S_IMODE((folder / "runs.sqlite").stat().st_mode) == 0o600


def test_a_finished_run_sends_nothing_and_says_the_same(cli, suite_file):
    """The same command again changes nothing."""
    first, second = cli("run", suite_file), cli("run", suite_file)
    assert second.out == first.out
    assert json.loads(cli("plan", suite_file, "--json").out)["n_requests"] == 0


def test_more_samples_extend_a_run(cli, suite_file):
    """Raising the samples buys only the new ones."""
    cli("run", suite_file)
    assert json.loads(cli("plan", suite_file, "-n", 6, "--json").out)["n_requests"] == 8
    assert cli("run", suite_file, "-n", 6).code == 0
    (row,) = json.loads(cli("show", "runs.sqlite", "--json").out)
    assert (row["samples"], row["draws"]) == (24, 24)


def test_a_plan_sends_nothing_and_makes_no_file(cli, suite_file, folder):
    """The plan is arithmetic."""
    spoken = cli("plan", suite_file)
    assert "16" in spoken.out
    assert [path.name for path in folder.iterdir()] == [suite_file.name]


def test_a_sweep_needs_no_file(cli):
    """One prompt on the command line is a whole experiment, and says who answered."""
    spoken = cli("sweep", "Tell a two-sentence story about a dragon.", "-t", "0,creative", "-n", 3)
    assert spoken.code == 0
    assert "1.1" in spoken.out
    assert "embedded endpoint" in spoken.err


def test_json_is_json(cli, suite_file):
    """The JSON of a run can be read by a program."""
    data = json.loads(cli("run", suite_file, "--json").out)
    assert "exact_agreement" in json.dumps(data)


@pytest.mark.parametrize(("ending", "start"), [("html", "<!doctype"), ("md", "#"), ("json", "{"), ("csv", "label")])
def test_a_report_is_written_in_the_form_of_its_ending(cli, suite_file, folder, ending, start):
    """The ending of the file chooses the form."""
    cli("run", suite_file)
    assert cli("report", "runs.sqlite@small", "-o", f"page.{ending}").code == 0
    assert (folder / f"page.{ending}").read_text().lower().startswith(start)


def test_a_report_has_a_place_of_its_own(cli, suite_file, folder):
    """Without a name the page goes to the folder of reports."""
    cli("run", suite_file)
    assert cli("report", "runs.sqlite").out.strip() == "reports/small.html"
    assert (folder / "reports/small.html").exists()


def test_a_metric_can_be_asked_for_with_options(cli, suite_file):
    """Options follow the name."""
    cli("run", suite_file)
    assert "distinct_n(n=3)" in cli("measure", "runs.sqlite", "-m", "distinct_n:n=3").out


def test_export_and_import_give_the_same_numbers(cli, suite_file, folder):
    """What is exported and read again measures the same."""
    first = cli("run", suite_file)
    assert cli("export", "runs.sqlite", "-o", "answers.jsonl").code == 0
    lines = (folder / "answers.jsonl").read_text().splitlines()
    assert len(lines) == 16
    imported = cli("import", "answers.jsonl", "--label", "again", "-m", "exact_agreement", "-m", "length_words")
    assert imported.code == 0, imported
    assert cli("measure", "runs.sqlite@again").out == first.out


def test_an_import_names_the_line_that_is_wrong(cli, folder):
    """A broken line is named by file and number, and nothing is kept of the file."""
    good = json.dumps({"model": "m", "prompt_id": "a", "temperature": 0, "replicate": 0, "text": "x"})
    (folder / "answers.jsonl").write_text(f"{good}\nbroken\n")
    spoken = cli("import", "answers.jsonl", "--label", "x")
    assert spoken.code == 4
    assert "answers.jsonl:2" in spoken.err
    assert json.loads(cli("show", "runs.sqlite", "--json").out) == []


def test_show_goes_from_runs_to_cells_to_answers(cli, suite_file):
    """The store, one run, one prompt: each a table."""
    cli("run", suite_file)
    assert "complete" in cli("show", "runs.sqlite").out
    assert len(cli("show", "runs.sqlite@small").out.splitlines()) == 5
    assert len(json.loads(cli("show", "runs.sqlite@small", "--prompt", "keeper", "--json").out)) == 8


@pytest.mark.parametrize("kind", sorted(registry.ROOMS))
def test_the_catalogue_lists_every_kind(cli, kind):
    """Each thing has a name and one line about it."""
    entries = json.loads(cli("list", kind, "--json").out)
    assert [entry["name"] for entry in entries] == list(registry.names(kind))
    assert all(entry["summary"] for entry in entries)


def test_the_schema_is_a_schema(cli):
    """Editors can use it."""
    assert "temperatures" in json.loads(cli("schema").out)["properties"]


def test_the_demo_writes_a_page(cli, folder):
    """The demo needs nothing and ends with the path of its page."""
    spoken = cli("demo", "-n", 4)
    assert spoken.code == 0
    assert spoken.out.splitlines()[-1].endswith("reports/demo.html")
    assert "vary more as temperature rises" in (folder / "reports/demo.html").read_text()


def test_help_names_every_command_and_every_exit_code(cli):
    """Nobody has to look elsewhere."""
    text = cli("--help").out
    assert all(name in text for name in registry.names("commands"))
    assert all(code in text for code in ("70", "130", "143"))


def cpu_seconds(*words):
    """Return the processor time of one command."""
    before = os.times()
    subprocess.run([sys.executable, "-m", "evalkit", *words], check=True, capture_output=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def test_help_is_quick():
    """Help loads none of the heavy libraries and costs little processor time, on a slow machine, too."""
    cpu_s = min(cpu_seconds("--help") for _ in range(3))
    assert cpu_s < CPU_S


def test_the_version_is_told(cli):
    """The version stands alone on its line."""
    assert cli("--version").out.startswith("evalkit 0")


def test_a_reader_that_leaves_is_no_error(suite_file, cli):
    """`evalkit export | head` ends quietly, with the code of a broken pipe."""
    cli("run", suite_file, "-n", 200)
    command = f"{sys.executable} -m evalkit export runs.sqlite | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert len(done.stdout.splitlines()) == 1
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize(("signal_name", "code"), [("INT", 130), ("TERM", 143)])
def test_a_signal_keeps_what_is_in_flight_and_tells_how_to_go_on(cli, suite_file, folder, signal_name, code):
    """The first signal drains; the exit code is the signal's, and nothing was bought for nothing."""
    import signal

    from evalkit.loopback.server import Server

    with Server(latency_s=0.2) as server:
        words = [sys.executable, "-m", "evalkit", "run", str(suite_file), "-n", "50", "--base-url", server.url]
        process = subprocess.Popen(words, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        while len(server.journal) < 20:
            time.sleep(0.01)
        process.send_signal(getattr(signal, f"SIG{signal_name}"))
        _, errors = process.communicate(timeout=30)
        served = len(server.journal)
    assert process.returncode == code, errors
    assert "Go on with: evalkit run" in errors
    (row,) = json.loads(cli("show", "runs.sqlite", "--json").out)
    assert row["samples"] == served


def test_a_killed_run_resumes_where_it_was(cli, suite_file, folder):
    """After kill -9 at most what was in flight is bought again."""
    from evalkit.loopback.server import Server

    with Server(latency_s=0.1) as server:
        words = [sys.executable, "-m", "evalkit", "run", str(suite_file), "-n", "20", "--base-url", server.url]
        process = subprocess.Popen(words, cwd=folder, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        while len(server.journal) < 30:
            time.sleep(0.01)
        process.kill()
        process.wait()
        assert cli(*words[3:]).code == 0
        assert 80 <= len(server.journal) <= 80 + 8
