import pytest

from evalkit.loopback.application import application
from evalkit.loopback.faults import Fault
from evalkit.loopback.habits import HABITS, VALUES, habits_of, listing, meanings, sort_out


def test_every_habit_is_in_the_table() -> None:
    """The names that are taken and those of the table, each with a meaning, are the same."""
    assert set(meanings()) == HABITS
    assert all(meanings().values())
    assert all(f"\n{name}" in listing() for name in HABITS)


@pytest.mark.parametrize("name", sorted(HABITS))
def test_habit_is_taken_with_its_value_alone(name: str) -> None:
    """A habit is taken without a value, with one where it has one, and refused with one where it has none."""
    assert habits_of([name]) == {name: VALUES.get(name, (0.0,))[0]}
    if name in VALUES:
        _, low, high = VALUES[name]
        assert habits_of([f"{name}:{high}"]) == {name: high}
        for wrong in ("", "much", "nan", str(low - 1), str(high * 2)):
            with pytest.raises(ValueError, match="needs a number"):
                habits_of([f"{name}:{wrong}"])
    else:
        with pytest.raises(ValueError, match="takes no value"):
            habits_of([f"{name}:1"])


def test_unknown_habit_is_refused() -> None:
    """A habit of no known name is an error that lists the names, and one named twice is an error."""
    with pytest.raises(ValueError, match="rescaled"):
        application(habits=("forgetful",))
    with pytest.raises(ValueError, match="twice"):
        habits_of(["rescaled:0.3", "rescaled:0.6"])


def test_names_are_sorted_out() -> None:
    """Habits, faults of the wire and mixtures are told apart by their names; what is both is a habit."""
    assert sort_out(["ignored", "truncated:2"]) == (None, ("ignored", "truncated:2"))
    wire, habits = sort_out(["wire:truncated", "jitter", "status:503"])
    assert wire is not None
    assert habits == ("jitter",)
    assert [wire.take() for _ in range(3)] == [Fault("truncated"), Fault("status", 503.0), Fault("truncated")]
    mixture, _ = sort_out(["down"])
    assert mixture is not None
    assert mixture.take() == Fault("status", 503.0)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["forgetful"], "rescaled:0.3 .*every temperature"),
        (["flaky", "storm"], "one mixture"),
        (["flaky", "html"], "one mixture"),
        (["rescaled:hot"], "needs a number"),
        (["status"], "needs a value"),
        (["wire:forgetful"], "no fault"),
    ],
)
def test_names_that_are_none_are_refused(names: list[str], said: str) -> None:
    """An unknown name lists what there is; a wrong value and a second mixture are errors."""
    with pytest.raises(ValueError, match=said):
        sort_out(names)
