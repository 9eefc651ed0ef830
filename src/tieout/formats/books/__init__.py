"""The books folder: sub-ledgers and a nominal ledger as plain tables, read into `core.explain`.

Bad input is named by file, row and column; what can be read is, and the causes that the rest
would have told are listed.
"""

from tieout.formats.books.checks import Unbalanced
from tieout.formats.books.desk import LEDGER_FILES, Part, Unread
from tieout.formats.books.picking import Picked, line_starts, rows_at, rows_behind, rows_from
from tieout.formats.books.reader import BooksReading, Untested, read_books

__all__ = [
    "LEDGER_FILES",
    "BooksReading",
    "Part",
    "Picked",
    "Unbalanced",
    "Unread",
    "Untested",
    "line_starts",
    "read_books",
    "rows_at",
    "rows_behind",
    "rows_from",
]
