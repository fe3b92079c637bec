"""What all processes of one session have sent."""

from evalkit.testing.spent import Spent


def test_one_process_sees_what_another_has_noted(tmp_path):
    """Requests and cost add up, and a draw that was tried is not tried again."""
    first, second = Spent(tmp_path / "shared"), Spent(tmp_path / "shared")
    first.add(3, 0.5, {("cell", 1)})
    second.read()
    second.add(2, 0.25, {("cell", 2)})
    first.read()
    assert (first.n_requests, first.cost) == (5, 0.75)
    assert first.tried == {("cell", 1), ("cell", 2)}


def test_a_process_by_itself_leaves_no_file(tmp_path):
    """It has nobody to tell."""
    alone = Spent(None)
    alone.read()
    alone.add(1, 0.0, set())
    assert alone.n_requests == 1
    assert list(tmp_path.iterdir()) == []


def test_nobody_has_noted_anything_yet(tmp_path):
    """The first to read finds nothing."""
    first = Spent(tmp_path / "shared")
    first.read()
    assert (first.n_requests, first.cost, first.tried) == (0, 0.0, set())
