"""What can be found by a machine that would keep a reader out."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.xdist_group("browser")


def _audit(page):
    audit = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed").Axe()
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    found = audit.run(page).response["violations"]
    return [
        (rule["id"], node["target"], node["failureSummary"])
        for rule in found
        if rule["impact"] in {"serious", "critical"}
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["run", "comparison"])
def test_an_audit_finds_nothing_serious(page_of, name, scheme):
    """Axe finds no serious or critical fault with every part unfolded, in light and dark."""
    assert _audit(page_of(name, color_scheme=scheme).page) == []


def test_an_audit_of_a_small_screen_finds_nothing_serious(page_of):
    """What scrolls on a telephone can be reached by keys, too, and hostile names label nothing wrongly."""
    assert _audit(page_of("hostile", viewport={"width": 320, "height": 640}).page) == []


def test_an_audit_of_two_answers_side_by_side_finds_nothing_serious(page_of):
    """Marked differences and dimmed beginnings keep their contrast."""
    page = page_of("run", color_scheme="dark").page
    page.locator(".card .against").nth(3).click()
    page.locator("#pair .first-difference").wait_for(state="visible")
    assert _audit(page) == []
