import pytest

from evalkit.nouns import LadderRow
from evalkit.reporting.ladder import ladder_of


def _rows(*differing: int, n_prompts: int = 6) -> list[LadderRow]:
    levels = ("raw", "whitespace", "punctuation")
    return [
        LadderRow(temperature=0.0, level=level, agreement=1 - d / 10, n_differing=d, n_prompts=n_prompts)
        for level, d in zip(levels, differing, strict=True)
    ]


@pytest.mark.parametrize(
    ("differing", "sentence"),
    [
        (
            (2, 0, 0),
            (
                "At T = 0, repeated answers differ for 2 of 6 prompts, but the difference disappears at the level of "
                "white space."
            ),
        ),
        ((0, 0, 0), "At T = 0, repeated answers were identical for every prompt (6 of 6)."),
        (
            (3, 3, 2),
            (
                "At T = 0, repeated answers differ for 3 of 6 prompts; at the level of punctuation they still "
                "differ for 2."
            ),
        ),
    ],
)
def test_sentence_names_the_level(differing: tuple[int, ...], sentence: str) -> None:
    """The sentence says at which level disagreement disappears, if it does."""
    ladder = ladder_of(_rows(*differing))
    assert ladder is not None
    assert ladder.sentence == sentence


def test_a_difference_that_all_but_disappears_is_named_with_what_is_left() -> None:
    """Where white space explains nearly all, the sentence says so and counts the rest."""
    ladder = ladder_of(_rows(97, 3, 2, n_prompts=97))
    assert ladder is not None
    assert ladder.sentence.endswith("disappears at the level of white space for all but 3 of them.")


def test_no_rows_no_ladder() -> None:
    """Nothing looked at is nothing shown, and prompts with one sample say nothing."""
    assert ladder_of([]) is None
    silent = ladder_of(_rows(0, 0, 0, n_prompts=0))
    assert silent is not None
    assert not silent.sentence


def test_missing_steps_stay_missing() -> None:
    """A temperature without a level has no step there, not a zero."""
    rows = [*_rows(2, 0, 0), LadderRow(temperature=1.0, level="raw", agreement=0.5, n_differing=6, n_prompts=6)]
    ladder = ladder_of(rows)
    assert ladder is not None
    assert ladder.levels == ("bytes", "white space", "punctuation")
    assert [step is None for step in ladder.rows[1][1]] == [False, True, True]
