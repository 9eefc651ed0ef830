"""Corrections applied to a copy: the difference before and after, and what may still follow."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tieout.core.explain.books import Books, SubLedger
from tieout.core.explain.changes import changed
from tieout.core.explain.corrections import Accepted, ActionKind, Correction, Into, Way
from tieout.core.explain.drafting import corrections_of
from tieout.core.explain.explaining import LedgerExplanation, explain_ledger

ROUNDS_MAX = 6


@dataclass(frozen=True)
class Choice:
    """What a person accepts: everything, or cases and causes by name; and in which way."""

    names: frozenset[str] | None = None
    """Causes and cases; None is all of them."""
    ways: Mapping[str, str] | None = None
    """By case or cause, the name of the way."""
    into: Into = Into.ORIGINAL
    certified: Mapping[str, Collection[int]] | None = None

    def accepts(self, correction: Correction) -> bool:
        """Whether it is among what was named."""
        named = {correction.case, correction.cause, full_name(correction), *_ids(correction)}
        return self.names is None or not self.names.isdisjoint(named)

    def way_of(self, correction: Correction) -> Way:
        """The way named for its case, else for its cause, else the first."""
        known = full_name(correction), correction.case, correction.cause
        wanted = next(filter(None, ((self.ways or {}).get(each) for each in known)), None)
        return next((way for way in correction.ways if way.name == wanted), correction.first)


def full_name(correction: Correction) -> str:
    """Case and cause: what one correction alone is called by."""
    return f"{correction.case} ({correction.cause})"


def _ids(correction: Correction) -> set[str]:
    return {each for share in correction.shares for each in share.group.ids}


@dataclass(frozen=True)
class Corrected:
    """The copy after the corrections, with every difference before and after."""

    before: tuple[LedgerExplanation, ...]
    after: tuple[LedgerExplanation, ...]
    books: Books
    accepted: tuple[Accepted, ...]
    rounds: int
    """How often something new came up that was accepted too; 1 where nothing did."""

    @property
    def lasting(self) -> dict[SubLedger, int]:
        """By ledger, how many items still last."""
        return {
            made.ledger: sum(share.ends is None for share in made.shares) for made in self.after
        }

    @property
    def new_causes(self) -> frozenset[str]:
        """Causes that were not there before, other than a late posting's."""
        before = {share.cause for made in self.before for share in made.shares}
        after = {share.cause for made in self.after for share in made.shares}
        return frozenset(after - before)


def correct(
    books: Books,
    choice: Choice | None = None,
    ledgers: Iterable[SubLedger] = (),
    before: tuple[LedgerExplanation, ...] | None = None,
) -> Corrected:
    """Apply what is accepted to a copy, again while that brings up more that is accepted.

    A posting that waited may turn out to have the wrong amount once it is posted; an account
    that is counted may hold journals. Each round explains the copy anew; `before` are the
    explanations of the books, where they are known already.
    """
    wanted = choice or Choice()
    shown = tuple(ledgers) or books.ledgers
    if before is None:
        before = tuple(explain_ledger(books, ledger) for ledger in shown)
    now, made, accepted = books, before, list[Accepted]()
    for number in range(1, ROUNDS_MAX + 1):
        taken = _taken(now, made, wanted, {_name(each) for each in accepted})
        if not taken:
            return Corrected(before, made, now, tuple(accepted), max(number - 1, 1))
        accepted += taken
        now = changed(now, [each.way.change for each in taken])
        made = tuple(explain_ledger(now, ledger) for ledger in shown)
    return Corrected(before, made, now, tuple(accepted), ROUNDS_MAX)


def _taken(
    books: Books, made: Iterable[LedgerExplanation], choice: Choice, known: Collection[object]
) -> list[Accepted]:
    """What is accepted of what the explanations offer, and has not been done already."""
    drafted = corrections_of(books, made, choice.into, choice.certified)
    taken: list[Accepted] = []
    for correction in drafted:
        way = choice.way_of(correction)
        each = Accepted(correction, way)
        if (
            way.kind is not ActionKind.NONE
            and choice.accepts(correction)
            and _name(each) not in known
        ):
            taken.append(each)
    return taken


def _name(each: Accepted) -> object:
    return each.correction.ledger, each.correction.case, each.correction.cause
