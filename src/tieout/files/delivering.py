"""Accepted corrections delivered to the connected ledger that the books are from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from tieout.connectors.ledgers import (
    Document,
    DocumentLine,
    LedgerConnector,
    Outcome,
    Progress,
    Standing,
    silent,
)
from tieout.core.accounts import AccountKey
from tieout.core.errors import Place, Problem, TryAgain
from tieout.core.explain.books import AccountUse, Books, NominalPosting
from tieout.core.explain.cases import case_named
from tieout.core.statements import Direction
from tieout.files.corrections.filed import Filed, by_journal
from tieout.files.corrections.forms import read_posting_file
from tieout.files.fetching import connected_system
from tieout.formats.books import read_books

CONTROLS = {AccountUse.CONTROL_AR: "AR", AccountUse.CONTROL_AP: "AP"}
Item = TypeVar("Item")
GOOD = frozenset({Standing.POSTED, Standing.ALREADY_POSTED, Standing.CHECKED})


@dataclass(frozen=True)
class Delivery:
    """What became of the corrections of a posting file."""

    outcomes: tuple[Outcome, ...]
    refusals: tuple[Problem, ...]
    """Found before anything was sent; where there is one, nothing was."""
    sent: Filed
    """The corrections as they go to the ledger, with adjustment accounts in place."""
    redirected: tuple[str, ...]
    """Which lines go to an adjustment account instead of a reconciliation account."""

    @property
    def left(self) -> tuple[str, ...]:
        """What was accepted and is no journal: somebody has to do it in the ledger's system."""
        return tuple(str(each.get("sentence", "")) for each in self.sent.actions)

    @property
    def is_complete(self) -> bool:
        """Whether every document stands as it was to stand."""
        return not self.refusals and all(each.standing in GOOD for each in self.outcomes)


@dataclass(frozen=True)
class Choices:
    """What a person decided about the lines on reconciliation accounts."""

    adjustments: Mapping[str, str] = field(default_factory=dict)
    """By reconciliation account, the account beside it that takes their place."""
    parties: Mapping[str, str] = field(default_factory=dict)
    """By case, the customer or supplier through whom its lines are posted."""
    is_check: bool = False
    """Ends after the check: nothing is posted."""


def deliver(
    connector: LedgerConnector,
    folder: str | Path,
    corrections: str | Path,
    choices: Choices | None = None,
    progress: Progress = silent,
) -> Delivery:
    """Check every document of a posting file, then post each once.

    Nothing is posted where the ledger's rules refuse one, or where the ledger refuses one when it
    checks. A document that the ledger has already is not posted again, so the same call may be
    made again after a failure.

    Args:
        connector: The ledger.
        folder: The books that the corrections were drafted on.
        corrections: The posting file, in any of its forms.
        choices: Where lines on reconciliation accounts go, and whether to end after the check.
        progress: Told what is being done.
    """
    wanted, system = choices or Choices(), connected_system(folder)
    books = read_books(Path(folder)).books
    filed = read_posting_file(Path(corrections), books)
    name = Path(corrections).name
    sent, redirected = _redirected(filed, wanted)
    company = str(system["company"])
    documents, refusals = documents_of(books, sent, Sending(company, name, wanted))
    refusals += connector.refusals(documents)
    if refusals:
        held = tuple(Outcome(each, Standing.NOT_SENT) for each in documents)
        return Delivery(held, refusals, sent, redirected)
    outcomes = _checked(connector, documents, progress)
    if not wanted.is_check and all(each.standing in GOOD for each in outcomes):
        outcomes = tuple(_each(outcomes, lambda each: _posted(connector, each), "post", progress))
    elif not wanted.is_check:
        outcomes = tuple(
            replace(each, standing=Standing.NOT_SENT) if each.standing is Standing.CHECKED else each
            for each in outcomes
        )
    return Delivery(outcomes, (), sent, redirected)


