"""The key from one row of a tenant to another; `TenantKey` is its constraint in PostgreSQL."""

from typing import Any, TypeVar

from django.db import models

Given = TypeVar("Given")
Taken = TypeVar("Taken")


class TenantForeignKey(models.ForeignKey[Given, Taken]):
    """A foreign key that PostgreSQL checks together with the organisation, never by itself.

    What it points to is never removed, and does not know who points to it.
    """

    def __init__(self, to: Any, **named: Any) -> None:  # noqa: ANN401  as Django takes them
        """All that every such key has; `named` is the rest (`null`)."""
        usual: dict[str, Any] = {
            "on_delete": models.PROTECT,
            "related_name": "+",
            "db_constraint": False,
            "db_index": False,
        }
        super().__init__(to, **(usual | named))

    def deconstruct(self) -> Any:  # noqa: ANN401  as Django gives it
        """In migrations a plain key: they keep what was decided, whatever this class says later."""
        name, _, *rest = super().deconstruct()
        return name, "django.db.models.ForeignKey", *rest
