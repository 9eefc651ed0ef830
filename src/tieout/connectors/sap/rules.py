"""What SAP would refuse of a document, found before anything is sent.

An account that a customer's or supplier's master record names takes postings through that party
alone. A period is open or closed for each type of account apart. A document balances in each of
its currencies.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tieout.connectors.ledgers import Document, DocumentLine
from tieout.connectors.sap.reading import Masters
from tieout.connectors.sap.span import Span
from tieout.connectors.sap.words import TEXT_MAX, text_for
from tieout.core.errors import Place, Problem
from tieout.core.statements import Direction

PEOPLE = {"D": "customer", "K": "supplier"}
TYPES = {"+": "all accounts", "D": "customers", "K": "suppliers", "S": "general ledger accounts"}
COMPANY_MAX = 4
KNOWN = {"AR": "D", "AP": "K"}


@dataclass(frozen=True)
class Rules:
    """What holds in one company."""

    span: Span
    masters: Masters

    def refusals(self, documents: Sequence[Document]) -> tuple[Problem, ...]:
        """Everything that would be refused, in the order of the documents."""
        return tuple(each for document in documents for each in self._of(document))

    def type_of(self, line: DocumentLine) -> str:
        """D or K of a line on a reconciliation account, S of all others.

        Special G/L transactions use accounts that no master record names; the books know those.
        """
        known = {**self.span.controls, **self.masters.types}
        return known.get(line.account) or KNOWN.get(line.control, "S")

    def _of(self, document: Document) -> Iterator[Problem]:
        yield from self._head(document)
        for line in document.lines:
            yield from self._line(document, line)

    def _head(self, document: Document) -> Iterator[Problem]:
        where = _place(document.lines[0] if document.lines else None, document)
        if not (document.company and document.currency and document.lines):
            found = f"the document {document.journal_id} without company, currency or lines"
            yield Problem("posting.field-missing", found, "", where)
        if len(document.company) > COMPANY_MAX:
            yield Problem("posting.field-too-long", document.company, "4 letters", where)
        for name, amounts in (
            (document.base_currency, [(each, each.base_minor) for each in document.lines]),
            (document.currency, [(each, each.own_minor) for each in document.lines]),
        ):
            more = sum(
                minor if line.direction is Direction.DEBIT else -minor for line, minor in amounts
            )
            if more:
                found = f"{document.journal_id}: debits less credits {more} in units of {name}"
                yield Problem("posting.unbalanced", found, "0", where)

    def _line(self, document: Document, line: DocumentLine) -> Iterator[Problem]:
        where, kind, text = _place(line, document), self.type_of(line), text_for(line.text)
        if line.account not in self.masters.accounts and kind == "S":
            yield Problem("posting.account-unknown", line.account, "", where)
        if len(text) > TEXT_MAX:
            found = f"a text of {len(text)} letters, {text!r}"
            yield Problem("posting.field-too-long", found, f"{TEXT_MAX} at most", where)
        for each in ("+", kind):
            if document.period <= self.span.closed_through.get(each, 0):
                found = f"period {document.period} of {self.span.year} for {TYPES[each]}"
                yield Problem("posting.period-closed", found, "an open period", where)
                break
        yield from self._party(line, kind, where)

    def _party(self, line: DocumentLine, kind: str, where: Place) -> Iterator[Problem]:
        if kind == "S":
            if line.party:
                found = f"{line.party} on {line.account}, which is no reconciliation account"
                yield Problem("posting.party-not-of-account", found, "", where)
            return
        if not line.party:
            found = f"{line.account}, the reconciliation account of {TYPES[kind]}, and no party"
            yield Problem("posting.reconciliation-account", found, f"a {PEOPLE[kind]}", where)
            return
        parties = self.masters.customers if kind == "D" else self.masters.suppliers
        own = parties.get(line.party)
        if own is None:
            found = f"the {PEOPLE[kind]} {line.party}"
            yield Problem("posting.party-unknown", found, "", where)
        elif own != line.account:
            found = f"{line.party}, who posts to {own}"
            yield Problem("posting.party-not-of-account", found, line.account, where)


def _place(line: DocumentLine | None, document: Document) -> Place:
    return Place(file=(line.place if line else "") or f"journal {document.journal_id}")
