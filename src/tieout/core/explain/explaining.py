"""One ledger explained: the partition in the order of 2.2, the shares, and the proof."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from tieout.core.errors import Corruption
from tieout.core.explain.alone import (
    absent_cause,
    forward_groups,
    loose_groups,
    opening_groups,
    stranger_groups,
)
from tieout.core.explain.books import (
    Books,
    LedgerEntry,
    NominalPosting,
    SubLedger,
)
from tieout.core.explain.cases import case_named, joined
from tieout.core.explain.causes import CAUSES, UNEXPLAINED
from tieout.core.explain.groups import (
    Cell,
    Group,
    Scene,
    Share,
    Steps,
    add,
    entry_steps,
    posting_steps,
    shares_of,
)
from tieout.core.explain.linked import batch_shares, linked_groups
from tieout.core.explain.linking import Linked, sort_postings

Row = tuple[int, ...]
"""Amounts in base minor units of the periods 0 to the last."""


@dataclass(frozen=True)
class LedgerExplanation:
    """A ledger's difference in every period, and the shares that add up to it."""

    ledger: SubLedger
    subledger: Mapping[Cell, Row]
    """Balances by account and currency at the end of each period."""
    control: Mapping[Cell, Row]
    shares: tuple[Share, ...]
    last_matched: int | None
    """The greatest period up to the last open one without a difference."""
    offsetting: int
    """What stands in the last matched period although its sum is zero: the sum of sizes."""

    @property
    def periods(self) -> int:
        """How many periods there are, with period 0."""
        return max(
            (len(row) for row in (*self.subledger.values(), *self.control.values())), default=0
        )

    def difference(self) -> Row:
        """Sub-ledger less control accounts, period by period."""
        return _less(
            _total(self.subledger.values(), self.periods),
            _total(self.control.values(), self.periods),
        )

    def by_cause(self, shares: Iterable[Share] | None = None) -> dict[str, Row]:
        """What each cause adds up to in each period, in the order of the specification."""
        rows: dict[str, list[int]] = {}
        count = self.periods
        for share in self.shares if shares is None else shares:
            row = rows.setdefault(share.cause, [0] * count)
            for period in range(share.begins, share.ends or count):
                row[period] += share.amount_minor
        return {code: tuple(rows[code]) for code in (*CAUSES, UNEXPLAINED) if code in rows}


@dataclass(frozen=True)
class Balances:
    """What a ledger and its counted accounts gain by account, currency and period."""

    subledger: Steps
    """Of all entries; those of the books that were voided are not yet taken away."""
    control: Steps


def explain_ledger(
    books: Books, ledger: SubLedger, balances: Balances | None = None
) -> LedgerExplanation:
    """Explain one ledger.

    Args:
        books: The books; with `balances`, only what may differ of them.
        ledger: Which of its ledgers.
        balances: Of the whole books, where the books hold only a part; else they are added up.

    Raises:
        Corruption: With the code `explain.identity-broken` where the causes and what is
            unexplained do not add up to the difference in some period, account and currency.
    """
    scene = Scene(books, ledger)
    own = tuple(entry for entry in books.entries if entry.ledger is ledger)
    groups = partition(scene, own)
    shares = tuple(share for group in groups for share in shares_of(scene, group))
    subledger, control = _added_up(scene, own) if balances is None else _given(own, balances, books)
    count = last_of(books, (subledger, control)) + 1
    made = explanation_of(books, ledger, _rows(subledger, count), _rows(control, count), shares)
    prove(made)
    return made


def _added_up(scene: Scene, own: Iterable[LedgerEntry]) -> tuple[Steps, Steps]:
    subledger: Steps = {}
    control: Steps = {}
    entry_steps(scene, own, subledger)
    posting_steps(scene, scene.books.postings, control)
    return subledger, control


def _given(own: Iterable[LedgerEntry], balances: Balances, books: Books) -> tuple[Steps, Steps]:
    subledger = {cell: dict(changes) for cell, changes in balances.subledger.items()}
    for entry in own:
        if entry.voided_on is not None:
            period = books.calendar.number_of(entry.voided_on)
            add(subledger, (entry.key, entry.currency), period, -entry.base_minor)
    return subledger, balances.control


def explanation_of(
    books: Books,
    ledger: SubLedger,
    subledger: Mapping[Cell, Row],
    control: Mapping[Cell, Row],
    shares: tuple[Share, ...],
) -> LedgerExplanation:
    """The explanation of balances and shares, with the last period that agrees."""
    bare = LedgerExplanation(ledger, subledger, control, shares, None, 0)
    difference = bare.difference()
    last = min(books.last_period, len(difference) - 1)
    matched = next((period for period in range(last, 0, -1) if difference[period] == 0), None)
    offsetting = 0
    if matched is not None:
        offsetting = sum(abs(share.amount_minor) for share in shares if is_active(share, matched))
    return LedgerExplanation(ledger, subledger, control, shares, matched, offsetting)


def is_active(share: Share, period: int) -> bool:
    """Whether the share stands in that period."""
    return share.begins <= period and (share.ends is None or period < share.ends)


