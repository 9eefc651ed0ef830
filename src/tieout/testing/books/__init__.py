"""Invented books with known answers: every cause of the ledgers, planted and written down.

The answer of each planted cause is written from the table of the ledgers specification, 2.3, not
from the code that explains.
"""

from tieout.testing.books.large import grown_books, large_books, large_world
from tieout.testing.books.planting import PLANTS, clean_books, planted_books
from tieout.testing.books.world import BookWorld, Expected, Shape
from tieout.testing.books.writing import append_books, write_books

__all__ = [
    "PLANTS",
    "BookWorld",
    "Expected",
    "Shape",
    "append_books",
    "clean_books",
    "grown_books",
    "large_books",
    "large_world",
    "planted_books",
    "write_books",
]
