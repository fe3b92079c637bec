"""`evalkit power`: how many samples a question takes; sends nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from evalkit.cli import names, say
from evalkit.errors import UsageError

if TYPE_CHECKING:
    from evalkit.nouns import Curve

_FORMS = "--at-least 0.95, --detect 0.1, --equivalent 0.05, or --samples 20 for what these can tell"


def power(
    at_least: Annotated[float | None, typer.Option(help="Samples that prove an answer to have this chance.")] = None,
    detect: Annotated[float | None, typer.Option(help="Samples that show a difference of this size.")] = None,
    equivalent: Annotated[float | None, typer.Option(help="Samples that show a difference below this size.")] = None,
    samples: Annotated[
        int | None, typer.Option("--samples", "-n", min=2, help="Samples per prompt: what do these tell?")
    ] = None,
    prompts: Annotated[int | None, typer.Option(min=1, help="Prompts; those of the pilot, or a range.")] = None,
    pilot: Annotated[str | None, typer.Option("--from", help="A run that tells the variance: STORE@LABEL.")] = None,
    metric: Annotated[str | None, typer.Option("--metric", "-m", help="Metric of the pilot.")] = None,
    zeta1: Annotated[float | None, typer.Option(help="Variance of a pair's mean given one of its samples.")] = None,
    truth: Annotated[float | None, typer.Option(help="With --at-least: the chance as it may be.")] = None,
    level: Annotated[float, typer.Option(help="Confidence, between 0.5 and 1.")] = 0.95,
    chance: Annotated[float, typer.Option("--power", help="Chance that the samples show it.")] = 0.8,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Tell how many samples a claim takes, or what a number of samples can tell; sends nothing."""
    asked = [each is not None for each in (at_least, detect, equivalent)]
    if sum(asked) > 1 or not (any(asked) or samples):
        raise UsageError("one question at a time" if any(asked) else "there is no question", hint=_FORMS)
    _allow("--truth", truth, with_it=at_least is not None, hint="it belongs to --at-least")
    given = {"--from": pilot, "--zeta1": zeta1, "--prompts": prompts}
    for name, value in ({**given, "--samples": samples} if at_least is not None else {}).items():
        _allow(name, value, with_it=False, hint="--at-least speaks of samples of one prompt")
    _allow("--samples", samples, with_it=equivalent is None, hint="--equivalent tells the samples")
    _allow("--metric", metric, with_it=pilot is not None, hint="it is measured in a run: --from STORE@LABEL")
    _allow("--zeta1", zeta1, with_it=pilot is None, hint="--from tells it")

    from dataclasses import asdict

    from evalkit import powering

    if at_least is not None:
        answer = powering.proof(at_least, truth=truth, level=level, power=chance)
    else:
        curve = None if pilot is None else _curve(pilot, metric)
        vary = powering.assumed(zeta1) if curve is None else powering.variation(curve)
        usual = powering.USUAL_PROMPTS if curve is None else (max(p.estimate.n_prompts for p in curve.points),)
        sizes = usual if prompts is None else (prompts,)
        if equivalent is not None:
            answer = powering.equivalence(equivalent, vary, prompts=sizes, level=level, power=chance)
        else:
            answer = powering.difference(detect, vary, prompts=sizes, samples=samples, level=level, power=chance)
    say.put(json.dumps(asdict(answer), indent=2) if as_json else str(answer))


def _allow(name: str, value: float | str | None, *, with_it: bool, hint: str) -> None:
    if value is not None and not with_it:
        raise UsageError(f"{name} has no place here", hint=hint)


def _curve(pilot: str, metric: str | None) -> Curve:
    """Return the metric's curve in the pilot run.

    Raises:
        UsageError: No metric is named.
    """
    from evalkit import api

    if metric is None:
        raise UsageError("a pilot tells the variance of one metric", hint="such as --metric exact_agreement")
    wanted = names.metric_of(metric)
    path, label = names.run_of(pilot)
    with api.open_store(path, read_only=True) as store:
        (curve,) = api.measure(store, names.label_in(store, label, pilot), metrics=[wanted]).values()
    return curve