def partition(scene: Scene, own: Iterable[LedgerEntry]) -> list[Group]:
    """Every entry and every posting on a counted account, in exactly one group each."""
    own = tuple(own)
    found = sort_postings(scene)
    ids = {entry.entry_id for entry in own}  # their lines are theirs, whoever calls that a batch
    groups: list[Group] = []
    opening: list[LedgerEntry] = []
    forward: list[LedgerEntry] = []
    batches: dict[str, list[LedgerEntry]] = defaultdict(list)
    added: list[tuple[LedgerEntry, Sequence[NominalPosting]]] = []
    for entry in own:
        corrections = found.corrections.get(entry.entry_id, [])
        lines = found.control.get(entry.entry_id)
        if case_named(entry.reference):
            added.append((entry, [*(lines or ()), *corrections]))
        elif entry.is_repeated:
            groups.append(Group((entry,), (), "corruption", (entry.entry_id,)))
        elif entry.key not in scene.counted:
            groups.append(_outside(scene, entry, [*(lines or ()), *corrections]))
        elif lines:
            groups += linked_groups(scene, (entry,), lines, corrections)
        elif entry.batch_id and entry.batch_id not in ids and found.control.get(entry.batch_id):
            batches[entry.batch_id].append(entry)
        else:
            has_half = bool({entry.entry_id, entry.batch_id} & found.other_half)
            cause = absent_cause(scene, entry, has_other_half=has_half)
            if cause == "opening_balance" and not corrections:
                opening.append(entry)
            elif cause == "brought_forward" and not corrections:
                forward.append(entry)
            else:
                groups.append(Group((entry,), tuple(corrections), cause, (entry.entry_id,)))
    groups += _batch_groups(scene, found, batches)
    groups += _rest(scene, found, opening, forward)
    groups, lines_over, entries_over = joined(groups, found.naming, added)
    groups += loose_groups(scene, lines_over, scene.books.unbalanced)
    for entry, own_lines in entries_over:
        groups.append(Group((entry,), tuple(own_lines), "amount_edited", (entry.entry_id,)))
    return [*groups, *_left_over(scene, groups)]


def _left_over(scene: Scene, groups: Iterable[Group]) -> list[Group]:
    """What counts and is in no group yet: unexplained, line by line."""
    placed = {id(line) for group in groups for line in (*group.postings, *group.corrections)}
    return [
        Group((), (line,), UNEXPLAINED, (line.posting_id,))
        for line in scene.books.postings
        if id(line) not in placed and scene.counts(line)
    ]


def _outside(scene: Scene, entry: LedgerEntry, lines: Iterable[NominalPosting]) -> Group:
    """An entry whose own account the settings do not count."""
    use = scene.books.accounts.get(entry.key)
    is_feature = use is not None and use.is_feature
    cause = "other_control_feature" if is_feature else "control_not_in_settings"
    return Group((entry,), tuple(lines), cause, (entry.entry_id,), elsewhere="cross_control")


def _batch_groups(
    scene: Scene, found: Linked, batches: Mapping[str, list[LedgerEntry]]
) -> list[Group]:
    groups: list[Group] = []
    for batch_id, entries in batches.items():
        for part, lines in batch_shares(entries, found.control[batch_id]):
            corrections = [
                line for entry in part for line in found.corrections.get(entry.entry_id, ())
            ]
            if lines:
                groups += linked_groups(scene, part, lines, corrections)
            else:
                groups += [Group((entry,), (), "missing", (entry.entry_id,)) for entry in part]
                groups += [
                    Group((), (line,), UNEXPLAINED, (line.posting_id,)) for line in corrections
                ]
    return groups


def _rest(
    scene: Scene, found: Linked, opening: list[LedgerEntry], forward: list[LedgerEntry]
) -> list[Group]:
    """Opening balances, brought forward, and postings with no entry behind them."""
    groups, over = opening_groups(opening, found.opening)
    old = [line for line in found.loose if line.module == "BF" and line.period < 1]
    kept = {line.posting_id for line in old}
    loose = [line for line in (*found.loose, *over) if line.posting_id not in kept]
    old += [line for line in loose if line.period < 1]
    loose = [line for line in loose if line.period >= 1]
    groups += forward_groups(forward, old)
    groups += [Group((), (line,), "control_as_expense", (line.posting_id,)) for line in found.coded]
    groups += [
        Group((), (line,), "contra_one_sided", (line.posting_id,)) for line in found.transfers
    ]
    groups += [Group((), (line,), "corruption", (line.posting_id,)) for line in found.broken]
    groups += stranger_groups(scene, found.strangers)
    return [*groups, *loose_groups(scene, loose, scene.books.unbalanced)]


def prove(made: LedgerExplanation) -> None:
    """Refuse shares that are not the difference in some cell and period."""
    sums: dict[Cell, list[int]] = {}
    count = made.periods
    for share in made.shares:
        row = sums.setdefault((share.key, share.currency), [0] * count)
        for period in range(share.begins, share.ends or count):
            row[period] += share.amount_minor
    nothing = (0,) * count
    for cell in {*made.subledger, *made.control, *sums}:
        wanted = _less(made.subledger.get(cell, nothing), made.control.get(cell, nothing))
        said = tuple(sums.get(cell, nothing))
        for period, (right, explained) in enumerate(zip(wanted, said, strict=True)):
            if right != explained:
                raise Corruption(
                    "explain.identity-broken",
                    f"causes of {explained} minor units in period {period}",
                    f"the difference of {right}",
                    f"{made.ledger} {cell[0]} {cell[1]}",
                )


def last_of(books: Books, steps: Iterable[Steps]) -> int:
    """The greatest period of the calendar; what is dated after it stands in one more."""
    last = max((period.number for period in books.calendar.periods), default=0)
    found = [period for each in steps for changes in each.values() for period in changes]
    return max([last, *found])


def _rows(steps: Steps, count: int) -> dict[Cell, Row]:
    return {
        cell: tuple(accumulate(changes.get(period, 0) for period in range(count)))
        for cell, changes in steps.items()
    }


def _total(rows: Iterable[Row], count: int) -> Row:
    return tuple(map(sum, zip(*rows, strict=True))) or (0,) * count


def _less(one: Row, other: Row) -> Row:
    return tuple(here - there for here, there in zip(one, other, strict=True))
