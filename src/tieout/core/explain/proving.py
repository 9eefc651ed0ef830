"""Re-read and prove: what was posted against what was accepted, every departure named."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tieout.core.explain.books import Books, NominalPosting, PostingStatus, SubLedger
from tieout.core.explain.cases import case_named, named
from tieout.core.explain.changes import Change, changed
from tieout.core.explain.explaining import LedgerExplanation, Row, explain_ledger
from tieout.core.explain.sentences import account_phrase, money, period_phrase


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the books are not what the simulation was."""

    what: str
    """`missing`, `extra`, `not_posted`, `account`, `amount`, `period`, `currency`, `source` or
    `difference`."""
    case: str
    found: str
    expected: str

    def __str__(self) -> str:
        what = self.what.replace("_", " ")
        return f"{self.case}: {what}: found {self.found}, expected {self.expected}"


@dataclass(frozen=True)
class Proof:
    """Every line that was accepted, found or not, and every difference compared."""

    agreeing: int
    """Lines that stand in the books exactly as they were accepted."""
    departures: tuple[Departure, ...]
    after: tuple[LedgerExplanation, ...]
    simulated: Mapping[SubLedger, Row]
    is_posted: bool
    """Whether the books hold the corrections; else they were posted to a copy for this."""

    @property
    def holds(self) -> bool:
        """Whether nothing departs."""
        return not self.departures


def prove_posted(
    books: Books,
    lines: Sequence[NominalPosting],
    expected: Mapping[SubLedger, Row] | None = None,
) -> Proof:
    """Compare books after posting with the lines that were accepted.

    The simulation is these books without the corrections they hold and with the lines instead;
    where the differences that it ended with are given, those are compared as well.
    """
    wanted = {case_named(line.narrative) for line in lines}
    held = [line for line in books.postings if case_named(line.narrative) in wanted - {""}]
    agreeing, departures = compared_lines(books, held, lines)
    bare = changed(books, [Change(without_lines=tuple(held))])
    simulated = changed(bare, [Change(lines=tuple(lines))])
    return _compared(books, simulated, expected, (agreeing, departures), is_posted=True)


def prove_replayed(
    books: Books,
    others: Sequence[Change],
    drafted: Sequence[NominalPosting],
    lines: Sequence[NominalPosting],
    expected: Mapping[SubLedger, Row] | None = None,
) -> Proof:
    """Compare the lines of a file with those drafted on the same books, and replay them.

    `others` is what was accepted beside the journals; it goes into both copies.
    """
    agreeing, departures = compared_lines(books, lines, drafted)
    after = changed(books, [*others, Change(lines=tuple(lines))])
    simulated = changed(books, [*others, Change(lines=tuple(drafted))])
    return _compared(after, simulated, expected, (agreeing, departures), is_posted=False)


def _compared(
    books: Books,
    simulated: Books,
    expected: Mapping[SubLedger, Row] | None,
    lines: tuple[int, list[Departure]],
    *,
    is_posted: bool,
) -> Proof:
    after = tuple(explain_ledger(books, ledger) for ledger in books.ledgers)
    rows = {each: explain_ledger(simulated, each).difference() for each in books.ledgers}
    rows.update(expected or {})
    agreeing, departures = lines
    for made in after:
        departures = [*departures, *_differences(books, made, rows[made.ledger])]
    return Proof(agreeing, tuple(departures), after, rows, is_posted)


def _differences(books: Books, made: LedgerExplanation, wanted: Row) -> Iterable[Departure]:
    found = made.difference()
    for period in range(max(len(found), len(wanted))):
        here = found[period] if period < len(found) else 0
        there = wanted[period] if period < len(wanted) else 0
        if here != there:
            name = f"{made.ledger.value} {period_phrase(books, period)}"
            yield Departure("difference", name, money(books, here), money(books, there))


def compared_lines(
    books: Books, held: Iterable[NominalPosting], wanted: Iterable[NominalPosting]
) -> tuple[int, list[Departure]]:
    """Lines against lines, case by case: how many are exactly alike, and how the others depart."""
    parts: dict[tuple[str, str], tuple[list[NominalPosting], list[NominalPosting]]]
    parts = defaultdict(lambda: ([], []))
    for place, lines in enumerate((held, wanted)):
        for line in lines:
            parts[named(line.narrative)][place].append(line)
    agreeing, departures = 0, list[Departure]()
    for of_case in parts.values():
        alike, depart = _of_one_case(books, *of_case)
        agreeing += alike
        departures += depart
    return agreeing, departures


def _of_one_case(
    books: Books, held: Sequence[NominalPosting], wanted: Sequence[NominalPosting]
) -> tuple[int, list[Departure]]:
    """Exactly alike first, then those on one account, then any two."""
    left, missing = list(held), list(wanted)
    departures: list[Departure] = []
    agreeing = 0
    for is_near in (_is_same, _is_of_account, _is_any):
        for line in tuple(missing):
            near = next((each for each in left if is_near(each, line)), None)
            if near is not None:
                missing.remove(line)
                left.remove(near)
                departures += _between(books, near, line)
        if is_near is _is_same:
            agreeing = len(wanted) - len(missing)
    departures += [
        Departure("missing", _case(each), "nothing", _words(books, each)) for each in missing
    ]
    departures += [Departure("extra", _case(each), _words(books, each), "nothing") for each in left]
    return agreeing, departures


def _case(line: NominalPosting) -> str:
    return case_named(line.narrative)


def _is_same(found: NominalPosting, wanted: NominalPosting) -> bool:
    return not _unlike(found, wanted)


def _is_of_account(found: NominalPosting, wanted: NominalPosting) -> bool:
    return found.key == wanted.key


def _is_any(_found: NominalPosting, _wanted: NominalPosting) -> bool:
    return True


def _unlike(found: NominalPosting, wanted: NominalPosting) -> list[str]:
    """The fields in which two lines of a case are not alike."""
    signed = [
        line.base_minor if line.direction is wanted.direction else -line.base_minor
        for line in (found, wanted)
    ]
    tests = (
        ("not_posted", found.status is not PostingStatus.POSTED),
        ("account", found.key != wanted.key),
        ("amount", signed[0] != signed[1]),
        ("period", found.period != wanted.period),
        ("currency", found.currency != wanted.currency),
        ("source", found.module != wanted.module),
    )
    return [name for name, differs in tests if differs]


def _between(books: Books, found: NominalPosting, wanted: NominalPosting) -> Iterable[Departure]:
    for name in _unlike(found, wanted):
        yield Departure(name, _case(wanted), _said(books, found, name), _said(books, wanted, name))


def _said(books: Books, line: NominalPosting, name: str) -> str:
    said = {
        "not_posted": line.status.value,
        "account": account_phrase(books, line.key),
        "amount": f"{money(books, line.base_minor)} {line.direction.value}",
        "period": period_phrase(books, line.period),
        "currency": line.currency,
        "source": line.module,
    }
    return said[name]


def _words(books: Books, line: NominalPosting) -> str:
    return (
        f"{money(books, line.base_minor)} {line.direction.value} on "
        f"{account_phrase(books, line.key)} in {period_phrase(books, line.period)}"
    )
