"""The ledgers of one SAP company, as every connector to a ledger hands them over."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from tieout.connectors.ledgers import (
    BookTables,
    Capabilities,
    Document,
    Outcome,
    Progress,
    Standing,
    silent,
)
from tieout.connectors.sap.books import Translation, journal_id
from tieout.connectors.sap.fields import literal, text_of
from tieout.connectors.sap.posting import ACTION, confirmed, request
from tieout.connectors.sap.reading import ITEMS, Masters, read_ledgers, read_masters
from tieout.connectors.sap.rules import Rules
from tieout.connectors.sap.session import Session
from tieout.connectors.sap.span import Span, calendar_of
from tieout.core.errors import Problem

Clock = Callable[[], datetime]


def utc_clock() -> datetime:
    """This moment."""
    return datetime.fromtimestamp(time.time(), UTC)


class SapLedger:
    """One company of an SAP system; what it can do is in `connectors.ledgers`."""

    name = "SAP"
    capabilities = Capabilities(checks=True, refuses_repeats=False)

    def __init__(
        self,
        session: Session,
        span: Span,
        clock: Clock = utc_clock,
    ) -> None:
        """Say where and what; nothing is asked yet."""
        self._session = session
        self._span = span
        self._clock = clock
        self._masters: Masters | None = None

    def fetch(self, progress: Progress = silent) -> BookTables:
        """The company's books, up to the period asked for."""
        read = read_ledgers(self._session, self._span, progress)
        calendar = self._span.calendar
        if calendar is None:
            calendar = calendar_of(read.masters.variant, self._span.year)
        progress("translating", 0.95)
        return Translation(read, self._span, calendar, self._clock().date()).tables()

    def refusals(self, documents: Sequence[Document]) -> tuple[Problem, ...]:
        """What SAP's own rules would refuse."""
        return self._rules().refusals(documents)

    def found(self, document: Document) -> tuple[str, ...]:
        """The documents of the company under this reference that stand, whoever posted them.

        Where all were reversed the first is named: what somebody took back is not posted again.
        """
        company = f"CompanyCode eq {literal(document.company)}"
        reference = f"DocumentReferenceID eq {literal(document.reference)}"
        key = ("FiscalYear", "AccountingDocument", "AccountingDocumentItem")
        fields = ("CompanyCode", *key, "DocumentReferenceID", "IsReversal", "IsReversed")
        rows = list(self._session.rows(*ITEMS, fields, f"{company} and {reference}", key))
        standing = [row for row in rows if not (row.get("IsReversed") or row.get("IsReversal"))]
        named = {
            journal_id(row): " ".join(
                text_of(row, name) for name in ("CompanyCode", "AccountingDocument", "FiscalYear")
            )
            for row in standing or rows[:1]
        }
        return tuple(named.values())

    def check(self, document: Document) -> Outcome:
        """A test run: SAP checks everything, and posts nothing."""
        return self._sent(document, Standing.CHECKED, is_test=True)

    def post(self, document: Document) -> Outcome:
        """Post it, once."""
        return self._sent(document, Standing.POSTED, is_test=False)

    def _sent(self, document: Document, standing: Standing, *, is_test: bool) -> Outcome:
        rules, user = self._rules(), self._session.address.user
        body = request(document, rules.type_of, self._clock(), user, is_test=is_test)
        answer = self._session.send(body, ACTION)
        if answer is None:
            return Outcome(document, Standing.UNKNOWN)
        said = confirmed(answer)
        is_taken = not said.is_refused and (is_test or bool(said.number))
        return Outcome(
            document,
            standing if is_taken else Standing.REFUSED,
            "" if is_test else said.number,
            said.messages,
        )

    def _rules(self) -> Rules:
        if self._masters is None:
            self._masters = read_masters(self._session, self._span)
        return Rules(self._span, self._masters)
