"""What a camt entry or one of its transaction details says about parties, references, text.

Both levels share these elements; the paths are those of ISO 20022 camt.053 from version 1 to 13,
where version 8 moved a party's name below `Pty` and version 3 the amount out of `AmtDtls`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tieout.core.statements import Direction
from tieout.formats.common.fields import tidy
from tieout.formats.common.nodes import Node, child, children, leaves, text_at

_NO_REFERENCE = frozenset({"NOTPROVIDED", "NOTAVAILABLE", "NONREF", "NONE", "N/A", "NOREF"})

_REFERENCES = (
    "EndToEndId", "ChqNb", "MndtId", "TxId", "InstrId", "UETR", "PmtInfId", "AcctOwnrTxId",
    "ClrSysRef", "MsgId",
)  # fmt: skip
"""Elements of `Refs`, most telling first; `AcctSvcrRef` is the bank's id and stands apart."""

_CONSUMED = frozenset(
    {
        "Amt", "CdtDbtInd", "RvslInd", "Sts", "BookgDt", "ValDt", "AcctSvcrRef", "AddtlNtryInf",
        "AddtlTxInf", "NtryDtls", "BkTxCd/Domn", "RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref",
        "RmtInf/Strd/AddtlRmtInf", "AmtDtls/TxAmt/Amt", "Refs/AcctSvcrRef",
        *(f"Refs/{name}" for name in _REFERENCES),
    }
)  # fmt: skip
"""Paths that have a field of their own; all others become attributes."""


_SAID_IN = frozenset({"RmtInf", "AddtlTxInf", "AddtlNtryInf"})


@dataclass(frozen=True)
class Party:
    """One of the two ends of a payment."""

    name: str
    account: str
    ultimate: str
    consumed: frozenset[str]
    """What has a field of its own; name and account of this party are in it."""


_NOBODY = Party("", "", "", _CONSUMED)
_CONSUMED_OF = {
    role: _CONSUMED.union(
        f"RltdPties/{role}{path}" for path in ("/Nm", "/Pty/Nm", "Acct/Id/IBAN", "Acct/Id/Othr/Id")
    )
    for role in ("Dbtr", "Cdtr")
}
_NOBODY_AS = {role: Party("", "", "", consumed) for role, consumed in _CONSUMED_OF.items()}


@dataclass(frozen=True)
class Details:
    """What an entry or a transaction detail says beyond amount, direction and dates."""

    bank_id: str
    references: tuple[str, ...]
    counterparty: str
    counterparty_account: str
    narrative: str
    kind: str
    attributes: tuple[tuple[str, str], ...]


def read_details(
    element: Node, direction: Direction, own: tuple[str, str], *, is_return: bool
) -> Details:
    """Read an `Ntry` or `TxDtls`. `own` is the statement's account number and owner."""
    party = _counterparty(element, direction, own, is_return=is_return)
    return Details(
        bank_id=_reference(text_at(element, "AcctSvcrRef"))
        or _reference(text_at(element, "Refs", "AcctSvcrRef")),
        references=_references(element),
        counterparty=party.name or party.ultimate,
        counterparty_account=party.account,
        narrative=_narrative(element),
        kind=_kind(element),
        attributes=tuple(leaves(element, party.consumed)),
    )


def account_number(account: Node | None) -> str:
    """IBAN or whatever else identifies an account, without blanks."""
    ident = child(account, "Id")
    if ident is None:
        return ""
    for path in (("IBAN",), ("Othr", "Id"), ("PrtryAcct", "Id"), ("BBAN",), ("UPIC",)):
        number = text_at(ident, *path)
        if number:
            return "".join(number.split())
    return "".join(ident.raw.split())


def party_name(party: Node | None) -> str:
    """A party's name, in the old place or the new; else the institution's."""
    if party is None:
        return ""
    for path in (("Nm",), ("Pty", "Nm"), ("Agt", "FinInstnId", "Nm"), ("FinInstnId", "Nm")):
        name = text_at(party, *path)
        if name:
            return tidy(name)
    return ""


def without_repeats(values: Iterable[str]) -> tuple[str, ...]:
    """The values that say something, each once, in order."""
    return tuple(dict.fromkeys(value for value in values if value))


def _counterparty(
    element: Node, direction: Direction, own: tuple[str, str], *, is_return: bool
) -> Party:
    """The other end. Roles are those of the original payment, so a return turns them round."""
    parties = child(element, "RltdPties")
    if parties is None:
        return _NOBODY
    debtor, creditor = _party(parties, "Dbtr"), _party(parties, "Cdtr")
    number, owner = own
    if number and (debtor.account == number) != (creditor.account == number):
        return creditor if debtor.account == number else debtor
    money_came_in = direction is Direction.CREDIT
    if is_return:
        money_came_in = not money_came_in
    likely, other = (debtor, creditor) if money_came_in else (creditor, debtor)
    if not (likely.name or likely.ultimate or likely.account) and other.name != owner:
        return other
    return likely


def _party(parties: Node, role: str) -> Party:
    party = child(parties, role)
    account = child(parties, f"{role}Acct")
    if party is None and account is None and f"Ultmt{role}" not in parties.by_name:
        return _NOBODY_AS[role]
    return Party(
        party_name(party) or tidy(text_at(account, "Nm")),
        account_number(account),
        party_name(child(parties, f"Ultmt{role}")),
        _CONSUMED_OF[role],
    )


def _reference(text: str) -> str:
    return "" if not text or text.upper().replace(" ", "") in _NO_REFERENCE else text


def _references(element: Node) -> tuple[str, ...]:
    refs = child(element, "Refs")
    remittance = children(child(element, "RmtInf"), "Strd")
    if refs is None and not remittance:
        return ()
    structured = [text_at(each, "CdtrRefInf", "Ref") for each in remittance]
    documents = [
        text_at(document, "Nb") for each in remittance for document in children(each, "RfrdDocInf")
    ]
    named = []
    if refs is not None:
        named = [text_at(refs, name) for name in _REFERENCES if name in refs.by_name]
    own = [text_at(each, "Ref") for each in children(refs, "Prtry")]
    return without_repeats(map(_reference, (*structured, *documents, *named, *own)))


def _narrative(element: Node) -> str:
    if element.by_name.keys().isdisjoint(_SAID_IN):
        return ""
    remittance = child(element, "RmtInf")
    texts = [tidy(each.raw) for each in children(remittance, "Ustrd")]
    texts += [
        tidy(each.raw)
        for structured in children(remittance, "Strd")
        for each in children(structured, "AddtlRmtInf")
    ]
    said = " ".join(text for text in texts if text) if texts else ""
    for name in ("AddtlTxInf", "AddtlNtryInf"):
        for each in children(element, name):
            more = tidy(each.raw)
            if more and more not in said:
                said = f"{said} {more}" if said else more
    return said


def _kind(element: Node) -> str:
    code = child(element, "BkTxCd")
    domain = child(code, "Domn")
    if domain is None:
        return text_at(code, "Prtry", "Cd")
    codes = (
        text_at(domain, "Cd"),
        text_at(domain, "Fmly", "Cd"),
        text_at(domain, "Fmly", "SubFmlyCd"),
    )
    return "-".join(each for each in codes if each) or text_at(code, "Prtry", "Cd")
