"""Floors made of nouns, for the tests of their words, tables and pictures."""

from __future__ import annotations

from dataclasses import replace

from evalkit.nouns import (
    Contrast,
    Estimate,
    FingerprintSplit,
    Floor,
    FloorLevel,
    Interval,
    Load,
    LoadArm,
    LoadContrast,
    Metric,
    MetricFloor,
    Verdict,
)


def known(value: float | None, low: float = 0.0, high: float = 1.0, undefined: str | None = None) -> Estimate:
    """Return an estimate with an interval, or one that does not exist."""
    interval = None if value is None else Interval(low=low, high=high)
    return Estimate(value=value, interval=interval, n_prompts=6, n_samples=120, method="m", undefined=undefined)


def contrast(
    value: float | None, verdict: Verdict, *, temperature: float = 0.0, undefined: str | None = None
) -> Contrast:
    """Return a difference from the floor with an interval of ±0.1."""
    interval = None if value is None else Interval(low=value - 0.1, high=value + 0.1)
    return Contrast(
        metric="exact_agreement",
        temperature=temperature,
        difference=value,
        interval=interval,
        p_value=None if value is None else 0.004,
        p_adjusted=None if value is None else 0.012,
        verdict=verdict,
        margin=0.05,
        n_prompts=6,
        method="m",
        undefined=undefined,
    )


def floor_of(metric: Metric, **changes: object) -> Floor:
    """Return a floor of one metric: serial near 1, a burst lower, mixed open."""
    arm = LoadArm(
        load=Load.SERIAL,
        n_prompts=6,
        n_samples=120,
        n_failed=0,
        distinct=1.0,
        commonest=1.0,
        n_parting=0,
        first_parting=None,
    )
    burst = replace(arm, load=Load.BURST, distinct=3.5, commonest=0.6, n_parting=4, first_parting=12)
    found = Floor(
        arms=(arm, burst, replace(arm, load=Load.MIXED)),
        metrics=(
            MetricFloor(
                metric=metric,
                level=FloorLevel(load=Load.SERIAL, estimate=known(1.0, 0.91, 1.0)),
                others=(
                    FloorLevel(load=Load.BURST, estimate=known(0.6, 0.5, 0.7)),
                    FloorLevel(load=Load.MIXED, estimate=known(0.98, 0.88, 1.0)),
                ),
                loads=(
                    LoadContrast(load=Load.BURST, contrast=contrast(-0.4, Verdict.LOWER)),
                    LoadContrast(load=Load.MIXED, contrast=contrast(-0.02, Verdict.INCONCLUSIVE)),
                ),
                above=(
                    contrast(-0.03, Verdict.INCONCLUSIVE, temperature=0.5),
                    contrast(-0.9, Verdict.LOWER, temperature=1.0),
                ),
            ),
        ),
        fingerprints=None,
    )
    return replace(found, **changes)


def split_of(p_value: float | None = 0.001, difference: float | None = 0.5) -> FingerprintSplit:
    """Return agreement by fingerprints: 0.9 against 0.4."""
    none = "no cell holds pairs of both kinds"
    return FingerprintSplit(
        n_fingerprints=2,
        n_same=900,
        n_different=1000,
        same=known(0.9, 0.8, 0.95) if p_value is not None else known(None, undefined=none),
        different=known(0.4, 0.3, 0.5) if p_value is not None else known(None, undefined=none),
        difference=difference,
        p_value=p_value,
    )
