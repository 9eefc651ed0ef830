"""What is remembered of a program's requests: no evidence, and gone after a day."""

from typing import ClassVar

from django.db import models

from tieout.store.postgres.constraints import AppMay, tenant_rules
from tieout.store.postgres.fields import TenantForeignKey
from tieout.store.tenancy.models import ApiToken, TenantModel


class KeptAnswer(TenantModel):
    """The first answer to a request, for whoever sends the same once more under the same key."""

    token = TenantForeignKey(ApiToken)
    key = models.TextField()
    asked_sha256 = models.BinaryField(max_length=32)
    """Of method, address and body."""
    status = models.SmallIntegerField()
    content_type = models.TextField()
    sealed = models.BinaryField()
    """The body, encrypted under the token's secret, which is not kept: an answer may hold a secret
    that is told once."""
    kept_at = models.DateTimeField()

    class Meta:
        """A key is used once by a token; too old ones are removed."""

        constraints: ClassVar = [
            *tenant_rules("token", appended=False),
            AppMay(name="requests_keptanswer_grants", verbs=("select", "insert", "delete")),
            models.UniqueConstraint(
                fields=["organisation", "token", "key"], name="requests_keptanswer_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "kept_at"], name="requests_keptanswer_age")
        ]

    def __str__(self) -> str:
        return f"answer {self.status} to {self.key}"


class TokenPace(TenantModel):
    """How much of its calls a token has used up: the instant at which it would have used none."""

    token = TenantForeignKey(ApiToken)
    free_at = models.DateTimeField()

    class Meta:
        """One row a token."""

        constraints: ClassVar = [
            *tenant_rules("token", appended=False),
            AppMay(name="requests_tokenpace_grants", update=("free_at",)),
            models.UniqueConstraint(
                fields=["organisation", "token"], name="requests_tokenpace_once"
            ),
        ]

    def __str__(self) -> str:
        return f"token {self.token_id} is free at {self.free_at}"
