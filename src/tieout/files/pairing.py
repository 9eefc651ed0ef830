"""Which account of the books is which account of the bank, in which currency, with which sign.

Guessed only where nobody said it, from the amounts that two accounts have in common within a few
days. Thin evidence is no evidence: then the records stay unmatched, or an error says what to
name. Every guess is a note of the run.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from tieout.core.errors import InvalidInput
from tieout.engine.result import RECORD_SCHEMA
from tieout.files.common_amounts import Overlap, account_sizes, overlaps
from tieout.files.records import SideRecords, only_accounts

ENOUGH = 3
"""So many amounts in common are evidence by themselves; fewer must be half of a small file."""
CLEARLY = (9, 10)
"""A rival account with more than this share of the best one's amounts leaves it unclear."""
OPPOSITE_TIMES = 3
"""Signs are turned only if so many times more amounts fit turned than fit as they are."""
NOT_NAMED = "(not named)"
DIGITS_MIN = 6
"""So many digits at the end of two account numbers make them one (an IBAN and its number)."""


@dataclass(frozen=True)
class AccountPair:
    """A left and a right account found to be one, and the evidence."""

    left: str
    right: str
    common: int
    is_opposite: bool = False


def pair_accounts(
    left: SideRecords, right: SideRecords
) -> tuple[SideRecords, SideRecords, tuple[tuple[str, str], ...]]:
    """The two sides cut down to what can be compared, and the account pairs found.

    Books are cut down to the accounts that pair with an account of the other side. Several
    accounts of one side that belong to one of the other (an IBAN and an account number) take one
    name. An account whose amounts are the other's with the opposite sign is turned round.
    """
    has_books = left.is_books or right.is_books
    if has_books:
        left, right = _all_named(left), _all_named(right)
    names = [_accounts(each) for each in (left, right)]
    is_one_each = len(names[0]) == len(names[1]) == 1 or [""] in names
    if not has_books and names[0] == names[1] and not is_one_each:
        return left, right, ()
    found = overlaps(left.table, right.table)
    if not has_books and is_one_each:
        left, right = _turned_if_opposite(left, right, found)
        return left, right, ()
    books_right = right.is_books or not left.is_books
    chosen, unclear = choose_pairs(
        found if books_right else [each.swapped for each in found],
        account_sizes((left if books_right else right).table),
        bank_accounts=(right if books_right else left).bank_accounts,
    )
    if not books_right:
        chosen = [replace(each, left=each.right, right=each.left) for each in chosen]
    if has_books and not chosen:
        raise _no_account(left, right, found, unclear)
    left, right = _turn_pairs(left, right, chosen)
    left, right, pairs = _one_name_each(left, right, chosen)
    left, right = _cut_books(left, right, pairs)
    left = _with_notes(left, _notes(left, right, chosen, unclear, has_books=has_books))
    return left, right, tuple(pairs)


def _accounts(side: SideRecords) -> list[str]:
    return sorted(side.table["account"].unique().to_pylist())


def _all_named(side: SideRecords) -> SideRecords:
    """Records without an account are an account of their own where others name theirs."""
    if "" not in (names := _accounts(side)) or len(names) == 1:
        return side
    account = side.table["account"]
    named = pc.if_else(pc.equal(account, ""), NOT_NAMED, account)
    return replace(side, table=side.table.set_column(1, RECORD_SCHEMA.field(1), named))


def choose_pairs(
    found: Sequence[Overlap], sizes: dict[str, int], *, bank_accounts: frozenset[str] = frozenset()
) -> tuple[list[AccountPair], dict[str, list[str]]]:
    """For each left account the right account that is clearly the same.

    Accounts with most in common choose first. Returns the pairs, and for each left account that
    stays alone the right accounts that came into question.
    """
    by_left: dict[str, list[Overlap]] = {}
    for each in found:
        if each.right in sizes and each.right != each.left:
            continue  # the account of that very name has it
        by_left.setdefault(each.left, []).append(each)
    order = sorted(by_left, key=lambda name: (-max(o.same for o in by_left[name]), name))
    chosen: list[AccountPair] = []
    unclear: dict[str, list[str]] = {name: [] for name in sizes if name not in by_left}
    for name in order:
        pair = _choose(by_left[name], sizes[name], chosen, bank_accounts)
        if pair:
            chosen.append(pair)
        else:
            best = sorted(by_left[name], key=lambda o: (-o.same, o.right))[:3]
            unclear[name] = [each.right for each in best if each.same]
    return sorted(chosen, key=lambda each: (each.left, each.right)), unclear


