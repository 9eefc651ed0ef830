"""GnuCash books: XML, plain or compressed, and SQLite."""

import re
import zlib
from collections.abc import Mapping

from tieout.core.errors import InvalidInput, Problem
from tieout.core.reading import Reading
from tieout.formats.common.source import Source, gunzip
from tieout.formats.common.xml import local, parse_documents
from tieout.formats.gnucash.book import build
from tieout.formats.gnucash.sqlite_book import MAGIC, read_sqlite_book
from tieout.formats.gnucash.xml_book import read_xml_book

_SIGNATURE = re.compile(
    rb"<gnc(?:-v2|-account-example)?[\s>]|gnucash\.org/XML|<gnc:(?:book|transaction)\b"
)
_ROOTS = {"gnc-v2", "gnc", "gnc-account-example", "book"}


class GnuCash:
    """The reader of GnuCash files."""

    name = "gnucash"
    title = "GnuCash book"
    side = "books"
    standard = "GnuCash XML versions 1 and 2, and its SQLite schema (GnuCash 2.4 to 5)"
    suffixes = (".gnucash", ".gml2", ".xac", ".gnc", ".sqlite", ".sqlite3")

    def recognises(self, source: Source) -> int:
        """By the root of the XML, or by the tables of the database."""
        head = source.head
        if head.startswith(MAGIC):
            if b"gnclock" in head or (b"reconcile_state" in head and b"splits" in head):
                return 95
            return 60 if source.name.lower().endswith(".gnucash") else 30
        if head.startswith(b"\x1f\x8b"):
            try:
                head = zlib.decompressobj(wbits=31).decompress(head, 65_536)
            except zlib.error:
                return 0
        return 95 if _SIGNATURE.search(head[:65_536].replace(b"\0", b"")) else 0

    def read(self, source: Source, options: Mapping[str, str]) -> Reading:
        """All transactions and accounts of the book."""
        del options  # the format says everything itself
        problems: tuple[Problem, ...] = ()
        charset = "utf-8"
        if source.head.startswith(MAGIC):
            variant, book = "SQLite", read_sqlite_book(source)
        else:
            data = source.data()
            parsed = parse_documents(gunzip(data, where=source.name), source.name)
            document = parsed.documents[0]
            if local(document.root) not in _ROOTS:
                raise InvalidInput(
                    "file.unknown-format",
                    f"<{local(document.root)}>",
                    "a GnuCash book",
                    source.name,
                )
            variant = "XML version 1" if local(document.root) == "gnc" else "XML version 2"
            variant += ", compressed" if data.startswith(b"\x1f\x8b") else ""
            book, problems, charset = (
                read_xml_book(document),
                (*parsed.problems, *parsed.lost("transaction")),
                parsed.charset,
            )
        books = build(book)
        return Reading(
            file=source.name,
            format=self.name,
            variant=variant,
            charset=charset,
            sha256=source.sha256,
            entries=books.entries,
            accounts=books.accounts,
            problems=(*problems, *books.problems),
            held=books.held,
        )


FORMAT = GnuCash()
