"""The groups of a run as a queue, one of them side by side, and the unmatched records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from django.db.models import Exists, OuterRef, Q, QuerySet

from tieout.core.access import Action
from tieout.core.decisions import Verdict
from tieout.core.errors import NotFound
from tieout.core.matching.why import Reason, reasons
from tieout.store.banking.models import BankLine
from tieout.store.ledger.models import Posting
from tieout.store.reconciliation.models import Decision, MatchGroup, RunRecord
from tieout.workflows.acting import Caller, looking
from tieout.workflows.views.paging import Page, paged, paged_within, searched
from tieout.workflows.views.runs import access_run

SEARCHED_GROUPS = 500
"""Groups whose records one page looks through."""


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record of either side in one shape."""

    side: str
    record_id: int
    amount_minor: int
    """Signed, positive into the account, in the run's count."""
    booked_on: date | None
    counterparty: str
    text: str
    references: tuple[str, ...]
    first_seen_at: datetime
    """When it first came in."""


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group in a list."""

    group_id: int
    name: str
    run_id: int
    made_by: str
    rule: str
    status: str
    score: int
    """Hundredths of a bit."""
    posterior_ppm: int
    left_count: int
    right_count: int
    left_minor: int
    right_minor: int
    residual_minor: int
    residual_cause: str
    reason: str
    decision_id: int | None
    """The decision in force that answers it."""
    verdict: str


@dataclass(frozen=True, slots=True)
class GroupDetail:
    """A group with its records side by side, and why."""

    group: GroupView
    left: tuple[RecordView, ...]
    right: tuple[RecordView, ...]
    reasons: tuple[Reason, ...]
    solutions: int
    runner_up: tuple[RecordView, ...]
    """The best rival's records, as far as they can be named."""
    runner_up_score: int


@dataclass(frozen=True, slots=True)
class UnmatchedView:
    """A record in no group."""

    run_record_id: int
    record: RecordView
    reason: str
    detail: str
    nearest: RecordView | None
    age_days: int
    """Since it first came in, on the day asked for."""


@dataclass(frozen=True, slots=True)
class GroupFilter:
    """Which groups; what is not given is not asked for."""

    status: Literal["", "confirmed", "suggested"] = ""
    undecided: bool = False
    """Only groups that no decision in force answers: the queue."""
    made_by: str = ""
    least_minor: int | None = None
    most_minor: int | None = None
    """Bounds of the left total, both included."""
    text: str = ""
    """In a record's counterparty or text, in any case."""
    with_residual: bool = False

    @property
    def needs_search(self) -> bool:
        """Whether groups must be looked through for it: no index leads to them."""
        bounds = self.least_minor, self.most_minor
        return bool(self.text or self.made_by or self.with_residual) or bounds != (None, None)