def _choose(
    found: Sequence[Overlap],
    size: int,
    chosen: Sequence[AccountPair],
    bank_accounts: frozenset[str],
) -> AccountPair | None:
    """The right account of one left account, or None when none is clearly it.

    What the books themselves call a bank account comes first, unless others fit far better.
    """
    taken = {pair.right: pair for pair in chosen}
    banks = [each for each in found if each.right in bank_accounts]
    pair = _same_way(banks, size, taken) or _opposite(banks, size, taken)
    if pair and pair.common * 2 >= max(each.same for each in found):
        return pair
    return _same_way(found, size, taken) or _opposite(found, size, taken)


def _same_way(
    found: Sequence[Overlap], size: int, taken: dict[str, AccountPair]
) -> AccountPair | None:
    """The right account with clearly most of the left one's amounts, and enough of them."""
    named = [each for each in found if same_number(each.left, each.right)]
    free = [
        each
        for each in named or found
        if each.same and (each.right not in taken or _belongs_too(each, size, taken[each.right]))
    ]
    ranked = sorted(free, key=lambda each: (-each.same, each.right))
    if not ranked:
        return None
    best = ranked[0]
    if not named and not _is_enough(best.same, best.amounts_same, size):
        return None
    if any(not _behind(rival.same, best.same) for rival in ranked[1:]):
        return None
    return AccountPair(best.left, best.right, best.same)


def _opposite(
    found: Sequence[Overlap], size: int, taken: dict[str, AccountPair]
) -> AccountPair | None:
    """A right account that has most of the left one's amounts with the opposite sign."""
    ranked = sorted(found, key=lambda each: (-each.opposite, each.right))
    if not ranked:
        return None
    best = ranked[0]
    if (
        best.right in taken
        or best.amounts_opposite < ENOUGH
        or best.opposite * 2 < size
        or best.opposite <= OPPOSITE_TIMES * max(each.same for each in found)
        or any(not _behind(other.opposite, best.opposite) for other in ranked[1:])
    ):
        return None
    return AccountPair(best.left, best.right, best.opposite, is_opposite=True)


def _is_enough(common: int, amounts: int, size: int) -> bool:
    return amounts >= ENOUGH or common * 2 >= size


def _belongs_too(found: Overlap, size: int, pair: AccountPair) -> bool:
    """Whether a further left account belongs to a right account that another one has."""
    if same_number(found.left, pair.left):
        return True
    return found.amounts_same >= ENOUGH and found.same * 2 >= size and not pair.is_opposite


def _behind(rival: int, best: int) -> bool:
    return rival * CLEARLY[1] < best * CLEARLY[0]


def same_number(one: str, other: str) -> bool:
    """Whether two account names are one number written in two ways, or equal.

    An IBAN or a sort code before the number, blanks and hyphens do not count; a masked card
    (`****8841`) is no proof.
    """
    if one == other:
        return bool(one)
    digits = ["".join(filter(str.isdigit, name)) for name in (one, other)]
    short, long = sorted(digits, key=len)
    return len(short) >= DIGITS_MIN and long.endswith(short)


def _turned_if_opposite(
    left: SideRecords, right: SideRecords, found: Sequence[Overlap]
) -> tuple[SideRecords, SideRecords]:
    """Turn the signs of a list that counts the other way round, such as supplier invoices."""
    opposite = sum(each.opposite for each in found)
    amounts = sum(each.amounts_opposite for each in found)
    same = sum(each.same for each in found)
    small = min(len(left.table), len(right.table))
    if amounts < ENOUGH or opposite <= OPPOSITE_TIMES * same or opposite * 5 < small:
        return left, right
    if _has_one_sign(left) and not _has_one_sign(right):
        return _turned(left, _accounts(left)), right
    return left, _turned(right, _accounts(right))


def _has_one_sign(side: SideRecords) -> bool:
    ends = pc.min_max(side.table["amount_minor"]).as_py()
    return bool(ends["min"] >= 0 or ends["max"] <= 0)


def _turn_pairs(
    left: SideRecords, right: SideRecords, chosen: Sequence[AccountPair]
) -> tuple[SideRecords, SideRecords]:
    opposite = [pair for pair in chosen if pair.is_opposite]
    if not opposite:
        return left, right
    if right.is_books and not left.is_books:
        return _turned(left, [pair.left for pair in opposite]), right
    return left, _turned(right, [pair.right for pair in opposite])


