"""Messages, runs of jobs, schedules, alerts: the one room whose rows change as work goes on.

A row that says "there is work" wakes a worker by itself: a trigger puts a job beside it in the
same transaction (`sql/wake.sql`), so none is lost and none is doubled.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tieout.core.alerts import AlertKind, ChannelKind, NotificationState
from tieout.core.jobs import RunState
from tieout.core.schedules import Every
from tieout.store.postgres.constraints import AppMay, one_of, tenant_rules
from tieout.store.postgres.fields import TenantForeignKey
from tieout.store.tenancy.models import Member, TenantModel

RUN_CHANGES = (
    "asked_by_id",
    "asked_at",
    "state",
    "attempt",
    "lease",
    "step",
    "step_done",
    "step_of",
    "started_at",
    "expected_by",
    "finished_at",
    "count_in",
    "count_out",
    "count_held",
    "error_code",
    "error",
    "cancel_asked_at",
)
"""The columns of a run that change as it goes on."""


class OutboxMessage(TenantModel):
    """Follow-up work, written in the transaction of the act that causes it."""

    kind = models.TextField()
    payload = models.JSONField(default=dict)
    caused_by = TenantForeignKey(Member, null=True)
    """The member who acted; nobody when the system did."""
    created_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)

    class Meta:
        """Only its taking changes."""

        constraints: ClassVar = [
            *tenant_rules("caused_by", appended=False),
            AppMay(name="operations_outboxmessage_grants", update=("taken_at",)),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                condition=models.Q(taken_at__isnull=True),
                name="operations_outbox_waiting",
            )
        ]

    def __str__(self) -> str:
        return self.kind


class JobRun(TenantModel):
    """One run of a task: who asked, whose lease it is, how far it came, what went in and out."""

    task = models.TextField()
    subject = models.TextField(blank=True)
    """What it works on: `received_file:9`."""
    arguments = models.JSONField(default=dict)
    asked_by = TenantForeignKey(Member, null=True)
    """The member whose act caused it; nobody when a schedule did."""
    asked_at = models.DateTimeField()
    state = models.TextField(default="waiting")
    attempt = models.IntegerField(default=0)
    lease = models.UUIDField(null=True)
    """Who works on it writes with this; a worker that was thought dead finds another one here."""
    step = models.TextField(blank=True)
    step_done = models.BigIntegerField(default=0)
    step_of = models.BigIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    expected_by = models.DateTimeField(null=True)
    """Somebody is told when it has not ended by then."""
    finished_at = models.DateTimeField(null=True)
    count_in = models.BigIntegerField(default=0)
    count_out = models.BigIntegerField(default=0)
    count_held = models.BigIntegerField(default=0)
    error_code = models.TextField(blank=True)
    error = models.TextField(blank=True)
    cancel_asked_at = models.DateTimeField(null=True)

    class Meta:
        """What went in has come out or is held, once a run has succeeded."""

        constraints: ClassVar = [
            *tenant_rules("asked_by", appended=False),
            AppMay(name="operations_jobrun_grants", update=RUN_CHANGES),
            one_of("state", list(RunState)),
            models.CheckConstraint(
                condition=~models.Q(state="succeeded")
                | models.Q(count_in=models.F("count_out") + models.F("count_held")),
                name="operations_jobrun_accounted",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("waiting", "running"), finished_at__isnull=True)
                | (
                    ~models.Q(state__in=("waiting", "running"))
                    & models.Q(finished_at__isnull=False)
                ),
                name="operations_jobrun_finished",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="running")
                | models.Q(lease__isnull=False, started_at__isnull=False),
                name="operations_jobrun_leased",
            ),
            models.UniqueConstraint(
                fields=["organisation", "task", "subject"],
                condition=models.Q(state="waiting"),
                name="operations_jobrun_waits_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "task", "state"], name="operations_jobrun_by_task")
        ]

    def __str__(self) -> str:
        return f"job_run:{self.pk}"

    def keep(self) -> None:
        """Save what may change of it."""
        self.save(update_fields=[each.removesuffix("_id") for each in RUN_CHANGES])


class Schedule(TenantModel):
    """When a task runs by itself."""

    task = models.TextField()
    subject = models.TextField(blank=True)
    arguments = models.JSONField(default=dict)
    every = models.TextField()
    cron = models.TextField(blank=True)
    """The five fields; empty when it never runs by itself."""
    zone = models.TextField(default="UTC")
    """The IANA name of the time zone in which the fields are meant."""
    set_by = TenantForeignKey(Member, null=True)
    set_at = models.DateTimeField()
    last_due_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)

    class Meta:
        """One a task and subject."""

        constraints: ClassVar = [
            *tenant_rules("set_by", appended=False),
            AppMay(
                name="operations_schedule_grants",
                update=(
                    "arguments",
                    "every",
                    "cron",
                    "zone",
                    "set_by_id",
                    "set_at",
                    "last_due_at",
                    "next_due_at",
                ),
            ),
            one_of("every", list(Every)),
            models.UniqueConstraint(
                fields=["organisation", "task", "subject"], name="operations_schedule_once"
            ),
            models.CheckConstraint(
                condition=models.Q(cron="", next_due_at__isnull=True)
                | (~models.Q(cron="") & models.Q(next_due_at__isnull=False)),
                name="operations_schedule_due",
            ),
        ]

    def __str__(self) -> str:
        return f"schedule:{self.pk}"


class AlertRule(TenantModel):
    """What is allowed before an alert of a kind is raised; without one it is learned or zero."""

    kind = models.TextField()
    subject = models.TextField()
    """`bank_account:3`, `reconciliation:4`, or the name of a task."""
    allowed = models.BigIntegerField()
    """Days of a feed, minor units of a difference, seconds of a run."""
    set_by = TenantForeignKey(Member)
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """One a kind and subject."""

        constraints: ClassVar = [
            *tenant_rules("set_by", appended=False),
            AppMay(
                name="operations_alertrule_grants",
                update=("allowed", "set_by_id", "set_at", "ended_at"),
            ),
            one_of("kind", list(AlertKind)),
            models.CheckConstraint(
                condition=models.Q(allowed__gte=0), name="operations_alertrule_allowed"
            ),
            models.UniqueConstraint(
                fields=["organisation", "kind", "subject"], name="operations_alertrule_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Alert(TenantModel):
    """A condition that held from one instant to another, or still holds."""

    key = models.TextField()
    kind = models.TextField()
    subject = models.TextField()
    text = models.TextField()
    account_number = models.BigIntegerField(null=True)
    """The id of the bank account concerned, for who is told."""
    raised_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        """Only its end changes; the same condition is raised once while it holds."""

        constraints: ClassVar = [
            *tenant_rules(appended=False),
            AppMay(name="operations_alert_grants", update=("resolved_at",)),
            one_of("kind", list(AlertKind)),
            models.UniqueConstraint(
                fields=["organisation", "key"],
                condition=models.Q(resolved_at__isnull=True),
                name="operations_alert_holds_once",
            ),
        ]

    def __str__(self) -> str:
        return f"alert:{self.pk}"


class AlertChannel(TenantModel):
    """Where alerts are sent, and which."""

    name = models.TextField()
    kind = models.TextField()
    address = models.BinaryField()
    """Encrypted: it holds a password or a secret. Empty where none was given: nothing is sent."""
    kinds = ArrayField(models.TextField(), default=list)
    """The kinds of alert; empty for all."""
    accounts = ArrayField(models.BigIntegerField(), default=list)
    """The bank accounts by id; empty for all, and for what concerns none."""
    roles = ArrayField(models.TextField(), default=list)
    """For members: those in these roles are written to."""
    set_by = TenantForeignKey(Member)
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Only its end changes: another address is another channel."""

        constraints: ClassVar = [
            *tenant_rules("set_by", appended=False),
            AppMay(name="operations_alertchannel_grants", update=("ended_at",)),
            one_of("kind", list(ChannelKind)),
        ]

    def __str__(self) -> str:
        return f"alert_channel:{self.pk}"


class Notification(TenantModel):
    """A message about an alert on its way through a channel."""

    channel = TenantForeignKey(AlertChannel)
    alert = TenantForeignKey(Alert)
    is_over = models.BooleanField()
    """Off: the alert was raised; on: it is over."""
    state = models.TextField(default="waiting")
    attempt = models.IntegerField(default=0)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        """One an alert, channel and turn."""

        constraints: ClassVar = [
            *tenant_rules("channel", "alert", appended=False),
            AppMay(
                name="operations_notification_grants",
                update=("state", "attempt", "due_at", "sent_at", "error"),
            ),
            one_of("state", list(NotificationState)),
            models.UniqueConstraint(
                fields=["organisation", "channel", "alert", "is_over"],
                name="operations_notification_once",
            ),
        ]

    def __str__(self) -> str:
        return f"notification:{self.pk}"
