"""Which rows an audit event carries, and how it names them and their fields.

Every table of an organisation is in `KEPT` or in `NOT_KEPT`, which says why: what the log replays
to is compared with exactly these rows (`workflows/replay.py`).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tieout.core.audit import Value
from tieout.store.audit.models import Concern, Event, SignedHead
from tieout.store.banking.models import (
    BankAccount,
    BankLine,
    BankStatement,
    FilePart,
    FileReading,
    ReadingProblem,
    ReceivedFile,
)
from tieout.store.closing import models as closing
from tieout.store.ledger.models import Account, JournalEntry, Posting
from tieout.store.operations import models as operations
from tieout.store.reconciliation import models as matching
from tieout.store.requests.models import KeptAnswer, TokenPace
from tieout.store.tenancy import models as tenancy
from tieout.store.tenancy.models import TenantModel

LONG = 500
"""Texts of more characters stand in an event by their SHA-256."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A table whose rows the log knows one by one."""

    kind: str
    """How a row is named: `member:17`."""
    without: frozenset[str] = frozenset()
    """Columns that no event carries: secrets, and what only says how far work has come."""


KEPT: Mapping[type[TenantModel], Kept] = {
    tenancy.Member: Kept("member"),
    tenancy.Invitation: Kept("invitation", frozenset({"secret_sha256"})),
    tenancy.ApiToken: Kept("token", frozenset({"secret_sha256", "last_used_at"})),
    tenancy.Sandbox: Kept("sandbox"),
    tenancy.SettingsProposal: Kept("settings_proposal"),
    tenancy.SettingsVersion: Kept("settings_version"),
    Account: Kept("ledger_account"),
    BankAccount: Kept("bank_account"),
    ReceivedFile: Kept("received_file"),
    FileReading: Kept("file_reading"),
    BankStatement: Kept("bank_statement"),
    matching.Reconciliation: Kept("reconciliation"),
    matching.MatchRun: Kept("match_run"),
    matching.Decision: Kept("decision"),
    matching.SignOff: Kept("sign_off"),
    matching.Suspension: Kept("suspension"),
    matching.Comment: Kept("comment"),
    matching.CommentResolution: Kept("comment_resolution"),
    matching.Evidence: Kept("evidence"),
    operations.Schedule: Kept("schedule", frozenset({"last_due_at", "next_due_at"})),
    operations.AlertRule: Kept("alert_rule"),
    operations.AlertChannel: Kept("alert_channel", frozenset({"address"})),
    operations.Alert: Kept("alert"),
    closing.Books: Kept("books"),
    closing.Snapshot: Kept("snapshot"),
    closing.Explained: Kept("explained"),
    closing.Policy: Kept("closing_policy"),
    closing.Certification: Kept("certification"),
    closing.Look: Kept("look"),
    SignedHead: Kept("signed_head"),
}

ADDED_UP = "counted and added up by account and source under `sums`"
PROVED = "adds up to the row it is a part of, which `tieout audit stored` proves"
MADE_AGAIN = "what a run found in files the log names by their hash; the run can be made again"
WORK = "work on its way: what came of it is recorded by the verbs it calls"
NOT_KEPT: Mapping[type[TenantModel], str] = {
    Event: "the log itself; `tieout audit verify` proves it",
    Concern: "leads to events, and is made from them",
    FilePart: "the bytes of a received file, whose SHA-256 the log has",
    ReadingProblem: "found again when the file is read again",
    BankLine: PROVED,
    JournalEntry: ADDED_UP,
    Posting: ADDED_UP,
    matching.MatchGroup: PROVED,
    matching.RunRecord: PROVED,
    matching.DecidedRecord: PROVED,
    matching.Mention: "in its comment's text and event",
    closing.SnapshotFile: "in the content hash of its snapshot",
    closing.Difference: MADE_AGAIN,
    closing.Contribution: MADE_AGAIN,
    closing.Case: MADE_AGAIN,
    closing.CauseItem: MADE_AGAIN,
    closing.Sample: "drawn from the hash of an event, and drawn again to prove it",
    closing.SampledCase: "drawn from the hash of an event, and drawn again to prove it",
    operations.OutboxMessage: WORK,
    operations.JobRun: WORK,
    operations.Notification: WORK,
    KeptAnswer: "forgotten after a day",
    TokenPace: "forgotten after a minute",
}

