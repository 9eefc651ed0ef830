"""The general ledger into journal entries; what the file holds besides is counted."""

from lxml import etree

from tieout.core.errors import InvalidInput, Problem
from tieout.core.money import format_minor
from tieout.core.reading import Reading
from tieout.formats.common.fields import amount_of
from tieout.formats.common.source import Source
from tieout.formats.common.xml import Document, child, local, parse_documents, place_of, text_at
from tieout.formats.saft.entries import Ledger, read_entries
from tieout.formats.saft.master import read_master

_DOCUMENTS = {
    "Invoice": "invoices",
    "Payment": "payments",
    "StockMovement": "stock movements",
    "WorkDocument": "working documents",
    "AssetTransaction": "asset transactions",
}
"""Source documents beside the ledger."""
_NAMED_MAX = 5


def read(source: Source) -> Reading:
    """The general ledger's entries, the chart of accounts, and what else there is."""
    parsed = parse_documents(source.data(), source.name)
    problems = [*parsed.problems, *parsed.lost("Transaction")]
    document = parsed.documents[0]
    root = _audit_file(document.root)
    if root is None:
        raise InvalidInput(
            "file.unknown-format", f"<{local(document.root)}>", "AuditFile", source.name
        )
    master = read_master(root, document.namespace, problems)
    ledger = Ledger(master)
    sections = list(root.iter("GeneralLedgerEntries"))
    for section in sections:
        read_entries(document, section, ledger)
    problems.extend(ledger.problems)
    problems.extend(_check(sections, ledger))
    problems.extend(_besides(root, ledger, has_ledger=bool(sections)))
    return Reading(
        file=source.name,
        format="saft",
        variant=_variant(root, document, master.country),
        charset=parsed.charset,
        sha256=source.sha256,
        entries=tuple(ledger.entries),
        accounts=tuple(master.accounts.values()),
        problems=tuple(problems),
        held=tuple(ledger.held),
    )


def _audit_file(root: etree._Element) -> etree._Element | None:
    """The audit file, also inside an envelope, or a root of another name that holds its parts."""
    if local(root) == "AuditFile":
        return root
    inner = next(root.iter("AuditFile"), None)
    if inner is not None:
        return inner
    parts = ("GeneralLedgerEntries", "MasterFiles", "SourceDocuments")
    return root if any(child(root, name) is not None for name in parts) else None


def _variant(root: etree._Element, document: Document, country: str) -> str:
    version = text_at(root, "Header", "AuditFileVersion")
    known = next((each for each in document.namespaces if "audit" in each.lower()), "")
    return " ".join(each for each in ("SAF-T", country, version or known) if each)


def _check(sections: list[etree._Element], ledger: Ledger) -> list[Problem]:
    """The totals the sections state against what was read."""
    if not sections:
        return []
    problems = []
    entries = len(ledger.entries) + len(ledger.held)
    count = _stated_sum(sections, "NumberOfEntries")
    if count is not None and count not in {entries, ledger.lines}:
        problems.append(
            Problem("statement.count-differs", f"{entries} transactions",
                    f"{count} as NumberOfEntries states", place_of(sections[0]))
        )  # fmt: skip
    currency = ledger.master.currency
    for name, got in (("TotalDebit", ledger.debit), ("TotalCredit", ledger.credit)):
        texts = [text for each in sections if (text := text_at(each, name))]
        read = [amount_of(text, currency) for text in texts]
        if texts and not ledger.held:
            total = sum(each[0] for each in read if isinstance(each, tuple) and each[1] == currency)
            if total != got:
                problems.append(
                    Problem("statement.total-differs", format_minor(got, currency.exponent),
                            f"{format_minor(total, currency.exponent)} as {name} states",
                            place_of(sections[0]))
                )  # fmt: skip
    problems += _check_balances(ledger)
    return problems


def _stated_sum(sections: list[etree._Element], name: str) -> int | None:
    texts = [text for each in sections if (text := text_at(each, name))]
    return (
        sum(int(text[:15]) for text in texts) if texts and all(map(str.isdecimal, texts)) else None
    )


def _check_balances(ledger: Ledger) -> list[Problem]:
    """Opening balance plus postings against the closing balance, account by account."""
    if not ledger.entries or ledger.held:
        return []
    exponent = ledger.master.currency.exponent
    off = [
        f"{account}: {format_minor(opening + ledger.moved[account], exponent)}"
        f" and not {format_minor(closing, exponent)}"
        for account, (opening, closing) in ledger.master.stated.items()
        if opening + ledger.moved[account] != closing
    ]
    if not off:
        return []
    more = f" and {len(off) - _NAMED_MAX} more accounts" if len(off) > _NAMED_MAX else ""
    return [
        Problem("statement.does-not-tie", "; ".join(off[:_NAMED_MAX]) + more,
                "opening balance plus postings = closing balance")
    ]  # fmt: skip


def _besides(root: etree._Element, ledger: Ledger, *, has_ledger: bool) -> list[Problem]:
    """What else the file holds; without a ledger that is the first thing to say."""
    counts = {
        said: count
        for name, said in _DOCUMENTS.items()
        if (count := sum(local(each.getparent()) != name for each in root.iter(name)
                         if each.getparent() is not None and len(each)))
    }  # fmt: skip
    customers = sum(role == "CustomerID" for role, _ in ledger.master.parties)
    suppliers = len(ledger.master.parties) - customers
    counts |= {k: v for k, v in (("customers", customers), ("suppliers", suppliers)) if v}
    said = ", ".join(f"{count} {name}" for name, count in counts.items())
    if not has_ledger:
        return [
            Problem("file.no-records", f"no general ledger, but {said or 'nothing'}",
                    "a section GeneralLedgerEntries")
        ]  # fmt: skip
    found = []
    if not ledger.entries and not ledger.held:
        found.append(Problem("file.no-records", "no transactions", "a ledger with transactions"))
    if any(name not in {"customers", "suppliers"} for name in counts):
        found.append(Problem("record.extra", said, "the general ledger"))
    return found
