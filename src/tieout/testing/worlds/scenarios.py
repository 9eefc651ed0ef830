"""What happens between a bank and its books: pairs of one record each. See `sums` for groups.

Every scenario returns (left, right): the bank's rows and the books' rows, with groups numbered
from 0. The left is the bank.
"""

import numpy as np

from tieout.testing.worlds.rows import KINDS, Method, Rows, join, no_rows, rows
from tieout.testing.worlds.setting import FIRST_DAY, Setting, roll


def exact(s: Setting, count: int, kind: str = "exact") -> tuple[Rows, Rows]:
    """A book entry and its bank line: equal amounts, the bank some days later."""
    account = s.accounts(count)
    method = s.methods(count)
    day = s.book_days(count)
    amount = s.signed(s.amounts(count), method)
    party = s.parties(account)
    group = np.arange(count)
    right = rows(kind, account, day, amount, party, method, group)
    return banked(s, right), right


def banked(s: Setting, right: Rows) -> Rows:
    """Each book row's own bank line."""
    left = right.take(np.arange(len(right)))
    left.day = s.bank_days(right.day, right.account)
    left.alike_day = left.day
    left.link = np.arange(len(right))
    left.copy_of = np.arange(len(right))
    return left


def recurring(s: Setting, count: int) -> tuple[Rows, Rows]:
    """Subscriptions, rents and salaries: one amount, party and contract, each week or month."""
    step = s.rng.choice((7, 30), max(1, count // 12), p=(0.25, 0.75))
    times = np.maximum(1, s.days // step)
    series = np.repeat(np.arange(len(step)), times)[:count]
    turn = np.concatenate([np.arange(each) for each in times])[:count]
    account = s.accounts(len(step))
    method = s.rng.choice(
        (Method.DIRECT_DEBIT, Method.TRANSFER_OUT, Method.TRANSFER_IN), len(step), p=(0.5, 0.3, 0.2)
    ).astype(np.int64)
    amount = s.signed(s.amounts(len(step)), method)
    party = s.parties(account)
    start = s.rng.integers(0, step)
    day = roll(FIRST_DAY + start[series] + step[series] * turn)
    right = rows(
        "recurring",
        account[series],
        day,
        amount[series],
        party[series],
        method[series],
        np.arange(len(series)),
    )
    right.contract = s.rng.integers(10_000, 10_000_000, len(step))[series]
    left = banked(s, right)
    habit = s.bank_days(day, right.account) - day
    usual = np.minimum(habit[np.searchsorted(series, series)], 5)
    left.day = np.where(s.chance(len(series), 0.85), roll(day + usual), left.day)
    left.alike_day = left.day
    return left, right


def twins(s: Setting, count: int) -> tuple[Rows, Rows]:
    """Two or three pairs alike in amount, day and wording on both sides."""
    originals = max(1, count * 2 // 5)
    left, right = exact(s, originals, "twin")
    source = np.repeat(np.arange(originals), s.rng.integers(2, 4, originals))
    first = np.searchsorted(source, source)
    left, right = left.take(source), right.take(source)
    for side in (left, right):
        side.group = np.arange(len(source))
        side.copy_of = first
    left.link = first
    return left, right


def fee_net(s: Setting, count: int) -> tuple[Rows, Rows]:
    """Receipts that arrive less a processor's percent and fixed fee."""
    left, right = exact(s, count, "fee-net")
    percent_bp = np.array((140, 175, 250, 290))
    fixed = np.array((20, 25, 0, 30))
    shape = (right.party % 4).astype(int)
    gross = np.abs(right.amount) + 500
    fee = (gross * percent_bp[shape] + 5_000) // 10_000 + fixed[shape]
    for side, amount in ((left, gross - fee), (right, gross)):
        side.amount = amount
        side.method = np.full(count, int(Method.TRANSFER_IN))
    return left, right


def transfers(s: Setting, count: int) -> tuple[Rows, Rows]:
    """From one own account to another of its currency: two legs on each side's ledger."""
    source = s.accounts(count)
    target = s.accounts(count)
    fits = (source != target) & (s.currency[source] == s.currency[target])
    source, target = source[fits], target[fits]
    count = len(source)
    day = s.book_days(count)
    amount = s.amounts(count, smaller=8)
    party = s.parties(source)
    method = np.full(count, int(Method.OWN_TRANSFER))
    group = np.arange(count)
    out = rows("transfer", source, day, -amount, party, method, group)
    into = rows("transfer", target, day, amount, party, method, group + count)
    left_out, left_into = banked(s, out), banked(s, into)
    left_into.day = roll(left_out.day + s.chance(count, 0.3))
    left_into.alike_day = left_into.day
    left_into.link = left_into.link + count
    left_into.copy_of = left_into.copy_of + count
    into.copy_of = into.copy_of + count
    return join((left_out, left_into)), join((out, into))


def one_sided_transfers(s: Setting, count: int) -> tuple[Rows, Rows]:
    """Transfers that the books never heard of: two bank lines that cancel."""
    left, _ = transfers(s, count)
    legs = len(left) // 2
    left.kind = np.full(len(left), KINDS.index("transfer-one-sided"))
    left.link = np.full(len(left), -1)
    left.group = np.tile(np.arange(legs), 2)
    return left, no_rows()


def reversals(s: Setting, count: int, *, booked: bool) -> tuple[Rows, Rows]:
    """A payment and its return some days later, in the books too or in the bank only."""
    kind = "reversal-booked" if booked else "reversal-one-sided"
    left, right = exact(s, count, kind)
    back_left, back_right = left.take(np.arange(count)), right.take(np.arange(count))
    gap = s.rng.integers(0, 11, count)
    for side in (back_left, back_right):
        side.day = roll(side.day + gap)
        side.alike_day = side.day
        side.amount = -side.amount
        side.copy_of = side.copy_of + count
    both = join((left, back_left)), join((right, back_right))
    if not booked:
        both[0].link = np.full(2 * count, -1)
        return both[0], no_rows()
    for side in both:
        side.group = np.arange(2 * count)
    both[0].link = np.arange(2 * count)
    return both


def pending(s: Setting, count: int) -> tuple[Rows, Rows]:
    """Card lines first pending, then posted with another day and often a tip."""
    posted, right = exact(s, count, "pending")
    posted.method = right.method = np.full(count, int(Method.CARD_PURCHASE))
    before = -np.abs(posted.amount) - 500
    tip = np.where(s.chance(count, 0.5), before * s.rng.integers(10, 21, count) // 100, 0)
    posted.amount = right.amount = before + tip
    line = posted.take(np.arange(count))
    line.amount = before
    line.day = roll(right.day)
    line.alike_day = line.day
    posted.day = roll(line.day + s.rng.integers(1, 4, count))
    posted.alike_day = posted.day
    line.kind = np.full(count, KINDS.index("pending-line"))
    line.group = line.group + count
    line.is_pending = np.ones(count, np.bool_)
    line.copy_of = line.copy_of + count
    return join((posted, line)), right


def duplicates(s: Setting, count: int) -> tuple[Rows, Rows]:
    """Book entries keyed twice, the second time on the same day or up to three days later."""
    left, right = exact(s, count, "duplicated")
    again = right.take(np.arange(count))
    again.day = again.day + np.where(s.chance(count, 0.5), 0, s.rng.integers(1, 4, count))
    again.kind = np.full(count, KINDS.index("duplicate"))
    again.group = again.group + count
    return left, join((right, again))


def bank_only(s: Setting, count: int) -> tuple[Rows, Rows]:
    """What only the bank knows: fees, interest, money from strangers."""
    account = s.accounts(count)
    method = s.rng.choice(
        (Method.BANK_FEE, Method.INTEREST, Method.TRANSFER_IN, Method.TRANSFER_OUT),
        count,
        p=(0.5, 0.15, 0.2, 0.15),
    ).astype(np.int64)
    fees = np.array((100, 150, 250, 350, 500, 650, 800, 1200, 1500, 2500))
    small = s.rng.integers(1, 9_000, count)
    amount = np.select(
        (method == Method.BANK_FEE, method == Method.INTEREST),
        (s.rng.choice(fees, count), small),
        s.amounts(count),
    )
    day = roll(s.book_days(count))
    party = s.parties(account)
    amount = s.signed(amount, method)
    return rows("unmatched", account, day, amount, party, method, np.arange(count)), no_rows()


def books_only(s: Setting, count: int) -> tuple[Rows, Rows]:
    """What only the books know: items that never cleared."""
    _, right = exact(s, count, "unmatched")
    return no_rows(), right
