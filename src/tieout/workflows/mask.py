"""`mask_organisation`: a copy without a name, an account number or a text of the original.

Amounts, days, directions and what belongs to what are the same, and equal words stay equal: the
copy's reconciliations find the same amounts, and its control accounts differ by the same causes.
Files are not copied, but for those of books that are explained, which are masked. Runs are not:
they are made anew. Of the members only the caller can sign in to the copy.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tieout.core.access import Action, Actor, Role
from tieout.core.masking import Mask
from tieout.engine.text import BOILERPLATE
from tieout.store.banking.models import (
    BankAccount,
    BankLine,
    BankStatement,
    FilePart,
    FileReading,
    ReadingProblem,
    ReceivedFile,
)
from tieout.store.closing.models import Books, Policy
from tieout.store.ledger.models import Account, JournalEntry, Posting
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import DecidedRecord, Decision, Reconciliation
from tieout.store.tenancy.models import Member, TenantModel
from tieout.workflows.acting import Act, Caller, acting
from tieout.workflows.copy_books import copy_books
from tieout.workflows.create_organisation import create_organisation
from tieout.workflows.replay import note_state

PAGE = 2000
COPIED: tuple[type[TenantModel], ...] = (
    Member, Account, BankAccount, JournalEntry, Posting, ReceivedFile, FileReading, ReadingProblem,
    BankStatement, BankLine, Reconciliation, Decision, DecidedRecord, Books, Policy,
)  # fmt: skip
"""In the order in which their keys point."""
PLAIN = frozenset({
    "role", "currency", "weight_currency", "direction", "status", "side", "verdict", "severity",
    "code", "format", "variant", "charset", "program", "rules",
})  # fmt: skip
"""Columns that hold words of ours and no one's text."""
OURS: Mapping[type[TenantModel], frozenset[str]] = {
    Account: frozenset({"kind"}),
    Policy: frozenset({"ledger", "risk", "automatic"}),
}
"""The same, where a column of that name elsewhere holds text."""
TEXTS: Mapping[type[TenantModel], frozenset[str]] = {Account: frozenset({"code"})}
"""And columns that hold text, where elsewhere they do not."""


Special = Mapping[type[TenantModel], Callable[[Any], dict[str, Any]]]
"""Columns of a table that hold something else in the copy."""


@dataclass
class Copy:
    """A copy in the making: which row became which. Without a mask words stay as they are."""

    source: UUID
    target: UUID
    mask: Mask | None
    special: Special
    became: dict[Any, dict[int, int]] = field(default_factory=dict)

    def rows(self, model: type[TenantModel]) -> Iterator[list[Any]]:
        """The original's rows, a page at a time."""
        last = 0
        while True:
            with tenant(self.source):
                page = list(model._default_manager.filter(id__gt=last).order_by("id")[:PAGE])
            if not page:
                return
            last = page[-1].pk
            yield page

    def take(self, model: type[TenantModel]) -> int:
        """Every row of a table; how many."""
        known = self.became.setdefault(model, {})
        count = 0
        for page in self.rows(model):
            fresh = [each for each in page if each.pk not in known]
            for block in _apart(model, fresh):
                made = [model(**self._values(model, each)) for each in block]
                with tenant(self.target):
                    model._default_manager.bulk_create(made)
                    if model is ReceivedFile:
                        pairs = zip(block, made, strict=True)
                        FilePart.objects.bulk_create(self._part(*pair) for pair in pairs)
                known.update({old.pk: new.pk for old, new in zip(block, made, strict=True)})
            count += len(page)
        return count

    def _values(self, model: type[TenantModel], row: models.Model) -> dict[str, Any]:
        values = {
            column.attname: self._value(model, column, getattr(row, column.attname))
            for column in model._meta.concrete_fields
            if not (column.primary_key or column.generated)
        }
        values["organisation_id"] = self.target
        special = self.special.get(model)
        return values | (special(row) if special else {})

    def _value(self, model: type[TenantModel], column: Any, value: Any) -> Any:  # noqa: ANN401  any column and what it holds
        if isinstance(column, models.ForeignKey):
            to: Any = column.related_model
            return self.became.get(to, {}).get(value)
        ours = (PLAIN | OURS.get(model, frozenset())) - TEXTS.get(model, frozenset())
        if self.mask is None or column.name in ours or value is None:
            return value
        if isinstance(column, models.TextField):
            return self.mask.text(value)
        if isinstance(column, ArrayField | models.JSONField):
            return self.mask.anything(value, frozenset({"currency", "direction"}))
        return value

    def _part(self, old: ReceivedFile, new: TenantModel) -> FilePart:
        content = _instead_of(old.pk)
        return FilePart(organisation_id=self.target, file_id=new.pk, number=1, content=content)


def mask_organisation(caller: Caller, *, into: str, key: bytes, now: datetime) -> Caller:
    """Make the masked copy, named `into`; the caller as its owner. Keep the key nowhere."""
    with acting(caller, Action.MANAGE_ORGANISATION, "mask_organisation", now) as act:
        mask = Mask(key, BOILERPLATE)
        me = Member.objects.get(id=caller.member_id)
        owner = create_organisation(
            name=into,
            owner_email=mask.text(me.email),
            owner_name=mask.text(me.name),
            person_id=me.person_id,
            origin=caller.origin,
            now=now,
        )
        copy = Copy(caller.organisation_id, owner.organisation_id, mask, SPECIAL)
        copy.became[Member] = {me.pk: owner.member_id}
        counts = {model._meta.label_lower: copy.take(model) for model in COPIED}
        exact = Mask(key, is_exact=True)
        counts["snapshots"] = copy_books(caller, owner, copy.became[Books], exact, now)
        with tenant(owner.organisation_id):
            there = Act(owner, Actor(owner.member_id, Role.OWNER, owner.origin), act.verb, now)
            note_state(there)
            there.record(f"organisation:{owner.organisation_id}", after={"is_masked": True})
        act.record(
            f"organisation:{caller.organisation_id}",
            after={"copy": f"organisation:{owner.organisation_id}", **counts},
        )
    return owner


def _apart(model: type[TenantModel], rows: list[Any]) -> Iterator[list[Any]]:
    """Rows that point to rows of their own table come after those: such a table goes in blocks."""
    own = [
        each.attname
        for each in model._meta.concrete_fields
        if isinstance(each, models.ForeignKey) and each.related_model is model
    ]
    block: list[Any] = []
    for row in rows:
        if any(getattr(row, name) is not None for name in own) and block:
            yield block
            block = []
        block.append(row)
    if block:
        yield block


def _instead_of(file_id: int) -> bytes:
    """What stands for a file: a copy has none."""
    return f"A copy holds no files: this stands for one of them ({file_id}).\n".encode()


def _file(row: ReceivedFile) -> dict[str, Any]:
    content = _instead_of(row.pk)
    return {"sha256": hashlib.sha256(content).digest(), "size": len(content)}


SPECIAL: Special = {
    Member: lambda _: {"person_id": None},
    ReceivedFile: _file,
    JournalEntry: lambda _: {"digest": b""},  # a hash of the original's words tells who knows them
    Decision: lambda _: {"group_id": None},
    Books: lambda _: {"mapping": ""},  # its files in the copy have the layout's own tables
}
