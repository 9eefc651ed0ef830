"""What a model may declare of PostgreSQL beside Django's own constraints.

All are model constraints, so that `makemigrations` sees, names and reverses them: whose rows a
tenant sees, keys that stay within a tenant, what the application may do, and rows that only grow.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tieout.store.postgres.server import APPLICATION

TENANT_SETTING = "tieout.organisation"
ORGANISATION = f"(select nullif(current_setting('{TENANT_SETTING}', true), '')::uuid)"
"""The organisation of this connection. After a `set local` has ended the setting is empty text, not
null; inside its own select it is worked out once a statement."""

PERSON_SETTING = "tieout.person"
PERSON = f"(select nullif(current_setting('{PERSON_SETTING}', true), '')::bigint)"
"""The person who has signed in on this connection and has not chosen an organisation yet."""

Editor = BaseDatabaseSchemaEditor
Model = type[models.Model]


class Declared(models.BaseConstraint):
    """A constraint of whole statements, run once the tables of the migration are there."""

    arguments: ClassVar[tuple[str, ...]] = ()

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, named = super().deconstruct()
        return path, args, named | {each: getattr(self, each) for each in self.arguments}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Declared):
            return NotImplemented
        return self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((type(self), self.name))

    def made(self, table: str, name: str, model: Model) -> str:
        """The statements that make it; names come quoted."""
        raise NotImplementedError

    def unmade(self, table: str, name: str) -> str:
        """The statements that take it away."""
        raise NotImplementedError

    def create_sql(self, model: Model | None, schema_editor: Editor | None) -> Any:  # noqa: ANN401  Django's own signature
        if model is not None and schema_editor is not None:
            quote = schema_editor.quote_name
            made = self.made(quote(model._meta.db_table), quote(self.name), model)
            schema_editor.deferred_sql.append(made)

    def constraint_sql(self, model: Model | None, schema_editor: Editor | None) -> Any:  # noqa: ANN401  as above
        self.create_sql(model, schema_editor)

    def remove_sql(self, model: Model | None, schema_editor: Editor | None) -> Any:  # noqa: ANN401  as above
        if model is None or schema_editor is None:
            return None
        quote = schema_editor.quote_name
        return self.unmade(quote(model._meta.db_table), quote(self.name))

    def validate(self, *_: object, **__: object) -> None:
        """The database decides."""


class TenantPolicy(Declared):
    """Row security: a connection sees and writes only the rows of its organisation."""

    arguments = ("column",)

    def __init__(self, *, name: str, column: str = "organisation_id", **named: Any) -> None:  # noqa: ANN401  handed on
        self.column = column
        super().__init__(name=name, **named)

    def made(self, table: str, name: str, model: Model) -> str:  # noqa: ARG002  the same for all
        mine = f'"{self.column}" = {ORGANISATION}'
        return (
            f"alter table {table} enable row level security; "
            f"alter table {table} force row level security; "
            f"create policy {name} on {table} using ({mine}) with check ({mine})"
        )

    def unmade(self, table: str, name: str) -> str:
        return (
            f"drop policy if exists {name} on {table}; "
            f"alter table {table} no force row level security; "
            f"alter table {table} disable row level security"
        )


class PersonPolicy(Declared):
    """Row security, beside the tenant's: a person who has signed in reads what is about them."""

    arguments = ("sees",)

    def __init__(self, *, name: str, sees: str, **named: Any) -> None:  # noqa: ANN401  handed on
        self.sees = sees
        super().__init__(name=name, **named)

    def made(self, table: str, name: str, model: Model) -> str:  # noqa: ARG002  the same for all
        return (
            f"create policy {name} on {table} for select using ({self.sees.format(person=PERSON)})"
        )

    def unmade(self, table: str, name: str) -> str:
        return f"drop policy if exists {name} on {table}"


