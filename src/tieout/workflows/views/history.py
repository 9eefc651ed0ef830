"""The history of a record: field by field who changed what, when, from where, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from tieout.core.access import Action, Actor, allows
from tieout.core.audit import parsed
from tieout.core.errors import InvalidInput, NotFound
from tieout.core.history import HOLDERS, Change, changes
from tieout.store.audit.models import Concern, Event
from tieout.workflows.acting import Caller, looking
from tieout.workflows.kept_records import KEPT
from tieout.workflows.views.history_words import Piece, Wording, field_words
from tieout.workflows.views.paging import Page, paged, rows_of

_MODELS = {kept.kind: model for model, kept in KEPT.items()}
WITH_HISTORY = frozenset(_MODELS)
"""The kinds of record that have a history."""


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which changes; what is not given is not asked for."""

    field: str = ""
    """As events name it: `role`, `schedule.cron`."""
    actor: str = ""
    """`member:17`, `system`."""
    first_on: date | None = None
    last_on: date | None = None
    """Days in UTC, both included."""


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One field from one value to another."""

    sequence: int
    """The number of the event in the chain."""
    at: datetime
    actor: str
    who: str
    """By name."""
    origin: str
    """From where; the door alone for whoever may not see the trail."""
    act: str
    """What was done, in words."""
    of: str
    """The record that changed: the one whose history it is, or one that names it."""
    field: str
    called: str
    """The field in words."""
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    reason: str

    @property
    def from_text(self) -> str:
        """What it was, as plain text."""
        return "".join(each.text for each in self.before)

    @property
    def to_text(self) -> str:
        """What it is, as plain text."""
        return "".join(each.text for each in self.after)


@dataclass(frozen=True, slots=True)
class History:
    """A page of it, the newest first."""

    subject: str
    called: str
    """What the record is called."""
    page: Page[HistoryRow]
    """As many events as were asked for, and every field that each of them changed."""
    actors: Mapping[str, str]
    """Who acted on this page, by name."""


def history(
    caller: Caller,
    *,
    subject: str,
    where: HistoryFilter | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> History:
    """What changed of a record, and of what names it: `bank_account:3`, `member:17`.

    Accounts, pairings and books are shown to everybody who sees them; other records to whoever
    may see the trail. `limit` counts events.

    Raises:
        InvalidInput: There is no such kind of record.
        NotFound: It is none of the caller's organisation.
    """
    kind, number = _read(subject)
    with looking(caller, Action.VIEW if kind in HOLDERS else Action.VIEW_AUDIT) as actor:
        if not QuerySet(_MODELS[kind]).filter(id=number).exists():
            raise NotFound("store.not-found", subject, "a record of yours")
        found = paged(
            _query(subject, where or HistoryFilter()),
            ("sequence",),
            lambda each: each.sequence,
            cursor=cursor,
            limit=limit,
        )
        events = Event.objects.filter(sequence__in=found.rows).order_by("-sequence")
        return _told(subject, actor, list(events), where or HistoryFilter(), found.next_cursor)


def every_change(caller: Caller, *, subject: str) -> Iterator[HistoryRow]:
    """All of it, newest first, asked for a page at a time."""
    return rows_of(
        lambda cursor, limit: history(caller, subject=subject, cursor=cursor, limit=limit).page
    )


def _read(subject: str) -> tuple[str, int]:
    kind, _, number = subject.partition(":")
    if kind not in _MODELS or not (number.isascii() and number.isdigit() and len(number) < 19):
        expected = f"one of {', '.join(sorted(_MODELS))}, `:` and a number"
        raise InvalidInput("page.invalid", repr(subject[:60]), expected, "subject")
    return kind, int(number)


def _query(subject: str, where: HistoryFilter) -> QuerySet[Concern]:
    found = Concern.objects.filter(subject=subject)
    if where.field:  # events from before the fields were noted are read to see
        found = found.filter(Q(fields__contains=[where.field]) | Q(fields__len=0))
    if where.actor:
        found = found.filter(actor=where.actor)
    if where.first_on:
        found = found.filter(at__gte=_midnight(where.first_on))
    if where.last_on:
        found = found.filter(at__lt=_midnight(where.last_on) + timedelta(days=1))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _told(
    subject: str, actor: Actor, events: list[Event], where: HistoryFilter, cursor: str | None
) -> History:
    read = [(each, parsed(bytes(each.body))) for each in events]
    several = [
        (event, said, change)
        for event, said in read
        for change in changes(said).get(subject, ())
        if where.field in {"", change.field}
    ]
    wording = Wording(
        (change for _, _, change in several), subject, {event.actor for event in events}
    )
    sees_places = allows(actor, Action.VIEW_AUDIT)
    rows = tuple(_rows(several, wording, sees_places=sees_places))
    actors = {each.actor: wording.called(each.actor) for each in events}
    return History(subject, wording.called(subject), Page(rows, cursor), actors)


def _rows(
    several: list[tuple[Event, dict[str, object], Change]], wording: Wording, *, sees_places: bool
) -> Iterator[HistoryRow]:
    for event, said, change in several:
        origin = str(said["origin"])
        yield HistoryRow(
            event.sequence,
            event.at,
            event.actor,
            wording.called(event.actor),
            origin if sees_places else origin.partition(" ")[0],
            event.verb.replace("_", " "),
            change.of,
            change.field,
            field_words(change.field),
            wording.told(change, change.before),
            wording.told(change, change.after),
            str(said["reason"]),
        )
