"""The floor on the command line."""

import json

LOADED = """\
name: loaded
load: [serial, burst, mixed]
temperatures: [0, 1]
samples: 4
metrics: [exact_agreement]
endpoint: {model: storyteller-small, base_url: loopback}
decoding: {max_tokens: 20}
prompts: [{id: keeper, user: Tell me a story about a lighthouse keeper.}]
"""


def test_plan_run_and_show_know_loads(cli, folder):
    """The plan has columns for them, the run says the floor, and show tells their cells from the grid's."""
    (folder / "loaded.yaml").write_text(LOADED)
    planned = cli("plan", "loaded.yaml").out
    assert "1 prompt × 2 temperatures × 4 = 8 draws, and 4 serial at T = 0, and 4 burst at T = 0" in planned
    assert json.loads(cli("plan", "loaded.yaml", "--json").out)["loads"] == ["serial", "burst"]
    spoken = cli("run", "loaded.yaml")
    assert "The floor of exact agreement is" in spoken.err
    assert "floor" not in spoken.out
    rows = json.loads(cli("show", "runs.sqlite@loaded", "--json").out)
    assert [(row["temperature"], row["load"]) for row in rows] == [(0, ""), (1, ""), (0, "serial"), (0, "burst")]
    data = json.loads(cli("measure", "runs.sqlite@loaded", "--json").out)
    assert data["blocks"]["floor"]["metrics"][0]["load"] == "serial"


def test_a_run_without_loads_shows_none(cli, suite_file):
    """Nothing is said of a floor, and rows have no column for it."""
    spoken = cli("run", suite_file)
    assert "floor" not in spoken.err
    assert "load" not in json.loads(cli("show", "runs.sqlite@small", "--json").out)[0]
