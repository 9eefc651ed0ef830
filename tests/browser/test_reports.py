"""The pages that files leave behind, without a server: a match's report, an explanation's."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import tieout
from tests.browser.site import WIDTHS, violations
from tieout.files.explained_page import write_page
from tieout.files.outputs import write_outputs

CLI = Path("src/tieout/cli").resolve()


def matched(folder: Path) -> Path:
    """A statement of the demo against its books."""
    bank, books = (
        CLI / "demo_files" / name for name in ("current-2026-09.ofx", "books-2026.beancount")
    )
    write_outputs(tieout.match(bank, books), folder)
    return folder / "report.html"


def explained(folder: Path) -> Path:
    """The worked example."""
    folder.mkdir()
    return write_page(tieout.explain(CLI / "demo_books"), folder)


@pytest.mark.parametrize("written", [matched, explained])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_a_page_of_files(
    written: Callable[[Path], Path], width: str, theme: str, browser: Browser, tmp_path: Path
) -> None:
    """In the theme of the reader's system, at a desk and on a phone."""
    context = browser.new_context(
        viewport=WIDTHS[width], color_scheme="dark" if theme == "dark" else "light"
    )
    page = context.new_page()
    page.goto(written(tmp_path / "out").as_uri())
    assert page.locator("h1").is_visible()
    assert not violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()
