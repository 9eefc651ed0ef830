"""`set_schedule`, `start_due`: when a task runs by itself, and the start of what is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from tieout.core.access import Action
from tieout.core.errors import InvalidInput
from tieout.core.jobs import SCHEDULED, Task
from tieout.core.schedules import Cron, Every, cron_of
from tieout.store.operations.models import Schedule
from tieout.store.postgres.tenant import tenant
from tieout.workflows.acting import Caller, acting, looking
from tieout.workflows.ask_run import access_record, subject_of, wanted
from tieout.workflows.keep_settings import settings_kept

DEFAULT_AT = time(6)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A schedule as its page shows it."""

    schedule_id: int
    task: Task
    subject: str
    every: Every
    cron: str
    zone: str
    last_due_at: datetime | None
    next_due_at: datetime | None


def set_schedule(  # noqa: PLR0913  what a schedule has, by name
    caller: Caller,
    *,
    task: Task,
    arguments: Mapping[str, int] | None = None,
    every: Every,
    at: time = DEFAULT_AT,
    weekday: int = 1,
    cron: str = "",
    zone: str = "UTC",
    now: datetime,
) -> int:
    """Say when the task runs; `at` and `weekday` (0 is Sunday) are local to the zone.

    `cron` (five fields) is for `Every.CRON` alone. Runs that were missed are made up for once.
    """
    given = dict(arguments or {})
    if task not in SCHEDULED or zone not in available_timezones():
        found = f"the zone {zone!r}" if task in SCHEDULED else f"the task {task}"
        raise InvalidInput("schedule.invalid", found, "an IANA time zone" + _tasks())
    fields = cron_of(every, at, weekday, cron)
    due = fields.next_after(now, ZoneInfo(zone)) if fields else None
    with acting(caller, Action.MANAGE_ACCOUNTS, "set_schedule", now) as act, settings_kept(act):
        access_record(task, given)
        subject = subject_of(task, given)
        act.alone("schedules")
        earlier = Schedule.objects.filter(task=task, subject=subject).first()
        act.changes(*([earlier] if earlier else []))
        made, _ = Schedule.objects.update_or_create(
            organisation_id=caller.organisation_id,
            task=task,
            subject=subject,
            defaults={
                "arguments": given,
                "every": every,
                "cron": fields.text if fields else "",
                "zone": zone,
                "set_by_id": caller.asked_by_id,
                "set_at": now,
                "next_due_at": due,
            },
        )
        act.keeps(made)
        act.record(
            f"schedule:{made.pk}",
            before=_said(earlier) if earlier else {},
            after=_said(made) | {"task": str(task), "subject": subject},
        )
    return made.pk


def start_due(
    organisation_id: UUID, *, schedule_id: int, due_at: datetime, now: datetime
) -> int | None:
    """The run that is due; None when the schedule was set anew meanwhile or was started already.

    However many times were missed, it runs once, and is next due after now.
    """
    with tenant(organisation_id):
        found = (
            Schedule.objects.select_for_update().filter(id=schedule_id, next_due_at=due_at).first()
        )
        if found is None:
            return None
        found.last_due_at = due_at
        after = max(now, due_at)
        found.next_due_at = Cron.of(found.cron).next_after(after, ZoneInfo(found.zone))
        found.save(update_fields=["last_due_at", "next_due_at"])
        return wanted(organisation_id, Task(found.task), found.arguments, None, now)


def schedules_of(caller: Caller) -> list[Scheduled]:
    """Every schedule of the organisation."""
    with looking(caller, Action.VIEW):
        return [
            Scheduled(
                each.pk,
                Task(each.task),
                each.subject,
                Every(each.every),
                each.cron,
                each.zone,
                each.last_due_at,
                each.next_due_at,
            )
            for each in Schedule.objects.order_by("task", "subject")
        ]


def _said(schedule: Schedule) -> dict[str, str]:
    return {"every": str(schedule.every), "cron": schedule.cron, "zone": schedule.zone}


def _tasks() -> str:
    return f", and one of {', '.join(SCHEDULED)}"