def groups(
    caller: Caller,
    *,
    run_id: int,
    where: GroupFilter | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> Page[GroupView]:
    """Groups of a run, the surest first.

    What no index leads to (words, amounts, a pass, a residual) is looked for in some hundred
    groups a page: a page may then hold fewer than there is room for, or none, and go on.
    """
    asked = where or GroupFilter()
    with looking(caller, Action.VIEW):
        access_run(run_id)
        query = _waiting(MatchGroup.objects.filter(run_id=run_id), asked)
        if asked.needs_search:
            page = searched(
                query, ("score", "id"), _group, wanted=lambda found: _wanted(found, asked),
                within=SEARCHED_GROUPS, cursor=cursor, limit=limit,
            )  # fmt: skip
        else:
            page = paged(query, ("score", "id"), _group, cursor=cursor, limit=limit)
        return replace(page, rows=_with_decisions(page.rows))


def _waiting(query: QuerySet[MatchGroup], where: GroupFilter) -> QuerySet[MatchGroup]:
    if where.status:
        query = query.filter(status=where.status)
    if where.undecided:
        query = query.filter(~Exists(_standing().filter(group_id=OuterRef("pk"))))
    return query


def _wanted(query: QuerySet[MatchGroup], where: GroupFilter) -> QuerySet[MatchGroup]:
    if where.made_by:
        query = query.filter(made_by=where.made_by)
    if where.least_minor is not None:
        query = query.filter(left_minor__gte=where.least_minor)
    if where.most_minor is not None:
        query = query.filter(left_minor__lte=where.most_minor)
    if where.with_residual:
        query = query.exclude(residual_minor=0)
    for word in where.text.split():
        said = Q(line__counterparty__icontains=word) | Q(line__narrative__icontains=word)
        booked = Q(posting__entry__counterparty__icontains=word) | Q(
            posting__entry__narrative__icontains=word
        )
        members = RunRecord.objects.filter(
            said | booked, organisation_id=OuterRef("organisation_id"), group_id=OuterRef("pk")
        )
        query = query.filter(Exists(members))
    return query


def _standing() -> QuerySet[Decision]:
    """Confirmations and rejections that nobody has undone."""
    undoing = Decision.objects.filter(
        organisation_id=OuterRef("organisation_id"), undoes_id=OuterRef("pk")
    )
    return Decision.objects.exclude(verdict=Verdict.UNDO).filter(~Exists(undoing))


def _with_decisions(several: Sequence[GroupView]) -> tuple[GroupView, ...]:
    ids = [each.group_id for each in several]
    found = {each.group_id: each for each in _standing().filter(group_id__in=ids).order_by("id")}
    return tuple(
        replace(each, decision_id=one.pk, verdict=one.verdict)
        if (one := found.get(each.group_id))
        else each
        for each in several
    )


def _group(each: MatchGroup) -> GroupView:
    return GroupView(
        each.pk,
        each.name,
        each.run_id,
        each.made_by,
        each.rule,
        each.status,
        each.score,
        each.posterior_ppm,
        each.left_count,
        each.right_count,
        each.left_minor,
        each.right_minor,
        each.residual_minor,
        each.residual_cause,
        each.reason,
        None,
        "",
    )


def group(caller: Caller, *, group_id: int) -> GroupDetail:
    """One group."""
    with looking(caller, Action.VIEW):
        found = MatchGroup.objects.select_related("run").filter(id=group_id).first()
        if found is None:
            raise NotFound("store.not-found", f"match_group:{group_id}", "a group of yours")
        members = with_what_is_shown(RunRecord.objects.filter(group=found).order_by("id"))
        views = [record_of(each) for each in members]
        [view] = _with_decisions([_group(found)])
        return GroupDetail(
            view,
            tuple(each for each in views if each.side == "left"),
            tuple(each for each in views if each.side == "right"),
            reasons(found.parts),
            found.solutions,
            _rivals(found),
            found.runner_up_score,
        )


def _rivals(found: MatchGroup) -> tuple[RecordView, ...]:
    """The records that the runner-up names.

    An id may be of a line and of a posting: then the one is meant that is nearer in amount.
    """
    ids = [int(word) for word in found.runner_up.replace("+", " ").split() if word.isdigit()]
    several = RunRecord.objects.filter(Q(line_id__in=ids) | Q(posting_id__in=ids), run=found.run)
    minor = {"left": found.left_minor, "right": found.right_minor}
    named: dict[int | None, RunRecord] = {}
    for each in with_what_is_shown(several.exclude(group=found)):
        known = each.line_id if each.side == "left" else each.posting_id
        other = named.setdefault(known, each)
        if _apart(each, minor) < _apart(other, minor):
            named[known] = each
    return tuple(record_of(named[each]) for each in ids if each in named)[:20]


def _apart(record: RunRecord, minor: Mapping[str, int]) -> int:
    """How far its amount is from the group's on that side."""
    return abs(record.amount_minor - minor[record.side])


def unmatched(  # noqa: PLR0913  filters by name
    caller: Caller,
    *,
    run_id: int,
    on: date,
    side: Literal["", "left", "right"] = "",
    reason: str = "",
    cursor: str | None = None,
    limit: int = 100,
) -> Page[UnmatchedView]:
    """Records of a run in no group, in the order in which they came; ages are those of a day."""
    with looking(caller, Action.VIEW):
        access_run(run_id)
        query = RunRecord.objects.filter(group__isnull=True)
        if reason:
            query = query.filter(reason=reason)
        place: dict[str, int | str] = {"run_id": run_id, **({"side": side} if side else {})}
        page = paged_within(
            with_what_is_shown(query), place, lambda each: each, cursor=cursor, limit=limit
        )
        nearest = _nearest(run_id, page.rows)
        return Page(tuple(_unmatched(each, nearest, on) for each in page.rows), page.next_cursor)


def _unmatched(
    each: RunRecord, nearest: Mapping[tuple[str, str], RecordView], on: date
) -> UnmatchedView:
    record = record_of(each)
    return UnmatchedView(
        each.pk,
        record,
        each.reason,
        each.detail,
        nearest.get((each.side, each.nearest)),
        (on - record.first_seen_at.date()).days,
    )


def _nearest(run_id: int, several: Iterable[RunRecord]) -> dict[tuple[str, str], RecordView]:
    """What came nearest, by the side that asks and the id on the other side."""
    wanted: dict[str, list[int]] = {"left": [], "right": []}
    for each in several:
        if each.nearest.isdigit():
            wanted[each.side].append(int(each.nearest))
    found = RunRecord.objects.filter(
        Q(line_id__in=wanted["right"]) | Q(posting_id__in=wanted["left"]), run_id=run_id
    )
    views = [record_of(each) for each in with_what_is_shown(found)]
    other = {"left": "right", "right": "left"}
    return {(other[each.side], str(each.record_id)): each for each in views}


def with_what_is_shown(query: QuerySet[RunRecord]) -> QuerySet[RunRecord]:
    """With all that a `RecordView` shows, in one query."""
    return query.select_related(
        "line__statement__reading", "posting__entry", "posting__account"
    ).defer("line__details")


def record_of(each: RunRecord) -> RecordView:
    line: BankLine | None = each.line
    posting: Posting | None = each.posting
    told: dict[str, Any]
    if line is not None:
        told = {
            "record_id": line.pk,
            "booked_on": line.booked_on,
            "counterparty": line.counterparty,
            "text": line.narrative,
            "references": tuple(line.references),
            "first_seen_at": line.statement.reading.read_at,
        }
    else:
        assert posting is not None
        entry = posting.entry
        told = {
            "record_id": posting.pk,
            "booked_on": posting.booked_on,
            "counterparty": entry.counterparty,
            "text": " ".join(text for text in (entry.narrative, posting.narrative) if text),
            "references": tuple(one for one in (*entry.references, posting.reference) if one),
            "first_seen_at": entry.recorded_at,
        }
    return RecordView(side=each.side, amount_minor=each.amount_minor, **told)
