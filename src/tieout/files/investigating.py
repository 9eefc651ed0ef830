"""An investigation of a frozen folder: what-ifs, corrections, posting files and their proof.

Everything happens on a copy in memory. What was read is never changed; every result names its
hash, the snapshot.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tieout.core.errors import InvalidInput
from tieout.core.explain.books import Books, SubLedger
from tieout.core.explain.cases import case_named, named
from tieout.core.explain.causes import CAUSES
from tieout.core.explain.correcting import Choice, Corrected, correct, full_name
from tieout.core.explain.corrections import Into, journal_lines
from tieout.core.explain.explaining import LedgerExplanation, explain_ledger
from tieout.core.explain.proving import Proof, prove_posted, prove_replayed
from tieout.core.explain.snapshot import books_digest
from tieout.core.explain.whatifs import Ask, Tried, alone_enough, try_all
from tieout.files.corrections.filed import Filed, actions_of

ALL = "all"


@dataclass(frozen=True)
class Frozen:
    """Books as they were read, and which of their ledgers are looked at."""

    books: Books
    snapshot: str
    """The hash of the files read: which books these are."""
    ledgers: tuple[SubLedger, ...]


@dataclass(frozen=True)
class Investigation:
    """What was tried and accepted on a copy of the books, in order."""

    frozen: Frozen
    tried: tuple[Tried, ...] = ()
    corrected: Corrected | None = None
    choice: Choice = field(default_factory=Choice)

    @property
    def snapshot(self) -> str:
        """The hash of the files read."""
        return self.frozen.snapshot

    @property
    def books(self) -> Books:
        """The books as they were read."""
        return self.frozen.books

    @property
    def copy(self) -> Books:
        """The books with everything in them that was tried and accepted."""
        if self.corrected is not None:
            return self.corrected.books
        return self.tried[-1].books if self.tried else self.books

    @property
    def copy_digest(self) -> str:
        """Which books the copy is: equal copies have equal digests."""
        return books_digest(self.copy)

    @cached_property
    def before(self) -> tuple[LedgerExplanation, ...]:
        """The explanations of the books as read."""
        if self.tried:
            return self.tried[0].before
        if self.corrected is not None:
            return self.corrected.before
        return tuple(explain_ledger(self.books, each) for each in self.frozen.ledgers)

    @cached_property
    def after(self) -> tuple[LedgerExplanation, ...]:
        """The explanations of the copy."""
        if self.corrected is not None:
            return self.corrected.after
        return self.tried[-1].after if self.tried else self.before

    def alone_enough(self) -> Mapping[SubLedger, Ask]:
        """By ledger, the single what-if that makes its difference zero in every period."""
        return alone_enough(self.books, self.frozen.ledgers)

    def filed(self) -> Filed:
        """What was accepted, as a posting file holds it."""
        accepted = self.corrected.accepted if self.corrected else ()
        return Filed(
            self.snapshot,
            journal_lines(accepted),
            {made.ledger.value: _row(self.books, made) for made in self.after},
            actions_of(self.books, accepted),
            tuple(str(each.ask) for each in self.tried),
            tuple(f"{full_name(each.correction)}={each.way.name}" for each in accepted),
            self.choice.into.value,
        )

    def write(self, file: str | Path) -> Path:
        """Write the accepted journals as CSV, IIF, beancount or JSON, by the end of the name.

        Raises:
            InvalidInput: The form is not known, or there is nothing to write.
        """
        filed = self.filed()
        path = Path(file)
        if not filed.lines and not filed.actions:
            raise InvalidInput("command.invalid", "nothing accepted", "--correct all", path.name)
        from tieout.files.corrections.forms import write_posting_file  # noqa: PLC0415  start-up

        return write_posting_file(path, self.books, filed)


def _row(books: Books, made: LedgerExplanation) -> dict[str, str]:
    return {str(period): books.decimal(amount) for period, amount in enumerate(made.difference())}


def investigate(
    frozen: Frozen,
    *,
    what_if: Iterable[str] = (),
    accept: str | Iterable[str] | None = None,
    into: str = Into.ORIGINAL,
) -> Investigation:
    """Try what-ifs in order, then accept corrections, on a copy of the books.

    Args:
        frozen: The books.
        what_if: `update-waiting`, `add-control=ACCOUNT` … in order.
        accept: None accepts nothing; `all`, causes, cases or ids, each with `=WAY` if another
            way than the first is taken.
        into: `original` (reopen a closed period) or `next_open`.

    Raises:
        InvalidInput: `command.invalid` where a name is not known.
    """
    tried = try_all(frozen.books, [Ask.of(each) for each in what_if], frozen.ledgers)
    if accept is None:
        return Investigation(frozen, tried)
    choice = choice_of(accept, into)
    start = tried[-1].books if tried else frozen.books
    before = tried[-1].after if tried else None
    corrected = correct(start, choice, frozen.ledgers, before)
    _all_known(choice, corrected)
    return Investigation(frozen, tried, corrected, choice)


def choice_of(accept: str | Iterable[str], into: str = Into.ORIGINAL) -> Choice:
    """What names mean: `all`, or a list of causes and cases, some with `=WAY`."""
    named = [accept] if isinstance(accept, str) else list(accept)
    names: set[str] = set()
    ways: dict[str, str] = {}
    for each in (part.strip() for said in named for part in said.split(",")):
        name, has_way, way = each.rpartition("=")
        name = name if has_way else each
        if name:
            names.add(name)
        if has_way:
            ways[name] = way
    place = into.replace("-", "_")
    if place not in list(Into):
        raise InvalidInput("command.invalid", f"{into!r}", "original or next-open")
    return Choice(None if ALL in names else frozenset(names), ways, Into(place))


def _all_known(choice: Choice, corrected: Corrected) -> None:
    """Refuse a name that is no cause, no case and no id, and a way that there is not."""
    known = set(CAUSES)
    for made in corrected.before:
        for share in made.shares:
            known |= {*share.group.ids, str(share.key), str(share.key).rstrip("/")}
    for each in corrected.accepted:
        known |= {each.correction.case, f"{each.correction.case} ({each.correction.cause})"}
    for name in sorted((choice.names or set()) - known):
        raise InvalidInput(
            "command.invalid", f"{name!r}", "all, a cause, a case or an id of the answer"
        )
    every = [each.correction for each in corrected.accepted]
    for name, way in sorted((choice.ways or {}).items()):
        names = {one.name for each in every if name in {each.case, each.cause} for one in each.ways}
        if names and way not in names:
            expected = ", ".join(sorted(names))
            raise InvalidInput("command.invalid", f"the way {way!r} of {name}", expected)


def read_choices(said: str) -> list[str]:
    """What `--correct` names: itself, or the lines of the file that `@FILE` names.

    Raises:
        InvalidInput: `file.not-readable` where the file cannot be read.
    """
    if not said.startswith("@"):
        return [said]
    path = Path(said[1:])
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput("file.not-readable", f"{path}: {error}", "a case a line") from error
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def prove_file(file: str | Path, frozen: Frozen) -> Proof:
    """Compare books with a posting file: posted already, or the books that it was drafted on.

    Raises:
        InvalidInput: The file is no posting file.
    """
    from tieout.files.corrections.forms import read_posting_file  # noqa: PLC0415  start-up time

    books = frozen.books
    filed = read_posting_file(Path(file), books)
    expected = _expected(books, filed)
    is_original = filed.snapshot == frozen.snapshot
    if not filed.snapshot:
        is_original = not any(case_named(line.narrative) for line in books.postings)
    if not is_original:
        return prove_posted(books, filed.lines, expected)
    return _replayed(frozen, filed, expected)


def _expected(books: Books, filed: Filed) -> dict[SubLedger, tuple[int, ...]]:
    from_text = {
        SubLedger(name): tuple(books.minor(said) for _, said in sorted(row.items(), key=_number))
        for name, row in filed.expected.items()
    }
    return {ledger: row for ledger, row in from_text.items() if ledger in books.ledgers}


def _number(pair: tuple[str, str]) -> int:
    return int(pair[0])


def _replayed(frozen: Frozen, filed: Filed, expected: Mapping[SubLedger, tuple[int, ...]]) -> Proof:
    """Draft the file's cases once more; of the two places for corrections the one it used."""
    tried = try_all(frozen.books, [Ask.of(each) for each in filed.what_ifs], frozen.ledgers)
    start = tried[-1].books if tried else frozen.books
    said = filed.accepted or sorted(
        {"{} ({})".format(*named(line.narrative)) for line in filed.lines}
    )
    proofs: list[Proof] = []
    before = tuple(explain_ledger(start, each) for each in frozen.ledgers)
    for into in [Into(filed.into)] if filed.into else list(Into):
        made = correct(start, _exactly(said, into), frozen.ledgers, before)
        others = [each.way.change for each in made.accepted if not each.way.kind.is_journal]
        drafted = journal_lines(made.accepted)
        proofs.append(prove_replayed(start, others, drafted, filed.lines, expected))
    return min(proofs, key=lambda each: len(each.departures))


def _exactly(said: Iterable[str], into: Into) -> Choice:
    """The cases that a file names as `CASE (CAUSE)`, some with `=WAY`."""
    ways: dict[str, str] = {}
    for each in said:
        name, closes, way = each.rpartition(")=")
        ways[f"{name})" if closes else each] = way if closes else ""
    return Choice(frozenset(ways), ways, into)
