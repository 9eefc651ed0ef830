"""Rows get their text: how the books write an entry, how a bank line half repeats it."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tieout.engine.result import RECORD_SCHEMA
from tieout.testing.worlds.parties import MISSING, SPELLINGS, Parties, draw_spellings
from tieout.testing.worlds.rows import KINDS, Ints, Method, Rows
from tieout.testing.worlds.setting import Setting

BANK_WORDS: dict[Method, tuple[str, str, str]] = {
    Method.TRANSFER_IN: ("ACH CREDIT", "SEPA CREDIT TRANSFER FROM", "BANK GIRO CREDIT"),
    Method.TRANSFER_OUT: ("FASTER PAYMENT TO", "SEPA CREDIT TRANSFER TO", "ONLINE PAYMENT"),
    Method.CARD_PURCHASE: ("POS PURCHASE", "CARD PAYMENT", "DEBIT CARD"),
    Method.DIRECT_DEBIT: ("DIRECT DEBIT", "SEPA DIRECT DEBIT", "DD"),
    Method.CHEQUE_OUT: ("CHEQUE", "CHECK PAID", "CHQ"),
    Method.CHEQUE_DEPOSIT: ("BRANCH DEPOSIT", "CHEQUES PAID IN", "COUNTER CREDIT"),
    Method.CARD_SETTLEMENT: ("CARD SETTLEMENT", "MERCHANT CREDIT", "ACQUIRER PAYOUT"),
    Method.BANK_FEE: ("ACCOUNT FEE", "TRANSACTION CHARGES", "SERVICE CHARGE"),
    Method.INTEREST: ("INTEREST", "GROSS INTEREST TO DATE", "CREDIT INTEREST"),
    Method.OWN_TRANSFER: ("TRANSFER", "INTERNAL TRANSFER", "OWN ACCOUNT TRF"),
}
BOOK_WORDS: dict[Method, tuple[str, str, str]] = {
    Method.TRANSFER_IN: ("Customer receipt", "Receipt", "Payment received"),
    Method.TRANSFER_OUT: ("Supplier payment", "Payment", "Purchase invoice"),
    Method.CARD_PURCHASE: ("Card expense", "Expense", "Company card"),
    Method.DIRECT_DEBIT: ("Direct debit", "Subscription", "Standing charge"),
    Method.CHEQUE_OUT: ("Cheque written", "Cheque", "Supplier cheque"),
    Method.CHEQUE_DEPOSIT: ("Cheque received", "Cheque banked", "Receipt by cheque"),
    Method.CARD_SETTLEMENT: ("Card sale", "Till receipt", "Card receipt"),
    Method.BANK_FEE: ("Bank charges", "Bank charges", "Bank charges"),
    Method.INTEREST: ("Interest", "Interest", "Interest"),
    Method.OWN_TRANSFER: ("Transfer between accounts", "Funds moved", "Transfer"),
}
BANK_CODES = ("CRED", "XFER", "POS", "DD", "CHQ", "DEP", "MERCH", "FEE", "INT", "XFER")
BOOK_CODES = (
    "receipt",
    "payment",
    "card",
    "payment",
    "cheque",
    "cheque",
    "card",
    "",
    "",
    "journal",
)
TAILS = (
    "",
    "",
    "",
    "ON 0412 ",
    "REF ONLINE ",
    "CD 4471 ",
    "VIA MOBILE ",
    "GB ",
    "LONDON ",
    "00012 ",
)
REF_PREFIXES = ("", "REF ", "INV ", "RE", "NR. ", "/ROC/", "INV-")
NAMELESS = (
    Method.CHEQUE_DEPOSIT,
    Method.CARD_SETTLEMENT,
    Method.BANK_FEE,
    Method.INTEREST,
    Method.OWN_TRANSFER,
)
CURRENCIES = ("GBP", "EUR", "USD")
CLEAN, TRUNCATED, MISLEADING, ABSENT = range(4)


def numbers(s: Setting, right: Rows) -> Ints:
    """The books' reference numbers: a rising series per account for cheques, receipts, the rest."""
    cheque = right.method == Method.CHEQUE_OUT
    deposit = right.method == Method.CHEQUE_DEPOSIT
    series = right.account * 3 + np.where(cheque, 1, np.where(deposit, 2, 0))
    order = np.lexsort((s.rng.random(len(right)), right.serial, series))
    steps = s.rng.choice((1, 1, 1, 2, 3), len(right))
    climbing = np.cumsum(steps)
    starts = np.searchsorted(series[order], np.arange(series.max(initial=0) + 1))
    first = climbing[np.minimum(starts, max(len(right) - 1, 0))] if len(right) else climbing
    base = s.rng.integers(100_000, 400_000, series.max(initial=0) + 1)
    numbered = np.empty(len(right), np.int64)
    numbered[order] = base[series[order]] + climbing - first[series[order]]
    return np.where(right.contract >= 0, right.contract, numbered)[right.copy_of]


