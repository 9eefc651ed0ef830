"""What all pages share: their templates, and a bar of a bridge."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tieout.core.matching.bridge import Bar
from tieout.core.money import format_minor

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def environment() -> "Environment":
    """The templates of all pages."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415  start-up

    folder = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def drawn_bar(bar: Bar, low: int, high: int, exponent: int) -> dict[str, Any]:
    """A bar between two totals of a window, in percent of its width."""
    first, last = max(bar.span[0], low), min(bar.span[1], high)
    width = max(high - low, 1)
    return {
        "label": bar.label,
        "amount": format_minor(bar.amount_minor, exponent),
        "count": bar.count,
        "kind": bar.kind,
        "start": 100 * (first - low) / width,
        "width": max(100 * (last - first) / width, 0.4),
    }
