"""Messages to be sent and runs of jobs: the one room whose rows change as work goes on."""

from typing import ClassVar

from django.db import models

from tieout.store.postgres.constraints import AppMay, one_of, tenant_rules
from tieout.store.tenancy.models import TenantModel

RUN_STATES = ("running", "succeeded", "failed", "abandoned")


class OutboxMessage(TenantModel):
    """Follow-up work, written in the transaction of the act that causes it."""

    kind = models.TextField()
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)

    class Meta:
        """Only its taking changes."""

        constraints: ClassVar = [
            *tenant_rules(appended=False),
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
    """One run of a task: whose lease it is, how far it came, and what went in and out."""

    task = models.TextField()
    state = models.TextField(default="running")
    lease = models.UUIDField()
    step = models.TextField(blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    count_in = models.BigIntegerField(default=0)
    count_out = models.BigIntegerField(default=0)
    count_held = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        """What went in has come out or is held, once a run has succeeded."""

        constraints: ClassVar = [
            *tenant_rules(appended=False),
            AppMay(
                name="operations_jobrun_grants",
                update=(
                    "state",
                    "lease",
                    "step",
                    "finished_at",
                    "count_in",
                    "count_out",
                    "count_held",
                    "error",
                ),
            ),
            one_of("state", RUN_STATES),
            models.CheckConstraint(
                condition=~models.Q(state="succeeded")
                | models.Q(count_in=models.F("count_out") + models.F("count_held")),
                name="operations_jobrun_accounted",
            ),
            models.CheckConstraint(
                condition=models.Q(state="running", finished_at__isnull=True)
                | (~models.Q(state="running") & models.Q(finished_at__isnull=False)),
                name="operations_jobrun_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.state}"