def _redirected(filed: Filed, choices: Choices) -> tuple[Filed, tuple[str, ...]]:
    """Lines on reconciliation accounts without a party go to the account beside them.

    A journal between an account and the one beside it has nothing left to say, and is left out.
    """
    lines: list[NominalPosting] = []
    said: list[str] = []
    for line in filed.lines:
        beside = choices.adjustments.get(line.key.code)
        if beside and case_named(line.narrative) not in choices.parties:
            said.append(f"{line.posting_id}: {beside} instead of {line.key.code}")
            lines.append(replace(line, key=AccountKey(beside)))
        else:
            lines.append(line)
    empty = [name for name, own in by_journal(lines).items() if _cancels_out(own)]
    said += [f"{name}: left out, it is between an account and its adjustment" for name in empty]
    kept = tuple(line for line in lines if line.journal_id not in empty)
    return replace(filed, lines=kept), tuple(said)


def _cancels_out(lines: Iterable[NominalPosting]) -> bool:
    """Whether the lines leave nothing on any account, in either currency."""
    totals: dict[tuple[AccountKey, str], list[int]] = {}
    for line in lines:
        total = totals.setdefault((line.key, line.currency), [0, 0])
        total[0] += line.debit_minor
        total[1] += line.debit_doc_minor
    return not any(each for total in totals.values() for each in total)


@dataclass(frozen=True)
class Sending:
    """To which company, from which file, as a person decided."""

    company: str
    file: str
    choices: Choices


def documents_of(
    books: Books, filed: Filed, sending: Sending
) -> tuple[tuple[Document, ...], tuple[Problem, ...]]:
    """The journals of a posting file as documents; those in several currencies are refused."""
    made: list[Document] = []
    refused: list[Problem] = []
    for journal_id, lines in by_journal(filed.lines).items():
        currencies = {line.currency for line in lines}
        if len(currencies) > 1:
            found = ", ".join(sorted(currencies))
            where = Place(file=f"{sending.file}, journal {journal_id}")
            refused.append(Problem("posting.currencies-mixed", found, "one currency", where))
            continue
        head = lines[0]
        made.append(
            Document(
                journal_id=journal_id,
                company=sending.company,
                currency=head.currency,
                base_currency=books.base_currency,
                posted_on=head.posted_on,
                period=head.period,
                lines=tuple(_line(books, each, sending) for each in lines),
                title=f"Tieout {journal_id}",
            )
        )
    return tuple(made), tuple(refused)


def _line(books: Books, line: NominalPosting, sending: Sending) -> DocumentLine:
    choices, control = sending.choices, CONTROLS.get(books.accounts.get(line.key, AccountUse.OTHER))
    if line.key.code in choices.adjustments.values():
        control = None
    return DocumentLine(
        account=line.key.code,
        direction=Direction(line.direction),
        base_minor=line.base_minor,
        own_minor=line.doc_minor,
        text=line.narrative,
        control=control or "",
        party=choices.parties.get(case_named(line.narrative), "") if control else "",
        place=f"{sending.file}, {line.posting_id}",
    )


def _checked(
    connector: LedgerConnector, documents: Sequence[Document], progress: Progress
) -> tuple[Outcome, ...]:
    """What the ledger has already, and of the rest whether it would take it."""

    def checked(document: Document) -> Outcome:
        known = _known(connector, document)
        if known is not None:
            return known
        if not connector.capabilities.checks:
            return Outcome(document, Standing.CHECKED)
        return connector.check(document)

    return tuple(_each(documents, checked, "check", progress))


def _known(connector: LedgerConnector, document: Document) -> Outcome | None:
    """How the document stands in the ledger; None where the ledger does not have it."""
    numbers = connector.found(document)
    if not numbers:
        return None
    is_one = len(numbers) == 1
    standing = Standing.ALREADY_POSTED if is_one else Standing.POSTED_TWICE
    return Outcome(document, standing, ", ".join(numbers))


def _posted(connector: LedgerConnector, checked: Outcome) -> Outcome:
    """Post what is not there yet; where the answer is lost, look instead of sending again."""
    if checked.standing is Standing.ALREADY_POSTED:
        return checked
    made = connector.post(checked.document)
    if made.standing not in {Standing.UNKNOWN, Standing.POSTED}:
        return made
    try:
        known = _known(connector, checked.document)
    except TryAgain:
        return made
    if known is None:
        return made
    if known.standing is Standing.ALREADY_POSTED:
        return replace(made, standing=Standing.POSTED, number=known.number)
    return known


def _each(
    items: Sequence[Item], act: Callable[[Item], Outcome], stage: str, progress: Progress
) -> Iterable[Outcome]:
    for number, item in enumerate(items):
        progress(stage, number / len(items))
        yield act(item)
