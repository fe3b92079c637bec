"""Pages in a real browser: Debian's chromium, driven by Playwright; skipped with a reason where either is missing.

While Playwright's synchronous interface is alive an event loop runs in its thread, in which nothing else can start
one. So pages are made first, and a browser lives as long as one module of tests.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import evalkit
from evalkit.contrasting import report_comparison
from evalkit.nouns import Decoding, Endpoint, Message, MetricRequest, Prompt, Reply, Request, Suite
from evalkit.nouns.ports import Store

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_WAIT = 10_000
"""Milliseconds after which what did not appear will not."""

HOSTILE = (
    "<script>window.__pwned = 1; alert(1)</script>",
    "</script><svg onload=\"window.__pwned = 1\"><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<img src=x onerror=window.__pwned=1><iframe src=javascript:alert(1)></iframe>",
    "x\" onmouseover=\"window.__pwned=1\" ' onfocus='window.__pwned=1' autofocus",
    "<style>body{display:none}</style><base href=http://evil.example/><meta http-equiv=refresh content=0>",
    "</textarea></select></dialog></template><form action=javascript:alert(1)><button autofocus>go</button></form>",
    "__proto__ constructor ${alert(1)} {{ 7 * 7 }} <!-- ]]> javascript:alert(1)",
    "\u202eevil\u2066 \x1b[31mred\x1b[0m \x00 \u2028 漢字 عربى 🎈",
)
"""Answers made to be executed. A page that runs any of them sets `window.__pwned`, asks, or grows elements."""


class Hostile:
    """A backend that answers with everything hostile, one after the other."""

    async def send(self, request: Request) -> Reply:
        """Return one hostile text for each draw."""
        return Reply.of_texts([HOSTILE[replicate % len(HOSTILE)] for replicate in request.replicates])

    async def aclose(self) -> None:
        """Release nothing."""


@dataclass
class Opened:
    """A page in the browser, and what it said, asked and loaded since it was opened."""

    page: Page
    said: list[str] = field(default_factory=list)
    """Console messages and uncaught errors; a violated policy is one of them."""
    asked: list[str] = field(default_factory=list)
    """Dialogs and windows it opened."""
    loaded: list[str] = field(default_factory=list)
    """Addresses of all requests."""


def _suite(prompts: tuple[Prompt, ...], **changes: Any) -> Suite:
    fields: dict[str, Any] = {
        "name": "storytelling",
        "endpoint": Endpoint(model="storyteller-small", base_url="loopback"),
        "prompts": prompts,
        "temperatures": (0.0, 0.7, 1.5),
        "samples": 8,
        "metrics": tuple(MetricRequest(name=name) for name in ("exact_agreement", "distinct_n", "length_words")),
        "decoding": Decoding(max_tokens=60),
    }
    return Suite(**(fields | changes))


def _told(subject: str) -> Prompt:
    asked = f"Tell a two-sentence story about a {subject}."
    return Prompt(id=subject, messages=(Message(role="user", content=asked),))


def _asked(hostile: str) -> Prompt:
    return Prompt(id=hostile, messages=(Message(role=hostile, content=hostile),), reference=hostile)


def _compare(store: Store, label: str, baseline: str, page: Path) -> None:
    report_comparison(evalkit.compare(store, label, baseline=baseline), page, store=store)


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of pages: of a run, of a comparison, and of both with hostile prompts and answers."""
    folder = tmp_path_factory.mktemp("pages")
    subjects = ("lighthouse keeper", "dragon", "night train")
    with evalkit.open_store(folder / "answers.sqlite") as store:
        evalkit.run(_suite(tuple(map(_told, subjects))), store, label="main")
        evalkit.report(store, "main", folder / "run.html")
        hostile = _suite(tuple(map(_asked, HOSTILE[:4])), name=HOSTILE[0], temperatures=(0.0, 1.0))
        evalkit.run(hostile, store, label="hostile", backend=Hostile())
        evalkit.report(store, "hostile", folder / "hostile.html")
        narrowed = Decoding(max_tokens=60, top_p=0.5)
        evalkit.run(_suite(tuple(map(_told, subjects)), decoding=narrowed), store, label="narrow")
        _compare(store, "narrow", "main", folder / "comparison.html")
        evalkit.run(replace(hostile, samples=7), store, label="hostile too", backend=Hostile())
        _compare(store, "hostile too", "hostile", folder / "hostile-comparison.html")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a browser, or skip."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip("there is no chromium here: `make browser` installs it where apt is")
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed: `make test` installs it")
    return found


@pytest.fixture(scope="module")
def browser(chromium: str, pages: Path) -> Iterator[Browser]:
    """Return a browser without a window."""
    from playwright.sync_api import sync_playwright

    del pages  # made before: see above
    rooted = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as driver:
        # A sandbox is a thing that root has none of, and containers run as root.
        started = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"] if rooted else [])
        yield started
        started.close()


@pytest.fixture
def page_of(browser: Browser, pages: Path) -> Iterator[Callable[..., Opened]]:
    """Return what opens a page by name in a fresh profile; keywords are the profile's, such as its width."""
    profiles: list[BrowserContext] = []

    def open_(name: str, fragment: str = "", **profile: Any) -> Opened:
        profiles.append(browser.new_context(**{"reduced_motion": "reduce"} | profile))
        profiles[-1].set_default_timeout(_WAIT)
        seen = Opened(profiles[-1].new_page())
        seen.page.on("console", lambda message: seen.said.append(f"{message.type}: {message.text}"))
        seen.page.on("pageerror", lambda error: seen.said.append(str(error)))
        seen.page.on("request", lambda request: seen.loaded.append(request.url))
        seen.page.on("popup", lambda popup: seen.asked.append(popup.url))
        seen.page.on("dialog", lambda dialog: (seen.asked.append(dialog.message), dialog.dismiss()))
        seen.page.goto((pages / f"{name}.html").as_uri() + fragment)
        return seen

    yield open_
    for profile in profiles:
        profile.close()
