"""Groups of several records: settlements, deposits, payments of many invoices, splits."""

import numpy as np

from tieout.testing.worlds.rows import KINDS, Ints, Method, Rows, rows
from tieout.testing.worlds.setting import FIRST_DAY, Setting, roll


def card_batches(s: Setting, count: int) -> tuple[Rows, Rows]:
    """All card receipts of a day in one settlement; some accounts' settlements are less a fee."""
    takers = np.arange(0, s.account_count, 4)
    days = np.unique(roll(FIRST_DAY + np.arange(s.days)))
    slots = len(takers) * len(days)
    batches = max(1, min(count // 12, slots * 4 // 5))
    picked = s.rng.choice(slots, batches, replace=False)
    size = 2 + s.rng.poisson(max(1.0, count / batches - 2), batches)
    group = np.repeat(np.arange(batches), size)
    taker, day = takers[picked // len(days)], days[picked % len(days)]
    account = taker[group]
    right = rows(
        "card-batch",
        account,
        day[group],
        s.amounts(len(group), smaller=0.3),
        s.parties(account),
        np.full(len(group), int(Method.CARD_SETTLEMENT)),
        group,
    )
    gross = _sums(right.amount, group, batches)
    percent_bp = np.array((140, 185, 220))[taker % 3]
    is_net = (taker // 4) % 2 == 1
    fee = np.where(is_net, (gross * percent_bp + 5_000) // 10_000, 0)
    kind = np.where(is_net, KINDS.index("card-batch-net"), KINDS.index("card-batch"))
    right.kind = kind[group]
    left = rows(
        kind,
        taker,
        roll(day + s.rng.integers(1, 4, batches)),
        gross - fee,
        s.parties(taker),
        np.full(batches, int(Method.CARD_SETTLEMENT)),
        np.arange(batches),
    )
    return left, right


def deposits(s: Setting, count: int) -> tuple[Rows, Rows]:
    """Two to twelve cheques of five days, numbered almost in a row, banked together."""
    size = s.rng.choice(np.arange(2, 13), max(1, count // 6), p=_sizes(11))
    deposit = np.arange(len(size))
    group = np.repeat(deposit, size)
    account = s.accounts(len(size))
    day = roll(s.book_days(len(size)) + 4)
    last = day + s.rng.integers(0, 2, len(size))
    right = rows(
        "deposit",
        account[group],
        roll(last[group] - s.rng.integers(0, 5, len(group))),
        s.amounts(len(group)),
        s.parties(account[group]),
        np.full(len(group), int(Method.CHEQUE_DEPOSIT)),
        group,
    )
    right.day = np.minimum(right.day, roll(last)[group])
    right.alike_day = right.day
    stray = np.where(s.chance(len(group), 0.1), s.rng.integers(-2000, 2001, len(group)), 0)
    right.serial = day[group] * 1000 + s.rng.integers(0, 900, len(size))[group] + stray
    left = rows(
        "deposit",
        account,
        roll(roll(last) + s.rng.integers(0, 2, len(size))),
        _sums(right.amount, group, len(size)),
        s.parties(account),
        np.full(len(size), int(Method.CHEQUE_DEPOSIT)),
        deposit,
    )
    return left, right


def invoices(s: Setting, count: int) -> tuple[Rows, Rows]:
    """One payment of two to five invoices of one party, booked within ten days before it."""
    size = s.rng.choice(np.arange(2, 6), max(1, count // 3), p=_sizes(4))
    group = np.repeat(np.arange(len(size)), size)
    account = s.accounts(len(size))
    method = s.rng.choice((Method.TRANSFER_IN, Method.TRANSFER_OUT), len(size)).astype(np.int64)
    party = s.parties(account)
    day = roll(s.book_days(len(size)) + 10)
    right = rows(
        "invoices",
        account[group],
        np.minimum(roll(day[group] - s.rng.integers(1, 10, len(group))), day[group]),
        s.signed(s.amounts(len(group)), method[group]),
        party[group],
        method[group],
        group,
    )
    left = rows(
        "invoices",
        account,
        day,
        _sums(right.amount, group, len(size)),
        party,
        method,
        np.arange(len(size)),
        link=np.searchsorted(group, np.arange(len(size))),
    )
    return left, right


def splits(s: Setting, count: int) -> tuple[Rows, Rows]:
    """One book entry paid in two to four parts to the same party within fifteen days."""
    size = s.rng.choice(np.arange(2, 5), max(1, count * 2 // 5), p=_sizes(3))
    group = np.repeat(np.arange(len(size)), size)
    account = s.accounts(len(size))
    method = s.rng.choice((Method.TRANSFER_IN, Method.TRANSFER_OUT), len(size)).astype(np.int64)
    amount = s.amounts(len(size), smaller=3) + 2_000
    day = s.book_days(len(size))
    right = rows(
        "split",
        account,
        day,
        s.signed(amount, method),
        s.parties(account),
        method,
        np.arange(len(size)),
    )
    part = _parts(s, amount, size, group)
    left = rows(
        "split",
        account[group],
        roll(day[group] + s.rng.integers(0, 14, len(group))),
        s.signed(part, method[group]),
        right.party[group],
        method[group],
        group,
        link=group,
    )
    return left, right


def _parts(s: Setting, amount: Ints, size: Ints, group: Ints) -> Ints:
    """Parts of each amount: equal ones in a third of the cases; the last takes the rest."""
    weight = np.where(s.chance(len(size), 1 / 3)[group], 1.0, s.rng.uniform(0.3, 1.0, len(group)))
    whole = np.bincount(group, weight)
    part = (amount[group] * weight / whole[group]).astype(np.int64)
    last = np.cumsum(size) - 1
    part[last] += amount - _sums(part, group, len(size))
    return part


def _sums(amount: Ints, group: Ints, count: int) -> Ints:
    """Exact integer sums by group; groups are sorted and none is empty."""
    starts = np.searchsorted(group, np.arange(count))
    summed: Ints = np.add.reduceat(amount, starts)
    return summed


def _sizes(count: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Small groups more often than large ones."""
    weights = 1.0 / np.arange(2, count + 2) ** 0.5
    return np.asarray(weights / weights.sum())
