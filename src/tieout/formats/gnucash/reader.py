"""The book, whichever way it is kept, into journal entries and accounts."""

from tieout.core.errors import InvalidInput, Problem
from tieout.core.reading import Reading
from tieout.formats.common.heads import SQLITE
from tieout.formats.common.source import Source, gunzip
from tieout.formats.common.xml import local, parse_documents
from tieout.formats.gnucash.book import build
from tieout.formats.gnucash.sqlite_book import read_sqlite_book
from tieout.formats.gnucash.xml_book import read_xml_book

_ROOTS = {"gnc-v2", "gnc", "gnc-account-example", "book"}


def read(source: Source) -> Reading:
    """All transactions and accounts of the book."""
    problems: tuple[Problem, ...] = ()
    charset = "utf-8"
    if source.head.startswith(SQLITE):
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
        format="gnucash",
        variant=variant,
        charset=charset,
        sha256=source.sha256,
        entries=books.entries,
        accounts=books.accounts,
        problems=(*problems, *books.problems),
        held=books.held,
    )
