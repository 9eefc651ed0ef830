"""Tieout keeps ledgers in agreement and explains every difference to the penny.

The public functions are `tieout.read`, `tieout.match`, `tieout.explain`, `tieout.ledger_reports`,
`tieout.compare_total`, `tieout.guess_books_mapping`, `tieout.save_books_mapping`,
`tieout.fetch_books` and `tieout.deliver`; all work on files, the last two with a connected ledger
beside, and need neither a database nor a server.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tieout.files import (
        Asked,
        Choices,
        compare_total,
        deliver,
        explain,
        fetch_books,
        guess_books_mapping,
        ledger_reports,
        match,
        read,
        save_books_mapping,
    )

__version__ = "0.1.0"
__all__ = [
    "Asked",
    "Choices",
    "__version__",
    "compare_total",
    "deliver",
    "explain",
    "fetch_books",
    "guess_books_mapping",
    "ledger_reports",
    "match",
    "read",
    "save_books_mapping",
]


def __getattr__(name: str) -> object:
    """Import the public functions on first use, so that `import tieout` stays quick."""
    if name in __all__:
        from tieout import files  # noqa: PLC0415  start-up time counts

        return getattr(files, name)
    raise AttributeError(f"module 'tieout' has no attribute {name!r}")
