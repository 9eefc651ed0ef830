"""Books that SAP can hold, and what is asked of the fake for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path

from tieout.connectors.calendar import Calendar
from tieout.connectors.sap import Address, SapLedger, Session, Span
from tieout.files.fetching import fetch_books
from tieout.testing.books import PLANTS, BookWorld, Shape
from tieout.testing.books.world import SUSPENSE
from tieout.testing.sap import PASSWORD, USER, FakeSap, company_of
from tieout.testing.sap.of_books import COMPANY, TYPES, codes_of

HELD = (
    *("suspense", "closed_period", "closed_period, then slide", "brought_forward"),
    *("date_period_mismatch", "manual_journal", "duplicate", "reversed_only", "missing"),
    *("wrong_account", "cross_control", "wrong_ledger", "wrong_sign", "transposition", "slide"),
    *("rate_mismatch", "rounding", "deleted", "control_changed", "foreign_source"),
    *("control_as_expense", "half_posted", "amount_edited"),
)
"""Plants whose facts SAP's tables can hold; docs/guides/sap.md says why the others cannot be."""


def clean_world(seed: int, documents: int = 20) -> BookWorld:
    """Entries with their postings, and older ones with what was brought forward; nothing wrong."""
    world = BookWorld(seed, Shape(documents=documents))
    for ledger in world.shape.ledgers:
        old = world.entry(ledger, day=world.calendar.periods[0].begins_on.replace(year=2024))
        world.line(
            *(ledger, old.base_minor, old.doc_minor),
            key=old.key,
            period=0,
            module="BF",
            currency=old.currency,
            day=old.dated_on,
        )
        for number in range(documents):
            entry = world.entry(ledger)
            if number % 4:
                world.post(entry)
                continue
            part, part_doc = entry.base_minor // 6, entry.doc_minor // 6
            for place, (base, doc) in enumerate(
                ((entry.base_minor - part, entry.doc_minor - part_doc), (part, part_doc)), 1
            ):
                world.post(entry, natural=base, natural_doc=doc, line_no=place, line_count=2)
    return world


def planted_world(seed: int, plants: tuple[str, ...] = HELD) -> BookWorld:
    """The same with causes planted in it."""
    world = clean_world(seed)
    for name in plants:
        PLANTS[name](world)
    return world


def span_of(world: BookWorld, **changes: object) -> Span:
    """What somebody asks for who knows the calendar, and when its periods closed."""
    periods = tuple((each.begins_on, each.ends_on) for each in world.calendar.periods)
    asked: dict[str, object] = {
        "company": COMPANY,
        "year": periods[0][0].year,
        "through": world.last_open,
        "calendar": Calendar(periods, world.closed_on),
        "suspense": codes_of(world.books())[SUSPENSE],
        "controls": _counted(world),
    }
    return Span(**{**asked, **changes})  # type: ignore[arg-type]


def ledger_of(fake: FakeSap, span: Span, world: BookWorld, page: int = 5_000) -> SapLedger:
    """The connector, on the day that the world's books were taken."""
    address = Address(fake.url, USER, PASSWORD)
    moment = datetime.combine(world.extracted_on, time(12), UTC)
    return SapLedger(Session(address, lambda _seconds: None, page), span, clock=lambda: moment)


@contextmanager
def fake_of(world: BookWorld, page: int = 37) -> Iterator[FakeSap]:
    """The fake with the world's books, answering."""
    with FakeSap(company_of(world.books()), page=page, on=world.extracted_on) as fake:
        yield fake


def fetched(
    fake: FakeSap, span: Span, world: BookWorld, folder: Path, *, page: int = 5_000
) -> Path:
    """The folder that the connector fills."""
    fetch_books(ledger_of(fake, span, world, page), folder)
    return folder


def _counted(world: BookWorld) -> dict[str, str]:
    books = world.books()
    codes = codes_of(books)
    return {
        codes[key]: TYPES[ledger]
        for ledger, settings in books.settings.items()
        for key in settings.counted
    }
