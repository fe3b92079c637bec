import pytest

from evalkit.loopback.altering import altered
from evalkit.loopback.habits import habits_of
from evalkit.loopback.language import CONTEXT
from evalkit.loopback.wire import ProtocolError

ASKED = {"model": "m", "messages": [{"role": "user", "content": "Hello!"}]}


@pytest.mark.parametrize(
    ("habits", "sent", "sampled"),
    [
        (["ignored"], 0.3, 1.0),
        (["greedy"], 2.0, 0.0),
        (["clamped"], 1.7, 1.0),
        (["clamped"], 0.4, 0.4),
        (["rescaled:0.6"], 1.5, 0.9),
        (["rescaled", "clamped:0.5"], 2.0, 0.5),
        (["default-temperature"], None, 0.8),
        (["default-temperature", "rescaled:0.5"], None, 0.4),
        (["default-temperature"], 0.2, 0.2),
    ],
)
def test_temperature_that_is_sampled(habits: list[str], sent: float | None, sampled: float) -> None:
    """Each habit of temperature makes of the one sent what its name says, and together they apply in one order."""
    fields = {**ASKED, "temperature": sent}
    assert altered(fields, habits_of(habits)).temperature == pytest.approx(sampled)


@pytest.mark.parametrize(
    ("habit", "sent", "limit"),
    [
        ("max-tokens-ignored", {"max_tokens": 5}, CONTEXT),
        ("max-tokens-ignored", {"max_completion_tokens": 5}, 5),
        ("max-completion-tokens-ignored", {"max_completion_tokens": 5}, CONTEXT),
        ("max-completion-tokens-ignored", {"max_tokens": 5, "max_completion_tokens": 6}, 5),
        ("jitter", {"max_tokens": 5, "max_completion_tokens": 6}, 6),
    ],
)
def test_limit_that_is_kept(habit: str, sent: dict[str, int], limit: int) -> None:
    """An ignored limit leaves the other one, or none; where both count, max_completion_tokens wins."""
    assert altered({**ASKED, **sent}, habits_of([habit])).max_tokens == limit


@pytest.mark.parametrize(
    ("sent", "field", "taken"),
    [
        ({"temperature": -1}, "temperature", 0.0),
        ({"temperature": 100}, "temperature", 2.0),
        ({"temperature": "0.5"}, "temperature", 0.5),
        ({"temperature": "hot"}, "temperature", 1.0),
        ({"top_p": 1.5}, "top_p", 1.0),
        ({"n": 0}, "n", 1),
        ({"max_tokens": 0}, "max_tokens", 1),
        ({"seed": 2**64}, "seed", 2**63 - 1),
        ({"stop": ["", "a", 3]}, "stop", ("a",)),
        ({"logprobs": True, "top_logprobs": 1000}, "top_logprobs", 20),
        ({"messages": []}, "messages", ({"role": "user", "content": ""},)),
        ({"messages": [{"role": "wizard", "content": "Hi"}]}, "messages", ({"role": "user", "content": "Hi"},)),
        ({"stream": 1, "stream_options": "all"}, "stream", True),
        ({"model": None}, "model", "unnamed"),
    ],
)
def test_nonsense_is_taken_for_what_is_nearest(sent: dict[str, object], field: str, taken: object) -> None:
    """With one habit every value is taken; without it each of these requests is refused, or taken as it is."""
    assert getattr(altered({**ASKED, **sent}, habits_of(["accepts-anything"])), field) == taken
    with pytest.raises(ProtocolError):
        altered({**ASKED, **sent}, habits_of([]))


def test_wrong_values_stay_wrong_where_they_are_ignored() -> None:
    """A server that ignores the temperature refuses one that makes no sense all the same."""
    with pytest.raises(ProtocolError, match="temperature"):
        altered({**ASKED, "temperature": "hot"}, habits_of(["ignored"]))


def test_unknown_fields_are_named() -> None:
    """The refusal of unknown fields names them, in the shape of its kind; fields of the protocol pass."""
    with pytest.raises(ProtocolError, match="min_p") as refused:
        altered({**ASKED, "min_p": 0.1}, habits_of(["strict-fields"]))
    assert (refused.value.status, set(refused.value.body)) == (422, {"detail"})
    assert altered({**ASKED, "frequency_penalty": 0, "user": "u"}, habits_of(["strict-fields"])).n == 1
