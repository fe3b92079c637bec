"""What a page takes to open and to scroll in a browser, by the browser's own clock."""

from __future__ import annotations

import shutil
import statistics
from pathlib import Path
from typing import Any

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ROUNDS = 3
_WATCH = """
window.__pauses = [];
new PerformanceObserver((list) => { for (const each of list.getEntries()) window.__pauses.push(each.duration); })
  .observe({ type: "longtask", buffered: true });
"""
_SCROLL = """
async () => {
  const end = document.documentElement.scrollHeight;
  let last = performance.now(), worst = 0;
  for (let y = 0; y < end; y += Math.max(innerHeight, end / 60)) {
    scrollTo({ top: y, behavior: "instant" });
    await new Promise((done) => requestAnimationFrame(done));
    worst = Math.max(worst, performance.now() - last);
    last = performance.now();
  }
  return worst;
}
"""
_LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"


def opened(page: Path) -> dict[str, float]:
    """Return milliseconds: until a page is there, its longest pause until then, its longest frame while it scrolls.

    Medians of three times; empty where there is no browser.
    """
    browser = next(filter(None, map(shutil.which, _NAMES)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return {}
    if browser is None:
        return {}
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        found = [_once(started, page) for _ in range(_ROUNDS)]
        started.close()
    return {what: statistics.median(each[what] for each in found) for what in found[0]}


def _once(browser: Any, page: Path) -> dict[str, float]:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    tab = context.new_page()
    tab.add_init_script(_WATCH)
    tab.goto(page.as_uri(), wait_until="load")
    tab.wait_for_selector("#explorer:not([hidden])")
    tab.wait_for_timeout(300)
    there, pause = tab.evaluate(_LOADED), tab.evaluate("Math.max(0, ...window.__pauses)")
    found = {"there_ms": there, "pause_ms": pause, "frame_ms": tab.evaluate(_SCROLL)}
    context.close()
    return found
