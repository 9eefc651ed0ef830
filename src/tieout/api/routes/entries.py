"""Journal entries from books that a program keeps: recorded once, never edited."""

from typing import Annotated

from ninja import Router
from pydantic import Field

from tieout.api.door import Request
from tieout.api.routes.files import ProblemOut, problem_out
from tieout.api.words import Day, In, Money, Name, Out, Text
from tieout.core.accounts import Account
from tieout.core.errors import InvalidInput
from tieout.core.journal import JournalEntry, Posting
from tieout.core.money import AMOUNT_MINOR_MAX, Currency
from tieout.core.statements import Direction
from tieout.workflows.record_entries import record_entries
from tieout.workflows.views.books import ledger_accounts

router = Router(tags=["books"])


class PostingIn(In):
    """One amount without a sign, one direction, one account."""

    account: Name
    amount: Money
    direction: Direction
    posted_on: Day | None = None
    """When it differs from the entry's day."""
    narrative: Text = ""
    reference: Text = ""


class EntryIn(In):
    """Postings that balance in every currency."""

    id: Name
    """Unique in the books; what comes again under it is recognised."""
    booked_on: Day
    counterparty: Text = ""
    narrative: Text = ""
    references: list[Name] = Field(default=[], max_length=20)
    postings: Annotated[list[PostingIn], Field(min_length=1, max_length=1000)]


class AccountIn(In):
    """An account of the books."""

    code: Name
    name: Text = ""
    is_bank: bool = False


class EntriesIn(In):
    """Entries of one set of books; up to 1,000 at once, larger books as a file."""

    books: Name
    entries: Annotated[list[EntryIn], Field(min_length=1, max_length=1000)]
    accounts: list[AccountIn] = Field(default=[], max_length=1000)


class LedgerAccountOut(Out):
    """An account of the books."""

    code: str
    name: str
    is_bank: bool


class LedgerAccountsOut(Out):
    """All of them, those that the books call a bank's first."""

    items: list[LedgerAccountOut]


class RecordedOut(Out):
    """Entries in = added + known + changed + held."""

    added: int
    known: int
    changed: int
    """Recorded before and saying something else now: nothing was recorded."""
    held: list[ProblemOut]
    """One for every entry that does not balance."""
    problems: list[ProblemOut]
    suspended: list[str]
    """Sign-offs that no longer hold."""


@router.get("/accounts", response=LedgerAccountsOut)
def list_accounts(request: Request) -> LedgerAccountsOut:
    """The accounts of the books, by code."""
    return LedgerAccountsOut(
        items=[
            LedgerAccountOut(code=each.code, name=each.name, is_bank=each.is_bank)
            for each in ledger_accounts(request.caller)
        ]
    )


@router.post("/entries", response=RecordedOut)
def record(request: Request, body: EntriesIn) -> RecordedOut:
    """Record entries; those that were recorded before change nothing."""
    done = record_entries(
        request.caller,
        source=body.books,
        entries=[_entry(each, number) for number, each in enumerate(body.entries)],
        accounts=[Account(each.code, each.name, is_bank=each.is_bank) for each in body.accounts],
        now=request.at,
    )
    return RecordedOut(
        added=done.added,
        known=done.known,
        changed=done.changed,
        held=[problem_out(each) for each in done.held],
        problems=[problem_out(each) for each in done.problems],
        suspended=list(done.suspended),
    )


def _entry(each: EntryIn, number: int) -> JournalEntry:
    return JournalEntry(
        each.id,
        each.booked_on,
        tuple(
            _posting(one, f"entries.{number}.postings.{position}")
            for position, one in enumerate(each.postings)
        ),
        each.counterparty,
        each.narrative,
        tuple(each.references),
    )


def _posting(each: PostingIn, place: str) -> Posting:
    whole, _, part = each.amount.amount.partition(".")
    currency = Currency.of(each.amount.currency.strip() or "?").widened(len(part))
    minor = int(whole + part.ljust(currency.exponent, "0"))
    if not 0 <= minor <= AMOUNT_MINOR_MAX or each.amount.amount.startswith("-"):
        raise InvalidInput(
            "record.amount-invalid", each.amount.amount, "an amount without a sign", place
        )
    return Posting(
        each.account,
        minor,
        each.direction,
        currency,
        posted_on=each.posted_on,
        narrative=each.narrative,
        reference=each.reference,
    )
