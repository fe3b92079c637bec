"""The page about repeated comparisons."""

from calibration.repetitions import Tally, page
from evalkit.nouns import Comparison, Contrast, Verdict


def _comparison(verdict: Verdict) -> Comparison:
    contrast = Contrast(
        metric="rouge_l_distance",
        temperature=0.7,
        difference=-0.2,
        interval=None,
        p_adjusted=0.01,
        verdict=verdict,
        n_prompts=6,
        method="paired",
    )
    return Comparison(baseline="main", candidate="again", contrasts=(contrast,))


def test_verdicts_are_counted_by_comparison_and_temperature() -> None:
    """A comparison counts once among those that say anything, and its contrasts at their temperature."""
    same, cut = Tally(), Tally()
    same.see(_comparison(Verdict.EQUIVALENT))
    cut.see(_comparison(Verdict.LOWER))
    lines = page(same, cut, (0.7,), 60.0).splitlines()
    assert "| the same settings again | 1 | 0 | 0 |" in lines
    assert "| `top_p: 0.5` | 1 | 1 | 0 |" in lines
    assert lines[-1] == "| 0.7 | 0 | 0 | 1 | 0 | 0 | 1 | 0 | 0 |"
