"""From pytest to the bench and back: how a session begins, and what a test's report is told."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import EvalkitError
from evalkit.testing.options import Settings, settings_of
from evalkit.testing.wording import value_and_ends

if TYPE_CHECKING:
    from evalkit.testing.bench import Bench
    from evalkit.testing.claims import Claim

_TOLD = frozenset({"run", "store", "base_url"})
"""Settings that the header tells in words."""
_SETTINGS = pytest.StashKey[Settings]()
_LETTERS = 60  # of a claim, enough to find it in a message


def header(config: pytest.Config, items: Sequence[pytest.Item]) -> str:
    """Return the one line that tells what holds in a session; it has no place for a key.

    Raises:
        pytest.UsageError: A setting can not be read.
    """
    from evalkit import environment
    from evalkit.text.visible import visible

    settings = _settings(config)
    address = settings["base_url"] or (
        "OPENAI_BASE_URL for the embedded endpoint" if environment.has_address() else "the suites' endpoints"
    )
    said = [
        f"{name} {_shown(settings[name])} ({source}{_unheard(name, items)})"
        for name, source in settings.sources.items()
        if name not in _TOLD
    ]
    buys = "buys what is missing" if settings["run"] else "replays; buys from the embedded endpoint only"
    tests = f"{len(items)} test{'' if len(items) == 1 else 's'}"
    parts = [f"{tests}, {address}, store {settings['store']} ({buys})", *said]
    return visible(f"evalkit: {'; '.join(parts)}", keep="")


def _unheard(name: str, items: Sequence[pytest.Item]) -> str:
    """Return how many tests do not heed a setting, because their markers have a keyword of that name."""
    own = [[mark.kwargs.get(name) for mark in item.iter_markers("evalkit")] for item in items]
    # A word is another kind of level.
    n = sum(any(not (each is None or (name == "level" and isinstance(each, str))) for each in some) for some in own)
    return "" if not n else "; 1 test has its own" if n == 1 else f"; {n:,} tests have their own"


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(f"{each:g}" for each in value)
    return "yes" if value is True else str(value)


def begin(config: pytest.Config, items: Sequence[pytest.Item]) -> Bench:
    """Return the session's bench, with everything that its tests need planned and drawn."""
    from evalkit.testing.bench import Bench

    settings = _settings(config)
    shared = getattr(config, "workerinput", {})
    bench = Bench(
        settings,
        config.rootpath,
        partition=_partition(config, settings),
        say=_speaker(config),
        worker=shared.get("workerid", ""),
        shared=shared.get("testrunuid", ""),
    )
    bench.prepare(items)
    return bench


def _partition(config: pytest.Config, settings: Settings) -> str:
    """Return the name under which a session's answers are kept apart; the same for all workers of one session."""
    label: str = settings["label"] or ""
    if not settings["fresh"]:
        return label
    shared = getattr(config, "workerinput", {}).get("testrunuid")
    stamp = shared[:8] if shared else time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    return f"{label}-{stamp}" if label else f"fresh-{stamp}"


def _settings(config: pytest.Config) -> Settings:
    """Return what holds in a session, read and checked once."""
    known = config.stash.get(_SETTINGS, None)
    if known is None:
        known = config.stash[_SETTINGS] = settings_of(config)
        _check(known, config.rootpath)
    return known


def _check(settings: Settings, root: Path) -> None:
    """Refuse what could only fail at the end, after answers were paid for.

    Raises:
        pytest.UsageError: The baseline to be saved is there already, or nothing renders the report's ending.
    """
    from evalkit.testing.finishing import check_report, check_save

    try:
        check_report(settings["report"])
        check_save(settings["save"], root, root / settings["store"])
    except EvalkitError as error:
        raise pytest.UsageError(str(error)) from None


def _speaker(config: pytest.Config) -> Any:  # noqa: ANN401 - a function of a line
    """Return what shows a line to a person while tests are captured; nothing where nobody looks."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    capture = config.pluginmanager.get_plugin("capturemanager")
    if reporter is None or config.getoption("verbose") < 0:
        return lambda _line: None

    def say(line: str) -> None:
        passing = line.endswith("\r")
        if passing and not reporter.isatty:
            return
        if capture is not None:
            with capture.global_and_fixture_disabled():
                _write(line, passing)
        else:
            _write(line, passing)

    def _write(line: str, passing: bool) -> None:  # noqa: FBT001 - of the line itself
        from evalkit.text.visible import visible

        if passing:
            reporter.rewrite(visible(line.rstrip("\r"), keep=""), erase=True)
        else:
            reporter.ensure_newline()
            reporter.write_line(visible(line, keep=""))

    return say


def tell(bench: Bench, item: pytest.Item, call: pytest.CallInfo[None]) -> dict[str, Any] | None:
    """Return what a test's report is told, and give a failed claim its explanation; None for a part without news.

    Args:
        bench: The session.
        item: The test.
        call: The part of the test that has just ended.
    """
    if call.when != "call" and call.excinfo is None:
        return None
    claims = bench.log.of_test.get(item.nodeid, [])
    if claims and call.excinfo is not None and isinstance(call.excinfo.value, AssertionError):
        _explain(call.excinfo.value, claims[-1])
    records = [claim.record() for claim in claims]
    if bench.settings["junit"] == "on":
        from evalkit.text.visible import visible

        # A test that is tried again has properties of its last try only.
        item.user_properties[:] = [each for each in item.user_properties if not each[0].startswith("evalkit: ")]
        item.user_properties += [(visible(f"evalkit: {each['claim']}", keep=""), in_words(each)) for each in records]
    return {"claims": records, **bench.told()}


def in_words(record: dict[str, Any]) -> str:
    """Return what a claim came to in one line, such as ``holds: 1.000 [0.741, 1.000], 20 samples``."""
    value, ends = value_and_ends(record)
    return (
        f"{record['verdict']}: {' '.join(filter(None, (value or 'no value', ends)))}, {record['n_samples']:,} samples"
    )


def _explain(error: AssertionError, claim: Claim) -> None:
    """Put a claim's explanation in the place of pytest's message, where the claim is what failed."""
    text = str(error)
    if claim.evidence.verdict.name != "PASS" and (not text or repr(claim)[:_LETTERS] in text):
        head, *more = claim.explain()
        error.args = ("\n".join([f"assert {head}", *(f"  {line}" for line in more)]),)


def explain(op: str, left: object, right: object) -> list[str] | None:
    """Return the lines pytest shows when ``left op right`` did not hold, where one of them is a reading."""
    from evalkit.testing.reading import Reading
    from evalkit.text.visible import visible

    if op not in {"<", "<=", ">", ">="}:
        return None
    if isinstance(left, Reading) and isinstance(right, Reading | int | float):
        claim = left.claim(op, right)
    elif isinstance(right, Reading) and isinstance(left, int | float):
        claim = right.claim(op, left, mirrored=True)
    else:
        return None
    _, *more = claim.explain()
    return [visible(f"{left!r} {op} {right!r}", keep=""), *more]
