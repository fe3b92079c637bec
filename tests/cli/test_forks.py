"""Where answers part, in the terminal."""

import json


def test_medians_by_temperature(cli, suite_file):
    """Without a cell named the command gives a row for each temperature."""
    cli("run", suite_file)
    lines = cli("forks").out.splitlines()
    assert lines[0].split("  ")[0] == "temperature"
    assert [line.split()[0] for line in lines[1:]] == ["0", "1"]
    assert lines[1].split()[1] == "-"
    rows = json.loads(cli("forks", "--json").out)
    assert [row["n_prompts"] for row in rows] == [2, 2]
    assert rows[0]["position"] is None
    assert "never part" in rows[0]["undefined"]


def test_the_trees_of_cells(cli, suite_file):
    """A prompt or a temperature gives the trees of its cells."""
    cli("run", suite_file)
    spoken = cli("forks", "runs.sqlite@small", "--prompt", "dragon", "-t", "1")
    assert spoken.code == 0
    assert spoken.out.startswith("dragon, T = 1\n[all 4 samples")
    trees = json.loads(cli("forks", "-t", "0,1", "--json").out)
    assert [(tree["prompt_id"], tree["temperature"]) for tree in trees] == [
        ("keeper", 0.0),
        ("keeper", 1.0),
        ("dragon", 0.0),
        ("dragon", 1.0),
    ]


def test_an_unknown_cell_is_told(cli, suite_file):
    """A prompt or a temperature that the run has not is a mistake in one line, with those it has."""
    cli("run", suite_file)
    for words, known in ((("--prompt", "cat"), "keeper"), (("-t", "0.5"), "0, 1")):
        spoken = cli("forks", *words)
        assert (spoken.code, known in spoken.err) == (2, True)


def test_the_page_tells_forks_lengths_and_drift(cli, suite_file, folder):
    """Measuring a run fills these parts of its page; a run of four samples is too short for a test of drift."""
    cli("run", suite_file)
    assert cli("report", "runs.sqlite@small", "-o", "four.html").code == 0
    page = (folder / "four.html").read_text()
    assert "Where answers part" in page
    assert "Length and latency" in page
    assert "Drift over time" not in page
    cli("run", suite_file, "-n", 6)
    cli("report", "runs.sqlite@small", "-o", "six.html")
    assert "Drift over time" in (folder / "six.html").read_text()
