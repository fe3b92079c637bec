"""`evalkit sweep`: one prompt, several temperatures, no file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalkit.cli import budgets, buying, names, precisions, running, say
from evalkit.nouns import (
    USUAL_METRICS,
    Decoding,
    Endpoint,
    Message,
    MetricRequest,
    Prompt,
    Suite,
    content_key,
    usual_samples,
)

_METRICS = ",".join(USUAL_METRICS)


def sweep(
    prompt: Annotated[str, typer.Argument(help="What to ask.")],
    temperatures: Annotated[
        str,
        typer.Option(
            "--temperatures", "-t", help="Comma-separated; conservative is 0.1, creative 1.1; none sends none."
        ),
    ] = "0,0.3,0.7,1,1.3",
    samples: Annotated[
        int | None, typer.Option("--samples", "-n", min=1, help="Samples per temperature; 20 unless told.")
    ] = None,
    system: Annotated[str, typer.Option(help="System message.")] = "",
    model: Annotated[str, typer.Option(help="Name of the model.")] = "gpt-4.1-mini",
    base_url: Annotated[str | None, typer.Option(help="Address; OPENAI_BASE_URL unless told.")] = None,
    answer_tokens: Annotated[int, typer.Option(min=1, help="Most tokens of one answer.")] = 256,
    metrics: Annotated[str, typer.Option("--metrics", help="Comma-separated names.")] = _METRICS,
    store: Annotated[Path, typer.Option(help="The store; made when it is not there.")] = Path(names.DEFAULT_STORE),
    label: Annotated[str | None, typer.Option(help="Name of the run; made of the question unless told.")] = None,
    precision: precisions.Within = None,
    decide: precisions.Decide = None,
    preflight: running.Preflight = None,
    executor: running.Executed = "local",
    max_requests: budgets.MaxRequests = None,
    max_tokens: budgets.MaxTokens = None,
    max_cost: budgets.MaxCost = None,
    prices: budgets.Prices = None,
    report: Annotated[Path | None, typer.Option(help="Write a report there, too (html, md, json, csv).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Results as JSON.")] = False,
) -> int:
    """Ask one prompt many times at several temperatures and show how much the answers vary."""
    from evalkit import api
    from evalkit.chat import embedded_unless_set

    budget = budgets.budget_of(max_requests, max_tokens, max_cost, prices)
    address = base_url or embedded_unless_set()
    if base_url is None and address is not None:
        say.say("neither OPENAI_API_KEY nor OPENAI_BASE_URL is set: the embedded endpoint answers")
    sent = temperatures.strip() != "none"
    turns = [Message(role="system", content=system)] if system else []
    asked = Suite(
        name="sweep",
        endpoint=Endpoint(model=model, base_url=address),
        prompts=(Prompt(id="prompt", messages=(*turns, Message(role="user", content=prompt))),),
        temperatures=names.temperatures_of(temperatures) if sent else (1.0,),
        send_temperature=sent,
        samples=samples or usual_samples(1),
        metrics=tuple(MetricRequest(name=name.strip()) for name in metrics.split(",")),
        decoding=Decoding(max_tokens=answer_tokens),
    )
    asked = precisions.precise(asked, precision, decide, samples)
    what = content_key([system, prompt, model, address, answer_tokens, list(asked.temperatures) if sent else None])
    with api.open_store(store) as opened:
        return buying.bought_and_shown(
            *(asked, opened, label or f"sweep-{what[:8]}", store),
            preflight=preflight,
            budget=budget,
            executor=executor,
            report=report,
            as_json=as_json,
        )
