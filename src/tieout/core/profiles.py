"""Profiles: what suits a small, a medium and a large organisation, as settings.

A profile says how often books are explained and bank accounts reconciled, what a reviewer looks at
a second time, and how many people approve. It is a way to set many settings at once: it leaves no
mark of its own, and every value can be set apart afterwards.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from tieout.core.explain.certifying import ClosingPolicy
from tieout.core.jobs import Task
from tieout.core.schedules import Every, cron_of
from tieout.core.settings import Entry, Settings, policy_entry, settings_from


class Size(StrEnum):
    """The three profiles."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


@dataclass(frozen=True, slots=True)
class Profile:
    """What one of them sets; amounts in whole units of the base currency of the books."""

    size: Size
    explain: Every
    """How often the books are explained."""
    reconcile: Every
    """How often each bank account is reconciled."""
    sample_percent: int
    sample_most: int
    sample_above: int
    second_review_above: int | None
    """A larger balance needs two people besides the preparer; None: one is enough for each."""

    def on_policy(self, policy: ClosingPolicy, exponent: int) -> ClosingPolicy:
        """A ledger's policy with sampling and approval depth of the profile, all else kept."""
        unit = 10**exponent
        second = self.second_review_above
        return replace(
            policy,
            second_review_minor=None if second is None else second * unit,
            sample_percent=self.sample_percent,
            sample_most=self.sample_most,
            sample_above_minor=self.sample_above * unit,
        )


PROFILES: Mapping[Size, Profile] = {
    each.size: each
    for each in (
        Profile(Size.SMALL, Every.WEEKLY, Every.WEEKLY, 10, 10, 1_000, None),
        Profile(Size.MEDIUM, Every.DAILY, Every.DAILY, 10, 25, 10_000, None),
        Profile(Size.LARGE, Every.HOURLY, Every.HOURLY, 5, 60, 100_000, 1_000_000),
    )
}


@dataclass(frozen=True, slots=True)
class Measured:
    """What an organisation has."""

    member_count: int
    account_count: int
    """Bank accounts, and ledgers of books."""
    lines_a_month: int
    """Bank lines and postings, in a month on average of the last three."""

    def said(self) -> tuple[str, ...]:
        """Each figure with its name."""
        return (
            _counted(self.member_count, "member"),
            _counted(self.account_count, "account"),
            f"{_counted(self.lines_a_month, 'line')} a month",
        )


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


UP_TO: Mapping[Size, Measured] = {
    Size.SMALL: Measured(3, 10, 1_000),
    Size.MEDIUM: Measured(25, 100, 50_000),
}
"""The most of each that the profile suits; what is larger in one of them is the next size."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The profile that suits, and why."""

    size: Size
    reason: str


def suggested(found: Measured) -> Suggestion:
    """The smallest profile that suits all that an organisation has."""
    beyond = ""
    for size, most in UP_TO.items():
        pairs = zip(found.said(), _counts(found), _counts(most), strict=True)
        over = [f"{has}, more than {limit:,}" for has, count, limit in pairs if count > limit]
        if not over:
            least = f": {beyond}" if beyond else ""
            return Suggestion(size, f"{', '.join(found.said())}{least}")
        beyond = f"{size} is up to {', '.join(most.said())}"
    return Suggestion(Size.LARGE, "; ".join(over))


def _counts(found: Measured) -> tuple[int, int, int]:
    return (found.member_count, found.account_count, found.lines_a_month)


@dataclass(frozen=True, slots=True)
class LedgerOfBooks:
    """A ledger that the newest run over books has found."""

    books: str
    ledger: str
    exponent: int
    """The decimals of the base currency."""
    policy: ClosingPolicy
    """As it stands."""


def with_profile(stands: Settings, profile: Profile, ledgers: Iterable[LedgerOfBooks]) -> Settings:
    """The settings as they would stand with the profile; what it does not name stays."""
    sections: dict[str, dict[str, Entry]] = {
        name: dict(entries) for name, entries in stands.sections.items()
    }
    found = [*sections["closing_policies"].values()]
    for each in ledgers:
        policy = profile.on_policy(each.policy, each.exponent)
        found = [one for one in found if (one["books"], one["ledger"]) != (each.books, each.ledger)]
        found.append({"books": each.books, "ledger": each.ledger, **policy_entry(policy)})
    times = [
        *((Task.EXPLAIN_BOOKS, name, profile.explain) for name in sections["books"]),
        *((Task.RECONCILE, name, profile.reconcile) for name in sections["reconciliations"]),
    ]
    schedules = {(each["task"], each["subject"]): each for each in sections["schedules"].values()}
    for task, subject, every in times:
        stood = schedules.get((task.value, subject))
        if stood is None or stood["every"] != every:
            schedules[task.value, subject] = _schedule(task, subject, every, stood)
    return settings_from(
        {name: entries.values() for name, entries in sections.items()}
        | {"closing_policies": found, "schedules": schedules.values()}
    )


def _schedule(task: Task, subject: str, every: Every, stood: Entry | None) -> Entry:
    cron = cron_of(every)
    return {
        "task": task.value,
        "subject": subject,
        "every": every.value,
        "cron": cron.text if cron else "",
        "zone": stood["zone"] if stood else "UTC",
    }
