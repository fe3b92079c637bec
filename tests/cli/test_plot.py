"""`evalkit plot`: one picture as a file."""

import pytest


@pytest.fixture
def store(cli, suite_file):
    """Return the name of a store with one run."""
    assert cli("run", suite_file).code == 0
    return "runs.sqlite"


@pytest.mark.parametrize(("ending", "begins"), [("png", b"\x89PNG"), ("svg", b"<svg"), ("pdf", b"%PDF")])
def test_the_ending_decides(cli, store, folder, ending, begins):
    """The picture is written whole, its path goes to stdout."""
    spoken = cli("plot", "curve", store, "-o", f"sub/curve.{ending}", "--dark")

    assert spoken.code == 0
    assert spoken.out == f"sub/curve.{ending}\n"
    assert (folder / "sub" / f"curve.{ending}").read_bytes().startswith(begins)


def test_the_metric_is_chosen(cli, store, folder):
    """Without one it is the headline's; options are written as everywhere."""
    cli("plot", "curve", store)
    cli("plot", "curve", store, "-m", "distinct_n:n=3", "-o", "n.svg")

    assert "exact agreement" in (folder / "curve.svg").read_text()
    assert "distinct-3" in (folder / "n.svg").read_text()


def test_two_runs_are_drawn_over_one_another(cli, store, suite_file, folder):
    """Plots of comparisons take a baseline."""
    cli("run", suite_file, "--label", "again")
    spoken = cli("plot", "overlay", "runs.sqlite@again", "-b", "small", "-m", "length_words", "-o", "o.svg")

    assert spoken.code == 0
    assert "again" in (folder / "o.svg").read_text()
    assert store


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("curve", "-o", "curve.bmp"), 2, "svg, png, pdf"),
        (("curves",), 2, "did you mean 'curve'"),
        (("forest",), 2, "--baseline"),
        (("frontier",), 5, "qd_index"),
    ],
)
def test_what_can_not_be_drawn_is_one_line(cli, store, words, code, told):
    """A wrong ending, a wrong name, and a noun that the run does not give."""
    spoken = cli("plot", words[0], store, *words[1:])

    assert spoken.code == code
    assert told in spoken.err
    assert spoken.out == ""
