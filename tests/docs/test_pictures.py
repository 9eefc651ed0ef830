"""The docs' pictures are those that the browser tests make, and none is missing or left over."""

import re

from tieout.testing.corpus import PROJECT

FOLDER = PROJECT / "docs/guides/pictures"
MADE = re.compile(r'picture\(page, "([a-z-]+)"\)')
SHOWN = re.compile(r"!\[[^\]]+\]\(([^)]+\.png)\)")


def test_every_picture_is_made_by_a_test_shown_in_the_docs_and_small() -> None:
    tests = (PROJECT / "tests/browser").glob("*.py")
    made = {name for each in tests for name in MADE.findall(each.read_text(encoding="utf-8"))}
    kept = {each.stem for each in FOLDER.iterdir()}
    pages = [PROJECT / "README.md", *(PROJECT / "docs").rglob("*.md")]
    shown = {
        (page.parent / place).resolve()
        for page in pages
        for place in SHOWN.findall(page.read_text(encoding="utf-8"))
    }
    assert made == kept
    assert shown == {each.resolve() for each in FOLDER.iterdir()}
    assert all(each.stat().st_size < 100_000 for each in FOLDER.iterdir())
    assert len(kept) <= 18
