"""What-ifs and corrections tried on a copy of books, and what has been drafted of them so far."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tieout.core.access import Action
from tieout.core.errors import InvalidInput
from tieout.core.explain.corrections import Into
from tieout.core.explain.explaining import LedgerExplanation
from tieout.core.explain.sentences import period_phrase
from tieout.core.subjects import Subject, SubjectKind
from tieout.files.explaining import explain
from tieout.files.investigating import Investigation
from tieout.store.reconciliation.models import Evidence
from tieout.workflows.acting import Caller, looking
from tieout.workflows.comment import about
from tieout.workflows.set_books import access_books
from tieout.workflows.views.ledger_reports import Laid, laid_out

NAMES_MAX = 1000
NAME_MAX = 200
DRAFT = "corrections of snapshot "
"""How the note of every draft begins."""


@dataclass(frozen=True, slots=True)
class Tries:
    """What is tried and accepted on the copy, by the words of `tieout explain`."""

    what_if: tuple[str, ...] = ()
    """`open-periods`, `update-waiting`, `move-deferred`, `add-control=ACCOUNT`, in order."""
    accept: tuple[str, ...] = ()
    """`all`, or causes, cases and ids, each with `=WAY` for another way than the first."""
    into: Into = Into.ORIGINAL

    def __post_init__(self) -> None:
        """Refuse more than anybody would name."""
        names = (*self.what_if, *self.accept)
        if len(names) > NAMES_MAX or any(len(each) > NAME_MAX for each in names):
            expected = f"at most {NAMES_MAX} names of {NAME_MAX} letters"
            raise InvalidInput("command.invalid", f"{len(names)} names", expected)


@dataclass(frozen=True, slots=True)
class Offered:
    """A correction of a case, taken or not, with the ways there are."""

    name: str
    """Case and cause: what is accepted by."""
    ledger: str
    cause: str
    amount_minor: int
    way: str
    """The one taken."""
    sentence: str
    warnings: tuple[str, ...]
    others: tuple[str, ...]
    """Ways not taken."""
    is_journal: bool
    """Whether a posting file carries it."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A ledger's difference at the end of a period, before and after."""

    ledger: str
    period: int
    called: str
    before_minor: int
    after_minor: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What came of it on the copy; the books are as they were."""

    books_id: int
    books_name: str
    snapshot_id: int
    snapshot: str
    currency: str
    exponent: int
    sentences: tuple[str, ...]
    """What each what-if did."""
    warnings: tuple[str, ...]
    corrections: tuple[Offered, ...]
    moved: tuple[Moved, ...]
    """Periods with a difference before or after."""


@dataclass(frozen=True, slots=True)
class DraftView:
    """A posting file that was drafted."""

    file_id: int
    name: str
    sha256: str
    note: str
    member: str
    drafted_at: datetime


def preview(
    caller: Caller,
    *,
    books_id: int,
    tries: Tries,
    snapshot_id: int | None = None,
    is_waited_for: bool = True,
) -> Preview:
    """Try what-ifs and corrections on a copy of a snapshot's books; nothing is kept.

    Raises:
        NotFound: There is no such snapshot.
        InvalidInput: `command.invalid` where a name is not known; `books.too-large-to-wait` where
            somebody waits for the answer (`is_waited_for`): a worker makes it (`ask_tries`).
    """
    with laid_out(caller, books_id, snapshot_id, is_waited_for=is_waited_for) as laid:
        return _preview(laid, investigated(laid, tries))


def investigated(laid: Laid, tries: Tries) -> Investigation:
    """The investigation of books that are laid out."""
    made = explain(laid.folder, mapping=laid.mapping)
    accept = tries.accept or None
    return made.investigate(what_if=tries.what_if, accept=accept, into=tries.into)


def drafts(caller: Caller, *, books_id: int, note: str = DRAFT) -> tuple[DraftView, ...]:
    """Posting files drafted of these books, newest first; or files kept with another note."""
    with looking(caller, Action.VIEW):
        access_books(books_id)
        found = Evidence.objects.filter(**about(Subject(SubjectKind.BOOKS, books_id)))
        found = found.filter(note__startswith=note).select_related("file", "attached_by")
        return tuple(
            DraftView(
                each.file_id,
                each.file.name,
                bytes(each.file.sha256).hex(),
                each.note,
                each.attached_by.name or each.attached_by.email,
                each.attached_at,
            )
            for each in found.order_by("-id")
        )


def _preview(laid: Laid, made: Investigation) -> Preview:
    base = made.books.base_currency
    accepted = made.corrected.accepted if made.corrected else ()
    tried = made.tried
    warnings = [said for each in tried for said in each.warnings]
    warnings += [said for each in accepted for said in each.way.warnings]
    return Preview(
        laid.books.pk,
        laid.books.name,
        laid.snapshot.pk,
        laid.snapshot.content_hash,
        base,
        made.books.exponents.get(base, 2),
        tuple(each.sentence for each in tried),
        tuple(dict.fromkeys(warnings)),
        tuple(
            Offered(
                f"{each.correction.case} ({each.correction.cause})",
                each.correction.ledger.value,
                each.correction.cause,
                each.correction.amount_minor,
                each.way.name,
                each.way.sentence,
                each.way.warnings,
                tuple(one.name for one in each.correction.ways if one.name != each.way.name),
                each.way.kind.is_journal,
            )
            for each in accepted
        ),
        tuple(_moved(made, made.before, made.after)),
    )


def _moved(
    made: Investigation,
    before: Iterable[LedgerExplanation],
    after: Iterable[LedgerExplanation],
) -> Iterable[Moved]:
    for was, is_now in zip(before, after, strict=True):
        pairs = zip(was.difference(), is_now.difference(), strict=False)
        for period, (one, other) in enumerate(pairs):
            if one or other:
                called = period_phrase(made.books, period)
                yield Moved(was.ledger.value, period, called, one, other)
