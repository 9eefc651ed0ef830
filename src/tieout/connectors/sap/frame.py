"""What stands around entries and postings: accounts, parties, periods, settings of the books."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tieout.connectors.calendar import Calendar
from tieout.connectors.ledgers import Row
from tieout.connectors.sap.reading import Masters
from tieout.connectors.sap.span import Span

LEDGERS = {"D": "AR", "K": "AP"}
"""Which ledger the lines of customers (D) and suppliers (K) make."""
DEFAULTS = {"D": "debtors_control", "K": "creditors_control"}


@dataclass(frozen=True)
class Frame:
    """A company's masters, in the calendar that was asked for."""

    masters: Masters
    span: Span
    calendar: Calendar
    types: Mapping[str, str]
    """By account that sub-ledger lines post to, D or K."""

    def accounts(self, postings: Sequence[Row]) -> list[Row]:
        """The chart, with the accounts that only postings name."""
        names = self.masters.accounts
        codes = {str(row["account"]) for row in postings} | set(names) | set(self.types)
        kinds = {code: f"control_{LEDGERS[kind]}" for code, kind in self.types.items()}
        if self.span.suspense:
            kinds[self.span.suspense] = "suspense"
        return [
            {"account": code, "name": names.get(code, ""), "kind": kinds.get(code, "other")}
            for code in sorted(codes)
        ]

    def parties(self, kind: str) -> Iterable[Row]:
        """The customers or suppliers with the reconciliation account they have now."""
        masters = self.masters
        accounts = masters.customers if kind == "D" else masters.suppliers
        for party, account in sorted(accounts.items()):
            yield {
                "party": party,
                "ledger": LEDGERS[kind],
                "name": "",
                "control_account": account,
            }

    def periods(self) -> list[Row]:
        """The calendar; what is closed is what somebody said."""
        closed = self.span.closed_through.get("+", 0)
        states = [
            "closed"
            if number <= closed or number in self.calendar.closed_on
            else "open"
            if number <= self.span.through
            else "future"
            for number in range(1, len(self.calendar.periods) + 1)
        ]
        return [
            {
                "period": number,
                "start": begins_on,
                "end": ends_on,
                "status": state,
                "close_date": self.calendar.closed_on.get(number, ""),
            }
            for number, ((begins_on, ends_on), state) in enumerate(
                zip(self.calendar.periods, states, strict=True), 1
            )
        ]

    def settings(self, read_on: date) -> Mapping[str, object]:
        """Which accounts are counted, and where the books are from."""
        counted = {
            kind: [{"account": code} for code, of in sorted(self.types.items()) if of == kind]
            for kind in LEDGERS
        }
        defaults: dict[str, object] = {
            DEFAULTS[kind]: {**keys[0], "use_specified": True}
            for kind, keys in counted.items()
            if keys
        }
        if self.span.suspense:
            defaults["suspense"] = {"account": self.span.suspense}
        return {
            "base_currency": self.masters.currency,
            "extract_date": read_on.isoformat(),
            "reconciliation_enquiry_settings": {
                LEDGERS[kind]: keys for kind, keys in counted.items()
            },
            "default_nominal_accounts": defaults,
            "connected_system": self.span.as_settings(self.calendar),
        }
