"""SAP's rows in the columns of the books folder.

Every line keeps SAP's own number: an entry is year, document and item, a posting year, document
and ledger line. Amounts are signed by SAP, debit positive, whatever the debit/credit code says of
them: a reversal as negative posting is a negative debit.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from tieout.connectors.calendar import Calendar
from tieout.connectors.ledgers import BookTables, Row
from tieout.connectors.sap.fields import day_needed, day_of, minor_of, text_of
from tieout.connectors.sap.frame import LEDGERS, Frame
from tieout.connectors.sap.reading import ItemRow, Read
from tieout.connectors.sap.span import Span
from tieout.connectors.sap.words import KINDS, REVERSAL, kind_of, module_of, narrative_of
from tieout.core.money import Currency, format_minor

MODULES = {"D": "SL", "K": "PL"}
PARTIES = {"D": "Customer", "K": "Supplier"}
FILES = {"D": "sales_ledger.csv", "K": "purchase_ledger.csv"}


def entry_id(row: ItemRow) -> str:
    """Year, document and item of a line of a customer or supplier."""
    parts = ("FiscalYear", "AccountingDocument", "AccountingDocumentItem")
    return "".join(text_of(row, name) for name in parts)


def journal_id(row: ItemRow) -> str:
    """Year and document."""
    return text_of(row, "FiscalYear") + text_of(row, "AccountingDocument")


@dataclass(frozen=True)
class Translation:
    """What was read of one company, about to become its books."""

    read: Read
    span: Span
    calendar: Calendar
    read_on: date
    """What has been entered by then is in the books."""
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @cached_property
    def types(self) -> Mapping[str, str]:
        """By account that sub-ledger lines post to, D or K; master records come first."""
        found = {
            text_of(row, "GLAccount"): text_of(row, "FinancialAccountType")
            for row in self.read.items
        }
        known = {**found, **self.span.controls, **self.read.masters.types}
        beside = {
            other: known[account]
            for account, other in self.span.adjustments.items()
            if account in known
        }
        return {**beside, **known}

    @cached_property
    def items(self) -> Mapping[str, ItemRow]:
        """Lines of customers and suppliers by id."""
        return {entry_id(row): row for row in self.read.items}

    @cached_property
    def of_documents(self) -> Mapping[str, Sequence[ItemRow]]:
        """The lines of customers and suppliers by document."""
        made: dict[str, list[ItemRow]] = defaultdict(list)
        for row in self.read.items:
            made[journal_id(row)].append(row)
        return made

    def tables(self) -> BookTables:
        """All of it as files of the books folder."""
        tables: dict[str, Sequence[Row]] = {
            file: [
                self._entry(row)
                for row in self.read.items
                if text_of(row, "FinancialAccountType") == kind
            ]
            for kind, file in FILES.items()
        }
        tables["nominal.csv"] = [*self._forward(), *self._postings()]
        frame = Frame(self.read.masters, self.span, self.calendar, self.types)
        tables["accounts.csv"] = frame.accounts(tables["nominal.csv"])
        tables["parties.csv"] = [*frame.parties("D"), *frame.parties("K")]
        tables["periods.csv"] = frame.periods()
        return BookTables(tables, frame.settings(self.read_on), self._notes())

    def _said(self, minor: int, currency: str) -> str:
        return format_minor(minor, Currency.of(currency).exponent)

    def _entry(self, row: ItemRow) -> Row:
        kind, base = text_of(row, "FinancialAccountType"), self.read.masters.currency
        currency = text_of(row, "TransactionCurrency")
        sign = 1 if kind == "D" else -1
        amount = sign * minor_of(row, "AmountInCompanyCodeCurrency", base)
        doc = sign * minor_of(row, "AmountInTransactionCurrency", currency)
        posted_on = day_needed(row, "PostingDate")
        kinds = {**KINDS, **self.span.document_types}
        return {
            "txn_id": entry_id(row),
            "ledger": LEDGERS[kind],
            "party": text_of(row, PARTIES[kind]),
            "type": kind_of(kinds.get(text_of(row, "AccountingDocumentType"), ""), kind, amount),
            "reference": text_of(row, "DocumentReferenceID"),
            "transaction_date": posted_on,
            "due_date": day_of(row, "NetDueDate") or "",
            "entry_date": day_of(row, "AccountingDocumentCreationDate") or posted_on,
            "currency": currency,
            "doc_amount": self._said(doc, currency),
            "rate": "",
            "base_amount": self._said(amount, base),
            "control_account": text_of(row, "GLAccount"),
            "document_date": day_of(row, "DocumentDate") or "",
            "document_type": text_of(row, "AccountingDocumentType"),
            "special_gl": text_of(row, "SpecialGLCode"),
            "fiscal_period": text_of(row, "FiscalPeriod"),
            "cleared_by": text_of(row, "ClearingAccountingDocument"),
            "cleared_on": day_of(row, "ClearingDate") or "",
        }

    def _postings(self) -> list[Row]:
        documents: dict[str, list[ItemRow]] = defaultdict(list)
        for row in self.read.lines:
            documents[journal_id(row)].append(row)
        made: list[Row] = []
        for rows in documents.values():
            made += self._journal(rows)
        return made

    def _journal(self, rows: Sequence[ItemRow]) -> Iterable[Row]:
        """The lines of one document: those of parties numbered, the others as their other side."""
        of_items: dict[str, list[ItemRow]] = defaultdict(list)
        for row in rows:
            if text_of(row, "FinancialAccountType") in LEDGERS:
                of_items[entry_id(row)].append(row)
        numbers = {
            id(row): place
            for name, parts in of_items.items()
            for row, place in zip(parts, self._numbered(name, parts), strict=True)
        }
        known = [parts[0] for parts in of_items.values()]
        known += self.of_documents.get(journal_id(rows[0]), ())
        names = {entry_id(row) for row in known}
        for row in rows:
            kind = text_of(row, "FinancialAccountType")
            if kind in LEDGERS:
                yield self._posting(row, MODULES[kind], entry_id(row), numbers[id(row)])
            elif known:
                module = MODULES[text_of(known[0], "FinancialAccountType")]
                yield self._posting(row, module, min(names) if len(names) == 1 else "", (0, 0))
            else:
                module = module_of(text_of(row, "ReferenceDocumentType"))
                yield self._posting(row, module, "", (0, 0))

    def _numbered(self, name: str, parts: Sequence[ItemRow]) -> list[tuple[int, int]]:
        """Parts of one item where they add up to it, as document splitting makes them.

        Else each stands for the whole item, and all but one are too many.
        """
        item, base = self.items.get(name), self.read.masters.currency
        total = sum(minor_of(row, "AmountInCompanyCodeCurrency", base) for row in parts)
        if item is not None and total == minor_of(item, "AmountInCompanyCodeCurrency", base):
            return [(number, len(parts)) for number in range(1, len(parts) + 1)]
        return [(1, 1)] * len(parts)

    def _posting(self, row: ItemRow, module: str, source: str, place: tuple[int, int]) -> Row:
        base = self.read.masters.currency
        currency = text_of(row, "TransactionCurrency")
        amount = minor_of(row, "AmountInCompanyCodeCurrency", base)
        posted_on = day_needed(row, "PostingDate")
        fiscal = text_of(row, "FiscalPeriod")
        period = self.calendar.folded(fiscal)
        self.counts["special"] += period != int(fiscal)
        self.counts["outside"] += not self._is_inside(period, posted_on)
        said = narrative_of(text_of(row, "DocumentItemText"))
        if row.get("IsReversal") is True and REVERSAL not in said.casefold():
            said = f"Reversal of {text_of(row, 'ReversalReferenceDocument')} {said}".strip()
        own = minor_of(row, "AmountInTransactionCurrency", currency)
        return {
            "nominal_id": journal_id(row) + text_of(row, "LedgerGLLineItem"),
            "journal_id": journal_id(row),
            "status": "posted",
            "account": text_of(row, "GLAccount"),
            "period": period,
            "posting_date": posted_on,
            "transaction_date": day_of(row, "DocumentDate") or posted_on,
            "entry_date": day_of(row, "CreationDate") or posted_on,
            "source": module,
            "source_id": source,
            "line_no": place[0],
            "line_count": place[1],
            "reference": text_of(row, "AssignmentReference"),
            "narrative": said,
            "currency": currency,
            "doc_amount": self._said(own, currency),
            "debit": self._said(amount, base) if amount >= 0 else "",
            "credit": self._said(-amount, base) if amount < 0 else "",
            "fiscal_period": fiscal,
        }

    def _is_inside(self, period: int, day: date) -> bool:
        begins_on, ends_on = self.calendar.periods[period - 1]
        return begins_on <= day <= ends_on

    def _forward(self) -> Iterable[Row]:
        """What the years before left on each account, added up from their lines."""
        base = self.read.masters.currency
        totals: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        for row in self.read.earlier:
            currency = text_of(row, "TransactionCurrency")
            total = totals[text_of(row, "GLAccount"), currency]
            total[0] += minor_of(row, "AmountInCompanyCodeCurrency", base)
            total[1] += minor_of(row, "AmountInTransactionCurrency", currency)
        for (account, currency), (amount, own) in sorted(totals.items()):
            name = f"BF{self.span.year}{account}{currency}"
            day = self.calendar.begins_on
            yield {
                "nominal_id": name,
                "journal_id": name,
                "status": "posted",
                "account": account,
                "period": 0,
                "posting_date": day,
                "transaction_date": day,
                "entry_date": day,
                "source": "BF",
                "source_id": "",
                "line_no": 0,
                "line_count": 0,
                "reference": "",
                "narrative": "Lines of earlier fiscal years",
                "currency": currency,
                "doc_amount": self._said(own, currency),
                "debit": self._said(amount, base) if amount >= 0 else "",
                "credit": self._said(-amount, base) if amount < 0 else "",
                "fiscal_period": "",
            }

    def _notes(self) -> tuple[str, ...]:
        """What a person should know of how this was read."""
        masters = self.read.masters
        moved = {
            (text_of(row, PARTIES[kind]), text_of(row, "GLAccount"), now)
            for row in self.read.items
            if not text_of(row, "SpecialGLCode")
            and not text_of(row, "ClearingAccountingDocument")
            and (kind := text_of(row, "FinancialAccountType")) in LEDGERS
            and (now := _now(masters.customers if kind == "D" else masters.suppliers, row, kind))
            and now != text_of(row, "GLAccount")
        }
        notes = [
            f"{party} has the reconciliation account {now} now; open items stay on {account}."
            for party, account, now in sorted(moved)
        ]
        if self.counts["special"]:
            last = len(self.calendar.periods)
            notes.append(f"{self.counts['special']} lines of special periods are in period {last}.")
        if self.counts["outside"]:
            notes.append(f"{self.counts['outside']} lines are dated outside their fiscal period.")
        return tuple(notes)


def _now(accounts: Mapping[str, str], row: ItemRow, kind: str) -> str:
    return accounts.get(text_of(row, PARTIES[kind]), "")
