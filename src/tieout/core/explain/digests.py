"""Which books these are: one hash over all that an explanation depends on.

Version 1: a line for each fact, its fields as text between tabs (a backslash, tab or line feed
in a field is written with a backslash), the lines in order, each ended by a line feed, UTF-8.
"""

from collections.abc import Iterator
from dataclasses import fields
from hashlib import sha256

from tieout.core.explain.books import Books

VERSION = "books 1"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n"})


def digest_of(books: Books) -> str:
    """SHA-256 of the books in hexadecimal; the order of entries and postings plays no part."""
    text = "".join(f"{line}\n" for line in (VERSION, *sorted(_lines(books))))
    return sha256(text.encode()).hexdigest()


def _lines(books: Books) -> Iterator[str]:
    for name in ("entries", "postings", "allocations", "audit_lines", "closed"):
        for each in getattr(books, name):
            yield _line(name, *(getattr(each, part.name) for part in fields(each)))
    for (ledger, name), party in books.parties.items():
        yield _line("party", ledger, name, party.key, party.name, party.also_party)
    yield from _governing(books)
    yield _line("base", books.base_currency, books.tolerance_minor, books.last_period)
    yield _line("extracted", books.extracted_on)


def _governing(books: Books) -> Iterator[str]:
    """Accounts, settings, periods, currencies: what says how the facts are to be read."""
    for key, use in books.accounts.items():
        yield _line("account", key, use, books.account_names.get(key, ""))
    for ledger, settings in books.settings.items():
        default = settings.default
        specified = (default.key, default.use_specified) if default else ("", "")
        yield _line("settings", ledger, *specified, *sorted(settings.counted))
    for period in books.calendar.periods:
        future = period.number in books.log.future
        yield _line("period", period.number, period.begins_on, period.ends_on, period.state, future)
    for place, event in enumerate(books.log.events):
        yield _line("event", f"{place:06}", event.on, event.period, event.state, event.module)
    yield from (_line("currency", *each) for each in books.exponents.items())
    yield from (_line("suspense", key) for key in books.suspense)
    yield from (_line("unbalanced", journal_id) for journal_id in books.unbalanced)


def _line(*parts: object) -> str:
    return "\t".join("" if part is None else str(part).translate(_ESCAPES) for part in parts)