def books_table(s: Setting, right: Rows, number: Ints, parties: Parties) -> pa.Table:
    """The books: whole names, own reference numbers, a word on what it was."""
    rng, count, of = s.rng, len(right), right.copy_of
    named = ~s.chance(count, 0.03)[of] & (right.method != Method.OWN_TRANSFER)
    prefix = np.array(("", "INV-", "R-", "CHQ"), object)
    wanted = np.where(right.method == Method.CHEQUE_OUT, 3, (right.account % 2).astype(int))
    wanted = np.where(right.method == Method.CHEQUE_DEPOSIT, 2, wanted)
    memo = pc.take(_words(BOOK_WORDS), pa.array(right.method * 3 + rng.integers(0, 3, count)[of]))
    silent = s.chance(count, 0.2)[of]
    return _table(
        "R",
        s,
        right,
        reference=_glue(_pick(prefix, wanted), _text(number)),
        counterparty=pc.if_else(pa.array(named), pc.take(parties.names, pa.array(right.party)), ""),
        narrative=pc.if_else(pa.array(silent), "", memo),
        kind=_pick(np.array(BOOK_CODES, object), np.where(silent, 7, right.method)),
        external=_end_to_end_ids(right),
    )


def bank_table(s: Setting, left: Rows, right: Rows, number: Ints, parties: Parties) -> pa.Table:
    """The bank: boilerplate, a name cut or misspelt or missing, a reference clean in 40 %."""
    rng, count, of = s.rng, len(left), left.copy_of
    nameless = np.isin(left.method, NAMELESS)
    spelling = np.where(nameless, MISSING, draw_spellings(rng, count)[of])
    name = pc.take(parties.spellings, pa.array(left.party * SPELLINGS + spelling))
    house = left.account % 3
    opening = _glue(pc.take(_words(BANK_WORDS), pa.array(left.method * 3 + house)), " ")
    shown, reference = _references(s, left, number)
    mark = _pick(np.array(REF_PREFIXES, object), rng.integers(0, len(REF_PREFIXES), count)[of])
    written = pc.if_else(pa.array(shown), _glue(mark, reference, " "), "")
    tail = _pick(np.array(TAILS, object), rng.integers(0, len(TAILS), count)[of])
    apart = pa.array(left.account % 2 == 0)
    return _table(
        "L",
        s,
        left,
        reference=pc.if_else(pc.and_(apart, pa.array(shown)), reference, ""),
        counterparty=pc.if_else(apart, pc.utf8_trim_whitespace(name), ""),
        narrative=pc.utf8_trim_whitespace(
            _glue(opening, pc.if_else(apart, "", name), pc.if_else(apart, "", written), tail)
        ),
        kind=_pick(np.array(BANK_CODES, object), left.method),
        external=_bank_ids(s, left, right),
    )


