"""Alerts: conditions on facts. One holds or does not; who is told, and how, is decided elsewhere.

Each function takes the facts of one subject and gives the alert, or None when all is well. The
same subject gives the same key: what is raised already is not raised again, and what no longer
comes out is over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from tieout.core.money import format_minor
from tieout.core.volumes import Unusual


class AlertKind(StrEnum):
    """What can be wrong."""

    DIFFERENCE = "difference"
    """Two populations do not agree by more than is allowed."""
    OVERDUE = "overdue"
    """A run takes longer than it may."""
    MISSING_FEED = "missing-feed"
    """A bank account that used to bring statements brings none."""
    VERIFICATION_FAILED = "verification-failed"
    """The audit chain is not sound."""
    JOB_FAILED = "job-failed"
    UNEXPLAINED = "unexplained"
    """More of a control account's difference has no cause than its policy allows."""
    UNUSUAL_VOLUME = "unusual-volume"
    """A day has far more records, runs or errors than days of its kind have."""
    CERTIFICATION_SUSPENDED = "certification-suspended"
    """What was certified changed, and nobody has signed it anew."""


class ChannelKind(StrEnum):
    """Where alerts can be sent."""

    MEMBERS = "members"
    """By e-mail to the organisation's own people, by their roles."""
    EMAIL = "email"
    SLACK = "slack"
    TEAMS = "teams"
    WEBHOOK = "webhook"
    """A signed request (Standard Webhooks) to an address of one's own."""
    OTHER = "other"
    """An address of the delivery library's own kind."""


class NotificationState(StrEnum):
    """Where a message about an alert stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    """Tried as often as is sensible; it can be sent again by hand."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A condition that holds."""

    kind: AlertKind
    subject: str
    """What it is about: `reconciliation:4`."""
    text: str
    """One sentence with the figures."""
    account_id: int | None = None
    """The bank account concerned, for who is told."""

    @property
    def key(self) -> str:
        """The same for the same condition."""
        return f"{self.kind} {self.subject}"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a reconciliation's latest run says."""

    reconciliation_id: int
    name: str
    account_id: int
    left_minor: int
    right_minor: int
    unmatched: int
    currency: str
    exponent: int


def difference(figures: Figures, allowed_minor: int = 0) -> Alert | None:
    """Left and right are further apart than is allowed."""
    apart = figures.left_minor - figures.right_minor
    if abs(apart) <= allowed_minor:
        return None
    size = f"{format_minor(abs(apart), figures.exponent)} {figures.currency}"
    where = "above" if apart > 0 else "below"
    return Alert(
        AlertKind.DIFFERENCE,
        f"reconciliation:{figures.reconciliation_id}",
        f"{figures.name}: the bank is {size} {where} the books, with {figures.unmatched:,} "
        "records unmatched.",
        figures.account_id,
    )


@dataclass(frozen=True, slots=True)
class Running:
    """A run that has not ended."""

    run_id: int
    task: str
    subject: str
    started_at: datetime
    expected_by: datetime


def overdue(running: Running, now: datetime) -> Alert | None:
    """It should have ended by now."""
    if now < running.expected_by:
        return None
    may = _words(running.expected_by - running.started_at)
    return Alert(
        AlertKind.OVERDUE,
        f"job_run:{running.run_id}",
        f"{running.task} of {running.subject or 'the organisation'} has run for "
        f"{_words(now - running.started_at)} and should have ended after {may}.",
    )


FEED_GRACE_DAYS = 3
FEED_HISTORY_MIN = 3


@dataclass(frozen=True, slots=True)
class Feed:
    """Until which days a bank account's statements reach, the latest last."""

    account_id: int
    label: str
    ends: Sequence[date]


