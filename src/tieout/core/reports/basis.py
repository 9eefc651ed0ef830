"""Two figures that were made on another basis: no ledger is wrong, the reports differ (2.4).

A person's figure is compared with the books' own. Each basis error is tried by making the report
once more with exactly that error; only a figure that is then equal to the minor unit counts, and
all that fit are proposals: which of them it was, a person decides.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from tieout.core.accounts import AccountKey
from tieout.core.explain.balances import (
    closed_scopes,
    closing_days,
    control_balance,
)
from tieout.core.explain.books import Books, SubLedger
from tieout.core.explain.groups import Scene
from tieout.core.explain.sentences import money as amount
from tieout.core.explain.sentences import period_phrase
from tieout.core.reports.report import (
    Origin,
    Report,
    Section,
    money,
    text,
)


@dataclass(frozen=True, slots=True)
class Basis:
    """A way in which a report is made on another basis: a row of the specification, 2.4."""

    code: str
    title: str
    action: str


_ALL = (
    Basis("B1", "Ordinary aged report used for a past period", "Make the retrospective report as at the end of the period."),
    Basis("B2", "Scope of the closed balance", "Look at the default control account and its 'use specified', or sum the accounts reconciled."),
    Basis("B3", "A closed balance is a stored figure", "Compare with the figure as known now, and look at what was made after closing."),
    Basis("B4", "Half of an allocation counted", "Count an allocation only when both of its entries are dated by the day."),
    Basis("B5", "Allocation to an entry that no longer exists", "Take the allocation back, or restore the entry."),
    Basis("B6", "Kinds of entries left out", "Make the report with every kind of entry, and with unallocated cash."),
    Basis("B7", "A filter is on", "Make the report without filters."),
    Basis("B8", "Another day than the end of the period", "Make the report as at the last day of the period, to the end of that day."),
    Basis("B9", "Document date against nominal period", "Make both reports by the same date."),
    Basis("B10", "Valued at another rate", "Value it at the rates of the entries, with their adjustments."),
    Basis("B11", "Credit balances shown elsewhere", "Add the credit balances again: it is presentation only."),
    Basis("B12", "Cancelled entries counted on one side", "Leave cancelled entries out of both."),
    Basis("B13", "Another branch, cost centre or department", "Make both reports for the same part of the company."),
    Basis("B14", "By period on one side only", "Set 'report by period' for both, or for neither."),
)  # fmt: skip
BASES: dict[str, Basis] = {basis.code: basis for basis in _ALL}
"""By code, in the order of the specification."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """The figure that a report gives with one error of basis."""

    code: str
    figure_minor: int
    setting: str
    """What the error is here, in words."""

    @property
    def basis(self) -> Basis:
        """The row of the specification."""
        return BASES[self.code]


@dataclass(frozen=True)
class Comparison:
    """A person's figure beside that of the books."""

    what: str
    figure_minor: int
    right_minor: int
    fits: tuple[Candidate, ...]
    """Every basis that gives exactly the figure; none of them chosen."""

    @property
    def difference(self) -> int:
        """The person's figure less the books' own."""
        return self.figure_minor - self.right_minor


def compared(
    what: str, figure_minor: int, right_minor: int, candidates: Iterable[Candidate]
) -> Comparison:
    """The candidates that give exactly the figure; none is asked where it is right."""
    fits: tuple[Candidate, ...] = ()
    if figure_minor != right_minor:
        found = (each for each in candidates if each.figure_minor == figure_minor)
        order = list(BASES)
        fits = tuple(sorted(set(found), key=lambda each: (order.index(each.code), each.setting)))
    return Comparison(what, figure_minor, right_minor, fits)


