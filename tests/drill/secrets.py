"""P15: the key of a run, looked for in everything that is written."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from drill.bench import KEY, STORE, Bench, Ended, bench, until
from drill.step import Line, counted

_TEST = """
import pytest

pytestmark = pytest.mark.evalkit(suite="s.json", samples=3)


def test_that_fails(evalkit):
    held, cell = evalkit, evalkit.cell("p0", 0.7)
    assert cell["length_words"] < 0
"""


def forms(key: str) -> dict[str, bytes]:
    """Return what is looked for: the key in clear, its base64 wherever it begins, its URL form, its last 8 letters."""
    shifted = [base64.b64encode(b" " * k + key.encode())[(0, 2, 3)[k] + 1 :].rstrip(b"=")[:-1] for k in range(3)]
    return {
        "clear": key.encode(),
        "URL": quote(key, safe="").encode(),
        "last 8": key[-8:].encode(),
        **{f"base64 at {k}": each for k, each in enumerate(shifted)},
    }


def hits(places: Iterator[tuple[str, bytes]], key: str = KEY) -> list[str]:
    """Return where the key was found, and in which form."""
    wanted = forms(key)
    return [f"{form} in {name}" for name, content in places for form, bytes_ in wanted.items() if bytes_ in content]


def searched(seeds: Sequence[int]) -> list[Line]:
    """Return P15: storms, a server that repeats the key, debug logs, pages, failing tests, process titles."""
    found: list[str] = []
    n_bytes = 0
    for seed in seeds:
        with bench() as place:
            place.environment = {"OPENAI_LOG": "debug", "AIOHTTP_NO_EXTENSIONS": "1"}
            for name, content in _written(place, seed):
                n_bytes += len(content)
                found += hits(iter([(name, content)]))
    return [
        Line(
            number="P15",
            what="store, exports, pages, terminal, debug logs, pytest -l -vv, process titles; a server that repeats "
            f"the key; {counted(len(seeds), 'seed')}",
            asked="0 hits in clear, base64, URL-coded, last 8 letters",
            got=f"{counted(len(found), 'hit')} in {n_bytes / 1e6:.1f} MB"
            + (f": {', '.join(sorted(set(found))[:5])}" if found else ""),
            passed=not found and n_bytes > 0,
        )
    ]


def _written(place: Bench, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield what was written, by name."""
    with place.serve("storm", key=KEY, seed=seed, latency=0.02) as server:
        place.suite(server.url, samples=2)
        run = place.start_run("--report", "page.html")
        until(server.journal)
        time.sleep(0.2)
        for process in Path("/proc").glob(f"{run.process.pid}/task/*/c*m*"):
            if process.name in {"cmdline", "comm"}:
                yield f"process {process.name}", process.read_bytes()
        yield from _said("run in a storm", run.end(), 0, 3)
        yield from _said("run", place.run(), 0, 3)
        for ending in ("md", "json", "csv", "xml"):
            yield from _said(f"report {ending}", place.evalkit("report", STORE, "-o", f"page.{ending}"))
        yield from _said("export", place.evalkit("export", STORE))
        yield from _said("probe", place.evalkit("probe", "--base-url", server.url), 0, 3)
        yield from _said("doctor", place.evalkit("doctor"))
        (place.folder / "test_it.py").write_text(_TEST, "utf-8")
        yield from _said(
            "pytest",
            place.python("-m", "pytest", "-l", "-vv", "-p", "no:cacheprovider", "--evalkit-run", "test_it.py"),
            1,
        )
    with place.serve(echo=True, seed=seed) as server:
        place.suite(server.url)
        yield from _said("run with a refused key", place.run("--label", "refused"), 3)
        yield from _said(
            "pytest with a refused key", place.python("-m", "pytest", "-l", "-vv", "--evalkit-run", "test_it.py"), 1
        )
    for path in sorted(place.folder.rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()


def _said(name: str, ended: Ended, *codes: int) -> Iterator[tuple[str, bytes]]:
    """Yield what a command said that ended with one of the codes, 0 unless told.

    Raises:
        RuntimeError: It ended otherwise: what it did not get to was not searched.
    """
    if ended.code not in (codes or (0,)):
        raise RuntimeError(f"{name} ended with {ended.code}: {ended.err or ended.out}")
    yield f"{name}, stdout", ended.out.encode("utf-8", "surrogateescape")
    yield f"{name}, stderr", ended.err.encode("utf-8", "surrogateescape")
