"""Pages of plates and scans in a browser: accessible, narrow enough for a phone, and alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from interbeat.neurochemistry.plates.found import Assayed
from interbeat.neurochemistry.scans.bound import Bound, Displaced
from interbeat.reporting import report

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
EVERY = ["oxytocin", "large", "hostile", "two_scans", "hostile_scan"]
Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium: apt-get install chromium")
    driver = [sys.executable, "-m", "playwright", "--version"]
    if subprocess.run(driver, capture_output=True, check=False).returncode:
        pytest.skip("playwright cannot run here: apt-get install libatomic1")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(params=EVERY)
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    found: Assayed | Bound | Displaced = request.getfixturevalue(request.param)
    return report(found, tmp_path / f"{request.param}.html")


def opened(browser: Browser, file: Path, width: int, scheme: Scheme) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(file.as_uri())
    return page


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_no_violation(
    browser: Browser, file: Path, width: int, scheme: Scheme
) -> None:
    page = opened(browser, file, width, scheme)
    results = Axe().run(page)
    page.close()
    assert results.violations_count == 0, results.generate_report()


def test_a_phone_need_not_scroll_sideways(browser: Browser, file: Path) -> None:
    page = opened(browser, file, 390, "light")
    width = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert width == 390


def test_nothing_but_the_file_itself_is_asked_for(browser: Browser, file: Path) -> None:
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri(), wait_until="networkidle")
    page.close()
    assert asked == [file.as_uri()]


@pytest.mark.parametrize("width", [1280, 390])
def test_ticks_do_not_lie_on_each_other(browser: Browser, file: Path, width: int) -> None:
    page = opened(browser, file, width, "light")
    page.eval_on_selector_all("details", "all => all.forEach(d => { d.open = true })")
    overlaps = page.eval_on_selector_all(
        ".across, .upwards",
        """axes => axes.flatMap(axis => {
            const seen = [...axis.children].map(tick => tick.getBoundingClientRect())
                .filter(box => box.width > 0);
            return seen.flatMap((a, i) => seen.slice(i + 1).filter(b =>
                a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
            ).map(b => [a.left, b.left, a.top, b.top]));
        })""",
    )
    page.close()
    assert not overlaps


def test_on_paper_no_table_is_cut_off(
    browser: Browser, oxytocin: Assayed, tmp_path: Path
) -> None:
    """At the width of A4 less its margins."""
    page = browser.new_page(viewport={"width": 665, "height": 900})
    page.goto(report(oxytocin, tmp_path / "p.html").as_uri())
    page.emulate_media(media="print")
    widths = page.eval_on_selector_all("table, pre", "all => all.map(t => t.scrollWidth)")
    page.close()
    assert max(widths) <= 665