def control_candidates(books: Books, ledger: SubLedger, period: int) -> Iterator[Candidate]:
    """What a total of control accounts at a period becomes with each error of basis."""
    keys = Scene(books, ledger).counted
    closed_on = closing_days(books, ledger).get(period)
    scopes = {
        f"the default under setting {name}": some
        for name, some in closed_scopes(books, ledger).items()
    }
    for name, some in {**scopes, "": keys}.items():
        code = "B2" if name else "B3"
        said = f"{name}: {_listed(some)}, " if name else ""
        if name:
            yield Candidate(code, control_balance(books, ledger, some, period), f"{said}today")
        if closed_on is not None:
            then = control_balance(books, ledger, some, period, closed_on)
            yield Candidate(code, then, f"{said}as known at closing, {closed_on}")
    for row in books.closed:
        if (row.ledger, row.period) == (ledger, period):
            yield Candidate("B3", row.nominal_total, f"the row stored on {row.closed_on}")
    for each in books.calendar.periods:
        if each.number != period:
            figure = control_balance(books, ledger, keys, each.number)
            yield Candidate("B8", figure, f"the end of {period_phrase(books, each.number)}")
    yield from _branches(books, ledger, keys, period)


def _listed(keys: Iterable[AccountKey]) -> str:
    return ", ".join(str(key).rstrip("/") for key in sorted(keys))


def _branches(
    books: Books, ledger: SubLedger, keys: frozenset[AccountKey], period: int
) -> Iterator[Candidate]:
    """B13: the accounts of one cost centre or department alone."""
    for name, of in _PARTS:
        for value in sorted({of(key) for key in keys}):
            some = frozenset(key for key in keys if of(key) == value)
            if some != keys:
                figure = control_balance(books, ledger, some, period)
                yield Candidate("B13", figure, f"only {name} {value or '(blank)'}")


_PARTS: tuple[tuple[str, Callable[[AccountKey], str]], ...] = (
    ("cost centre", lambda key: key.cost_centre),
    ("department", lambda key: key.department),
)


def comparison_report(
    books: Books,
    ledger: SubLedger,
    made: Comparison,
    as_at: date,
    origin: Origin,
) -> Report:
    """What a comparison found, as a report."""
    rows = tuple(
        (
            each.code,
            each.basis.title,
            each.setting,
            each.figure_minor - made.right_minor,
            each.basis.action,
        )
        for each in made.fits
    )
    return Report(
        "basis",
        f"{made.what} compared, {ledger.called.lower()}",
        sentence_of(books, made),
        (
            ("ledger", ledger.called),
            ("as at", str(as_at)),
            ("figure compared", amount(books, made.figure_minor)),
        ),
        (
            Section(
                "figures",
                "The two figures",
                (text("line", "Line"), money("amount", "Amount")),
                (
                    ("Figure compared", made.figure_minor),
                    ("The books' own, taken away", -made.right_minor),
                ),
                "Difference",
            ),
            Section(
                "bases",
                "What gives exactly that figure",
                (
                    text("code", "Basis"),
                    text("title", "What differs"),
                    text("setting", "Here"),
                    money("amount", "Difference", is_summed=False),
                    text("action", "What to do"),
                ),
                rows,
                note="Proposals: each gives the figure exactly; which it was, a person decides.",
            ),
        ),
        made.what.lower(),
        made.right_minor,
        origin,
    )


def sentence_of(books: Books, made: Comparison) -> str:
    """The comparison in one sentence."""
    if not made.difference:
        return f"{made.what}: {amount(books, made.figure_minor)} is the figure of the books."
    side = "above" if made.difference > 0 else "below"
    start = (
        f"{made.what}: {amount(books, made.figure_minor)} is "
        f"{amount(books, abs(made.difference))} {side} the {amount(books, made.right_minor)} of "
        "the books"
    )
    if not made.fits:
        return f"{start}; no other basis of the report gives exactly that figure."
    codes = ", ".join(dict.fromkeys(each.code for each in made.fits))
    if len(made.fits) == 1:
        only = made.fits[0]
        return f"{start}; one other basis gives exactly it: {only.basis.title.lower()} ({codes})."
    return f"{start}; {len(made.fits)} other bases give exactly it ({codes}): a person decides."