class TenantKey(Declared):
    """A foreign key with the organisation in it: PostgreSQL's key checks do not know row security.

    The field's own key is left out (`db_constraint=False`); the table it points to needs
    `TenantIdentity`. Checked when the transaction ends.
    """

    arguments: ClassVar[tuple[str, ...]] = ("field",)

    def __init__(self, *, name: str, field: str, **named: Any) -> None:  # noqa: ANN401  handed on
        self.field = field
        super().__init__(name=name, **named)

    def made(self, table: str, name: str, model: Model) -> str:
        field = model._meta.get_field(self.field)
        assert isinstance(field, models.ForeignKey)
        target = field.related_model._meta.db_table
        return (
            f'alter table {table} add constraint {name} foreign key ("organisation_id", '
            f'"{field.column}") references "{target}" ("organisation_id", "id") '
            "deferrable initially deferred"
        )

    def unmade(self, table: str, name: str) -> str:
        return f"alter table {table} drop constraint {name}"


class TenantPairKey(TenantKey):
    """As `TenantKey`, and another field holds what it holds in the row that is pointed to.

    That table needs a unique constraint of organisation, id and the other field. One key so proves
    three things: each of them checked by itself costs as much again for every row.
    """

    arguments: ClassVar[tuple[str, ...]] = ("field", "beside")

    def __init__(self, *, beside: str, **named: Any) -> None:  # noqa: ANN401  handed on
        self.beside = beside
        super().__init__(**named)

    def made(self, table: str, name: str, model: Model) -> str:
        plain = super().made(table, name, model)
        beside = model._meta.get_field(self.beside)
        assert isinstance(beside, models.ForeignKey)
        other = beside.column
        return plain.replace('") references', f'", "{other}") references').replace(
            '"id") deferrable', f'"id", "{other}") deferrable'
        )


class AppMay(Declared):
    """What the application's role may do with the table; everything else is refused."""

    arguments = ("verbs", "update")

    def __init__(
        self,
        *,
        name: str,
        verbs: Sequence[str] = ("select", "insert"),
        update: Sequence[str] = (),
        **named: Any,  # noqa: ANN401  handed on
    ) -> None:
        self.verbs = tuple(verbs)
        self.update = tuple(update)
        super().__init__(name=name, **named)

    def made(self, table: str, name: str, model: Model) -> str:  # noqa: ARG002  the same for all
        grants = f"grant {', '.join(self.verbs)} on {table} to {APPLICATION}"
        if self.update:
            columns = ", ".join(f'"{each}"' for each in self.update)
            grants += f"; grant update ({columns}) on {table} to {APPLICATION}"
        return grants

    def unmade(self, table: str, name: str) -> str:  # noqa: ARG002  a grant has no name
        return f"revoke all on {table} from {APPLICATION}"


class AppendOnly(Declared):
    """Rows are added, never changed, removed or truncated, whoever asks.

    The trigger also fires for replication, so that no session setting switches it off.
    """

    def made(self, table: str, name: str, model: Model) -> str:  # noqa: ARG002  the same for all
        return (
            f"create trigger {name} before update or delete or truncate on {table} "
            f"for each statement execute function tieout_refuse_change(); "
            f"alter table {table} enable always trigger {name}"
        )

    def unmade(self, table: str, name: str) -> str:
        return f"drop trigger if exists {name} on {table}"


def tenant_rules(
    *keys: str, appended: bool = True, pointed_to: bool = True
) -> list[models.BaseConstraint]:
    """What every table of a tenant has: its policy, its identity, its keys within the tenant.

    The identity is what keys of other tables point to; what none points to goes without it.
    """
    prefix = "%(app_label)s_%(class)s"
    identity = models.UniqueConstraint(fields=["organisation", "id"], name=f"{prefix}_identity")
    rules: list[models.BaseConstraint] = [
        TenantPolicy(name=f"{prefix}_tenant"),
        *([identity] if pointed_to else []),
        *(TenantKey(name=f"{prefix}_{key}_key", field=key) for key in keys),
    ]
    if appended:
        rules += [AppendOnly(name=f"{prefix}_appended"), AppMay(name=f"{prefix}_grants")]
    return rules


def one_of(field: str, words: Sequence[str]) -> models.CheckConstraint:
    """The field holds one of these words."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": sorted(map(str, words))}),
        name=f"%(app_label)s_%(class)s_{field}_word",
    )