def _has_end_to_end_id(right: Rows) -> npt.NDArray[np.bool_]:
    """Two accounts in twenty get the id that the books sent with some of their payments."""
    plain = right.kind == KINDS.index("exact")
    has: npt.NDArray[np.bool_] = plain & (right.account % 10 == 3)
    return has & (np.arange(len(right)) % 5 < 2)


def _end_to_end_ids(right: Rows) -> pa.Array:
    ids = _glue("E2E-", _text(np.arange(len(right))))
    return pc.if_else(pa.array(_has_end_to_end_id(right)), ids, "")


def _bank_ids(s: Setting, left: Rows, right: Rows) -> pa.Array:
    """The end-to-end id where one was sent; else the bank's own, which says nothing."""
    own = _glue("F", _text(s.rng.permutation(len(left))))
    if not len(right):
        return own
    at = np.maximum(left.link, 0)
    sent = (left.link >= 0) & _has_end_to_end_id(right)[at]
    sent &= left.kind == KINDS.index("exact")
    return pc.if_else(pa.array(sent), _end_to_end_ids(right).take(pa.array(at)), own)


def _references(s: Setting, left: Rows, number: Ints) -> tuple[npt.NDArray[np.bool_], pa.Array]:
    """Whether a number is shown, and which: clean 40 %, cut 5 %, another's 28 %, none 27 %."""
    rng, count, of = s.rng, len(left), left.copy_of
    quality = rng.choice(4, count, p=(0.40, 0.05, 0.28, 0.27))[of]
    cheque = (left.method == Method.CHEQUE_OUT) & s.chance(count, 0.8)[of]
    quality = np.where(cheque, CLEAN, quality)
    linked = left.link >= 0
    own = number[np.maximum(left.link, 0)] if len(number) else np.zeros(count, np.int64)
    quality = np.where(linked | (quality == ABSENT), quality, MISLEADING)
    other = own + rng.integers(-5_000, 5_000, count)[of]
    strange = np.where(
        linked & s.chance(count, 0.5)[of], other, rng.integers(10_000, 10**7, count)[of]
    )
    shown = np.select((quality == CLEAN, quality == TRUNCATED), (own, own // 10), np.abs(strange))
    return quality != ABSENT, _text(shown)


def _table(  # noqa: PLR0913  one argument a text column
    letter: str,
    s: Setting,
    side: Rows,
    *,
    reference: pa.Array,
    counterparty: pa.Array,
    narrative: pa.Array,
    kind: pa.Array,
    external: pa.Array,
) -> pa.Table:
    accounts = pa.array([f"{CURRENCIES[s.currency[i]]}-{i:03d}" for i in range(s.account_count)])
    currencies = pa.array(CURRENCIES)
    days = pa.array(side.day.astype(np.int32)).cast(pa.date32())
    columns = {
        "record_id": _glue(letter, pc.utf8_lpad(_text(np.arange(len(side))), 7, "0")),
        "account": pc.take(accounts, pa.array(side.account)),
        "currency": pc.take(currencies, pa.array(s.currency[side.account])),
        "amount_minor": pa.array(side.amount),
        "booked_on": days,
        "value_on": pa.nulls(len(side), pa.date32()),
        "external_id": external,
        "reference": reference,
        "counterparty": counterparty,
        "narrative": narrative,
        "kind": kind,
        "is_pending": pa.array(side.is_pending),
    }
    return pa.table(columns, schema=RECORD_SCHEMA)


def _words(words: dict[Method, tuple[str, str, str]]) -> pa.Array:
    return pa.array([each for method in Method for each in words[method]])


def _pick(words: npt.NDArray[np.object_], which: Ints) -> pa.Array:
    return pc.take(pa.array(list(words)), pa.array(which))


def _text(number: Ints) -> pa.Array:
    return pc.cast(pa.array(number), pa.string())


def _glue(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")
