"""The page in a browser: accessible, narrow enough for a phone, and alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from interbeat.pipeline.analysis import Analysis
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
HEIGHT = 900
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


@pytest.fixture(scope="module", params=["couple", "alone", "hostile", "unmeasured"])
def page_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    analysis: Analysis = request.getfixturevalue(request.param)
    return report(analysis, tmp_path_factory.mktemp("page") / f"{request.param}.html")


def opened(browser: Browser, file: Path, width: int, scheme: Scheme) -> Page:
    page = browser.new_page(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme)
    page.goto(file.as_uri())
    return page


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_axe_finds_no_violation_for_a_couple(
    browser: Browser, couple: Analysis, tmp_path: Path, *, width: int, scheme: Scheme
) -> None:
    assert_accessible(opened(browser, report(couple, tmp_path / "p.html"), width, scheme))


def test_axe_finds_no_violation_whatever_was_measured(
    browser: Browser, page_file: Path
) -> None:
    assert_accessible(opened(browser, page_file, 390, "dark"))


def assert_accessible(page: Page) -> None:
    results = Axe().run(page)
    page.close()
    assert results.violations_count == 0, results.generate_report()


def test_a_phone_need_not_scroll_sideways(browser: Browser, page_file: Path) -> None:
    page = opened(browser, page_file, 390, "light")
    width = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert width == 390


def test_a_wide_table_scrolls_within_itself_and_by_keyboard(
    browser: Browser, couple: Analysis, tmp_path: Path
) -> None:
    page = opened(browser, report(couple, tmp_path / "p.html"), 390, "light")
    wide = page.locator(".scroller").filter(has_text="over the whole recording").first
    wide.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")
    page.close()


def test_nothing_but_the_file_itself_is_asked_for(browser: Browser, page_file: Path) -> None:
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri(), wait_until="networkidle")
    page.close()
    assert asked == [page_file.as_uri()]


def test_it_reads_the_same_without_scripts(browser: Browser, page_file: Path) -> None:
    texts = []
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(page_file.as_uri())
        texts.append(page.inner_text("body"))
        context.close()
    assert texts[0] == texts[1]
    assert "At a glance" in texts[0]


def test_hostile_names_run_no_script(
    browser: Browser, hostile: Analysis, tmp_path: Path
) -> None:
    alarms: list[str] = []
    page = browser.new_page()

    def alarm(dialog: Dialog) -> None:
        alarms.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", alarm)
    page.goto(report(hostile, tmp_path / "hostile.html").as_uri())
    assert page.locator("h1").inner_text() == hostile.title
    assert page.locator("script").count() == 0
    page.close()
    assert not alarms


def test_figures_draw_where_their_axes_say(
    browser: Browser, couple: Analysis, tmp_path: Path
) -> None:
    """The shading of a task starts below its label, whatever the width of the page."""
    for width in (1280, 390):
        page = opened(browser, report(couple, tmp_path / "p.html"), width, "light")
        label = page.locator("#heart-a .lane span").first.bounding_box()
        shade = page.locator("#heart-a rect.task").first.bounding_box()
        page.close()
        assert label is not None
        assert shade is not None
        assert label["x"] == pytest.approx(shade["x"], abs=3)  # with its outline
        assert label["width"] == pytest.approx(shade["width"], abs=3)


def test_on_paper_nothing_is_cut_off(
    browser: Browser, couple: Analysis, tmp_path: Path
) -> None:
    """At the width of A4 less its margins, no table is wider than the sheet."""
    page = browser.new_page(viewport={"width": 665, "height": HEIGHT})
    page.goto(report(couple, tmp_path / "p.html").as_uri())
    page.emulate_media(media="print")
    widths = page.eval_on_selector_all("table, pre", "all => all.map(t => t.scrollWidth)")
    page.close()
    assert max(widths) <= 665