def feed_days(ends: Sequence[date], allowed_days: int | None = None) -> int | None:
    """How old a feed's last statement may be: as allowed, or as has ever been usual and three days.

    None while too few statements came to say what is usual.
    """
    reached = sorted(set(ends))
    if allowed_days is not None or len(reached) < FEED_HISTORY_MIN:
        return allowed_days
    return max((later - earlier).days for earlier, later in pairwise(reached)) + FEED_GRACE_DAYS


def missing_feed(feed: Feed, on: date, allowed_days: int | None = None) -> Alert | None:
    """Its last statement is older than it may be."""
    days = feed_days(feed.ends, allowed_days)
    if not feed.ends or days is None:
        return None
    last = max(feed.ends)
    age = (on - last).days
    if age <= days:
        return None
    return Alert(
        AlertKind.MISSING_FEED,
        f"bank_account:{feed.account_id}",
        f"{feed.label}: the last statement reaches {last}, {age} days ago; "
        f"{days} days are usual or allowed.",
        feed.account_id,
    )


@dataclass(frozen=True, slots=True)
class LedgerUnexplained:
    """A ledger of books at the period that is looked at; the sum of the sizes of its items."""

    ledger: str
    unexplained_minor: int
    allowed_minor: int


def unexplained(
    books_id: int, name: str, where: str, ledgers: Iterable[LedgerUnexplained], exponent: int
) -> Alert | None:
    """More has no cause than a ledger's policy allows."""
    told = [
        f"{each.ledger} {format_minor(each.unexplained_minor, exponent)}"
        for each in ledgers
        if each.unexplained_minor > each.allowed_minor
    ]
    if not told:
        return None
    text = f"{name}: more is unexplained at {where} than is allowed: {', '.join(told)}."
    return Alert(AlertKind.UNEXPLAINED, f"books:{books_id}", text)


def certification_suspended(books_id: int, name: str, periods: Sequence[str]) -> Alert | None:
    """What was signed has changed, and nobody has signed it anew."""
    if not periods:
        return None
    few = ", ".join(periods[:5]) + (f" and {len(periods) - 5} more" if len(periods) > 5 else "")
    text = f"{name}: what was signed has changed and is to be signed anew: {few}."
    return Alert(AlertKind.CERTIFICATION_SUSPENDED, f"books:{books_id}", text)


DAYS_TOLD = 3


def unusual_volume(
    subject: str, label: str, what: str, days: Sequence[Unusual], account_id: int | None = None
) -> Alert | None:
    """Days have far more of something (`lines`, `runs`, `errors`) than is usual."""
    if not days:
        return None
    told = [
        f"{each.count:,} {what} on {each.on:%A} {each.on}, where {each.usual:,} are usual and "
        f"{each.most:,} would not have been told"
        for each in days[-DAYS_TOLD:]
    ]
    more = f"; and {len(days) - DAYS_TOLD} more days" if len(days) > DAYS_TOLD else ""
    text = f"{label}: {'; '.join(told)}{more}."
    return Alert(AlertKind.UNUSUAL_VOLUME, subject, text, account_id)


def job_failed(run_id: int, task: str, subject: str, error: str) -> Alert:
    """A run has failed for good."""
    return Alert(
        AlertKind.JOB_FAILED,
        f"{task} {subject}".strip(),
        f"{task} of {subject or 'the organisation'} failed (run {run_id}): {error}",
    )


def verification_failed(subject: str, text: str) -> Alert:
    """The chain was found not to be sound, or what is kept not to hold."""
    return Alert(AlertKind.VERIFICATION_FAILED, subject, text)


def changes(
    raised: Iterable[str], holding: Iterable[Alert]
) -> tuple[tuple[Alert, ...], frozenset[str]]:
    """What is to be raised now, each key once, and the keys of what is over."""
    known = frozenset(raised)
    now = {each.key: each for each in holding}
    new = tuple(now[key] for key in sorted(now.keys() - known))
    return new, known - now.keys()


def _words(span: timedelta) -> str:
    """`2 h 05 min`, `40 s`."""
    seconds = max(0, span // timedelta(seconds=1))
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