_POINTED_TO: Mapping[type[models.Model], str] = {
    tenancy.Person: "person",
    matching.MatchGroup: "match_group",
    BankLine: "bank_line",
    Posting: "posting",
    closing.Case: "case",
    closing.Sample: "sample",
}
"""What rows that the log knows point to, beside one another."""

_LISTED: Mapping[tuple[type[TenantModel], str], str] = {
    (operations.AlertChannel, "accounts"): "bank_account"
}
"""Columns of ids, and what they are the ids of."""


def name_of(row: TenantModel) -> str:
    """The row as an event names it."""
    return f"{KEPT[type(row)].kind}:{row.pk}"


def fields_of(row: TenantModel) -> dict[str, Value]:
    """What an event says of the row; rows that it points to are named."""
    model = type(row)
    return {
        column.name: _told(model, column, getattr(row, column.attname))
        for column in _columns(model)
    }


@cache
def _columns(model: type[TenantModel]) -> tuple[Any, ...]:
    left_out = KEPT[model].without | {"id", "organisation"}
    return tuple(
        each
        for each in model._meta.concrete_fields  # noqa: SLF001  Django's own name for it
        if each.name not in left_out and not each.generated
    )


def _told(model: type[TenantModel], column: Any, value: Any) -> Value:  # noqa: ANN401  any column
    told: Value
    if value is None or isinstance(value, bool | date):
        told = value
    elif isinstance(column, models.ForeignKey):
        told = f"{_kind_of(column.related_model)}:{value}"
    elif isinstance(column, models.BinaryField):
        told = bytes(value).hex()
    elif isinstance(column, ArrayField):
        kind = _LISTED.get((model, column.name))
        told = [f"{kind}:{each}" if kind else each for each in value]
    elif isinstance(column, models.JSONField):
        told = short(json.dumps(value, sort_keys=True)) if value else ""
    else:
        told = value if isinstance(value, int) else short(str(value))
    return told


def short(text: str) -> str:
    """A text as an event carries it: by its hash where it is long."""
    if len(text) <= LONG:
        return text
    return f"sha256 {hashlib.sha256(text.encode()).hexdigest()}"


def _kind_of(model: Any) -> str:  # noqa: ANN401  Django's own
    return KEPT[model].kind if model in KEPT else _POINTED_TO[model]


def leads_to(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Within a tenant: the accounts and reconciliations that sign-offs and reconciliations are of.

    What happens to a pairing happens to both its accounts.
    """
    numbers: dict[str, list[int]] = {}
    for each in names:
        kind, _, number = each.partition(":")
        if kind in {"reconciliation", "sign_off"} and number.isdecimal():
            numbers.setdefault(kind, []).append(int(number))
    pairs = matching.Reconciliation.objects.filter(id__in=numbers.get("reconciliation", ()))
    signed = matching.SignOff.objects.filter(id__in=numbers.get("sign_off", ()))
    found: dict[str, tuple[str, ...]] = {}
    if "reconciliation" in numbers:
        for key, bank, account in pairs.values_list("id", "bank_account_id", "account_id"):
            found[f"reconciliation:{key}"] = (f"bank_account:{bank}", f"ledger_account:{account}")
    if "sign_off" in numbers:
        columns = "id", "reconciliation_id", "reconciliation__bank_account_id"
        for key, pair, bank, account in signed.values_list(*columns, "reconciliation__account_id"):
            found[f"sign_off:{key}"] = (
                f"reconciliation:{pair}",
                f"bank_account:{bank}",
                f"ledger_account:{account}",
            )
    return found