def _turned(side: SideRecords, accounts: Sequence[str]) -> SideRecords:
    table = side.table
    here = pc.is_in(table["account"], value_set=pa.array(accounts, pa.string()))
    amounts = pc.if_else(here, pc.negate_checked(table["amount_minor"]), table["amount_minor"])
    what = "" if _accounts(side) == list(accounts) else f", {_listed(accounts)}"
    note = f"{side.label}{what} counts the other way round: its signs are turned for the comparison"
    return _with_notes(
        replace(side, table=table.set_column(3, RECORD_SCHEMA.field(3), amounts)), [note]
    )


def _one_name_each(
    left: SideRecords, right: SideRecords, chosen: Sequence[AccountPair]
) -> tuple[SideRecords, SideRecords, list[tuple[str, str]]]:
    """Accounts that belong to one account of the other side take the name of the first of them."""
    first_left: dict[str, str] = {}
    first_right: dict[str, str] = {}
    names_left: dict[str, str] = {}
    names_right: dict[str, str] = {}
    for pair in sorted(chosen, key=lambda each: (-each.common, each.left, each.right)):
        names_left.setdefault(pair.left, first_left.setdefault(pair.right, pair.left))
        names_right.setdefault(pair.right, first_right.setdefault(pair.left, pair.right))
    left, right = _renamed(left, names_left), _renamed(right, names_right)
    pairs = {(names_left[pair.left], names_right[pair.right]) for pair in chosen}
    return left, right, sorted(pairs)


def _renamed(side: SideRecords, names: dict[str, str]) -> SideRecords:
    changed = {old: new for old, new in names.items() if old != new}
    if not changed:
        return side
    column = side.table["account"].combine_chunks().dictionary_encode()
    words = [changed.get(name, name) for name in column.dictionary.to_pylist()]
    named = pa.array(words, pa.string()).take(column.indices)
    notes = [
        f"accounts {new} and {old} of {side.label} belong to one account of the other side: "
        f"shown as {new}"
        for old, new in sorted(changed.items())
    ]
    table = side.table.set_column(1, RECORD_SCHEMA.field(1), named)
    return _with_notes(replace(side, table=table), notes)


def _cut_books(
    left: SideRecords, right: SideRecords, pairs: Sequence[tuple[str, str]]
) -> tuple[SideRecords, SideRecords]:
    if left.is_books:
        left = _cut(left, sorted({a for a, _ in pairs}))
    if right.is_books:
        right = _cut(right, sorted({b for _, b in pairs}))
    return left, right


def _cut(side: SideRecords, accounts: list[str]) -> SideRecords:
    exact = pc.is_in(side.table["account"], value_set=pa.array(accounts, pa.string()))
    table = side.table.filter(exact)
    cut = only_accounts(replace(side, table=table), accounts)
    others = len(_accounts(side)) - len(accounts)
    if not others:
        return cut
    word = "account" if others == 1 else "accounts"
    note = (
        f"of {side.label}, compared: {_listed(accounts)} ({len(table):,} of "
        f"{len(side.table):,} postings; {others:,} other {word} left out)"
    )
    return _with_notes(cut, [note])


def _notes(
    left: SideRecords,
    right: SideRecords,
    chosen: Sequence[AccountPair],
    unclear: dict[str, list[str]],
    *,
    has_books: bool,
) -> list[str]:
    """One sentence for each pair found, and for each account that stays alone."""
    notes = []
    for pair in chosen:
        if pair.left == pair.right:
            continue
        amounts = "amount" if pair.common == 1 else "amounts"
        turned = " with the opposite sign" if pair.is_opposite else ""
        notes.append(
            f"{pair.left or left.label} is taken to be {pair.right or right.label}: "
            f"{pair.common:,} {amounts} in common{turned}"
        )
    if has_books:
        side = left if right.is_books else right
        for name, rivals in sorted(unclear.items()):
            why = f"({_listed(rivals)} came into question)" if rivals else "(no amount in common)"
            notes.append(
                f"no account of the books is clearly {name or side.label} {why}: its records are "
                "compared with none; name the two under exact_accounts in a rules file"
            )
    return notes


def _no_account(
    left: SideRecords, right: SideRecords, found: Sequence[Overlap], unclear: dict[str, list[str]]
) -> InvalidInput:
    books = left if left.is_books else right
    rivals = sorted({name for several in unclear.values() for name in several})
    said = "no account of the books that has an amount in common with the other side"
    if rivals:
        said = f"{len(rivals)} accounts of the books that may be it ({_listed(rivals)})"
    elif found:
        said = "too few amounts in common to say which account of the books it is"
    names = sorted(rivals or books.bank_accounts or _accounts(books))[:12]
    return InvalidInput("match.no-account", said, f"one by name, of {_listed(names)}", books.label)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def _with_notes(side: SideRecords, notes: Sequence[str]) -> SideRecords:
    return replace(side, notes=(*side.notes, *notes))
