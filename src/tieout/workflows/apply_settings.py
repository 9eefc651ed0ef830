"""What a document of settings says is put in force: only what differs is touched.

A part of a verb's transaction, within its tenant. Nothing is removed: a reconciliation, rule or
channel that the document does not hold ends, and is taken up again when a later one holds it.
"""

from dataclasses import asdict, dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from tieout.core.accounts import AccountKind
from tieout.core.alerts import ChannelKind
from tieout.core.errors import InvalidInput
from tieout.core.explain.certifying import ClosingPolicy
from tieout.core.jobs import Task
from tieout.core.schedules import Cron
from tieout.core.settings import Change, Entry, Settings, changes, policy_of
from tieout.store.banking.models import BankAccount
from tieout.store.closing.models import Books, Policy
from tieout.store.ledger.models import Account
from tieout.store.operations.models import AlertChannel, AlertRule, Schedule
from tieout.store.reconciliation.models import Reconciliation
from tieout.workflows.acting import Act
from tieout.workflows.ask_run import SUBJECTS
from tieout.workflows.standing_settings import (
    by_itself,
    names_of_accounts,
    names_of_reconciliations,
    standing_settings,
    subjects,
)


def check_fits(wanted: Settings) -> None:
    """Raise unless the bank accounts that are there already count as the document says."""
    for each in BankAccount.objects.all():
        key = f"{each.number} {each.currency}"
        entry = wanted.sections["bank_accounts"].get(key)
        if entry is not None and entry["decimals"] != each.exponent:
            place = f"bank_accounts {key}, decimals"
            expected = f"{each.exponent}, in which it is counted here"
            raise InvalidInput("settings.invalid", str(entry["decimals"]), expected, place)


def apply_settings(act: Act, wanted: Settings) -> tuple[Change, ...]:
    """Make what stands what is wanted; what that changed."""
    check_fits(wanted)
    made = changes(standing_settings(), wanted)
    applying = _Applying(act, wanted)
    for section, put in (
        ("bank_accounts", applying.bank_account),
        ("reconciliations", applying.reconciliation),
        ("books", applying.books),
        ("closing_policies", applying.closing_policy),
        ("schedules", applying.schedule),
        ("alert_rules", applying.alert_rule),
        ("channels", applying.channel),
    ):
        for each in made:
            if each.section == section:
                put(each.key, wanted.sections[section].get(each.key), each)
    return made


def channels_off() -> list[str]:
    """Channels in use that send nothing until somebody gives their address."""
    rows = AlertChannel.objects.filter(ended_at__isnull=True, address=b"")
    return sorted(rows.exclude(kind=ChannelKind.MEMBERS).values_list("name", flat=True))


@dataclass(frozen=True)
class _Applying:
    """A hand for each section: the entry as it is wanted, or None where it is to end."""

    act: Act
    wanted: Settings

    def bank_account(self, _: str, entry: Entry | None, change: Change) -> None:
        """One that is not there yet; an account that no setting names any more stays."""
        if entry is not None and not change.before:
            made, is_new = BankAccount.objects.get_or_create(
                organisation_id=self.act.caller.organisation_id,
                number=entry["number"],
                currency=entry["currency"],
                defaults={"exponent": entry["decimals"]},
            )
            self.act.keeps(*([made] if is_new else []))

    def reconciliation(self, key: str, entry: Entry | None, _: Change) -> None:
        known = {name: number for number, name in names_of_reconciliations().items()}
        if entry is None:
            self._changed(Reconciliation.objects.filter(id=known[key]), ended_at=self.act.at)
            return
        values = {"name": entry["name"], "rules": entry["rules"], "ended_at": None}
        if key in known:
            self._changed(Reconciliation.objects.filter(id=known[key]), **values)
            return
        organisation_id = self.act.caller.organisation_id
        account, is_new = Account.objects.get_or_create(
            organisation_id=organisation_id,
            code=entry["account"],
            defaults={"kind": AccountKind.UNKNOWN, "is_bank": True},
        )
        self.act.keeps(*([account] if is_new else []))
        made = Reconciliation.objects.create(
            organisation_id=organisation_id,
            bank_account_id=self._account_id(entry["bank_account"]),
            account=account,
            **values,
        )
        self.act.keeps(made)

    def books(self, key: str, entry: Entry | None, _: Change) -> None:
        found = Books.objects.filter(name=key)
        if entry is None:
            self._changed(found, ended_at=self.act.at)
        elif not self._changed(found, mapping=entry["mapping"], ended_at=None):
            made = Books.objects.create(
                organisation_id=self.act.caller.organisation_id, name=key, mapping=entry["mapping"]
            )
            self.act.keeps(made)

    def closing_policy(self, _: str, entry: Entry | None, change: Change) -> None:
        """A row in place of the one before; where it is to end, what is asked without a policy."""
        said = entry or change.before
        policy = policy_of(entry) if entry else ClosingPolicy()
        made = Policy.objects.create(
            organisation_id=self.act.caller.organisation_id,
            books=Books.objects.get(name=said["books"]),
            ledger=said["ledger"],
            reason=f"settings: {self.act.verb}",
            set_by_id=self.act.caller.member_id,
            set_at=self.act.at,
            **asdict(policy),
        )
        self.act.keeps(made)

    def schedule(self, _: str, entry: Entry | None, change: Change) -> None:
        task = Task(entry["task"] if entry else change.before["task"])
        subject = self._subject(task, entry["subject"] if entry else change.before["subject"])
        kind, _, number = subject.partition(":")
        cron = Cron.of(entry["cron"]) if entry and entry["cron"] else None
        zone = entry["zone"] if entry else "UTC"
        self.act.changes(*Schedule.objects.filter(task=task, subject=subject))
        made, _made = Schedule.objects.update_or_create(
            organisation_id=self.act.caller.organisation_id,
            task=task,
            subject=subject,
            defaults={
                "arguments": {SUBJECTS[task][1]: int(number)} if kind else {},
                "every": entry["every"] if entry else by_itself(task),
                "cron": cron.text if cron else "",
                "zone": zone,
                "set_by_id": self.act.caller.asked_by_id,
                "set_at": self.act.at,
                "next_due_at": cron.next_after(self.act.at, ZoneInfo(zone)) if cron else None,
            },
        )
        self.act.keeps(made)

    def alert_rule(self, _: str, entry: Entry | None, change: Change) -> None:
        kind = entry["kind"] if entry else change.before["kind"]
        name = entry["subject"] if entry else change.before["subject"]
        subject = {said: subject for subject, said in subjects().items()}[name]
        found = AlertRule.objects.filter(kind=kind, subject=subject)
        if entry is None:
            self._changed(found, ended_at=self.act.at)
            return
        self.act.changes(*found)
        made, _made = AlertRule.objects.update_or_create(
            organisation_id=self.act.caller.organisation_id,
            kind=kind,
            subject=subject,
            defaults={
                "allowed": entry["allowed"],
                "set_by_id": self.act.caller.member_id,
                "set_at": self.act.at,
                "ended_at": None,
            },
        )
        self.act.keeps(made)

    def channel(self, key: str, entry: Entry | None, _: Change) -> None:
        """Another row in place of the old one, with the address that a channel of that name had."""
        in_use = AlertChannel.objects.filter(name=key, ended_at__isnull=True)
        self._changed(in_use, ended_at=self.act.at)
        if entry is None:
            return
        earlier = AlertChannel.objects.filter(name=key, kind=entry["kind"]).exclude(address=b"")
        known = earlier.order_by("-id").first()
        made = AlertChannel.objects.create(
            organisation_id=self.act.caller.organisation_id,
            name=key,
            kind=entry["kind"],
            address=known.address if known else b"",
            kinds=entry["alerts"],
            accounts=sorted(map(self._account_id, entry["bank_accounts"])),
            roles=entry["roles"],
            set_by_id=self.act.caller.member_id,
            set_at=self.act.at,
        )
        self.act.keeps(made)

    def _changed(self, found: QuerySet[Any], **values: object) -> int:
        """The rows with these values; how many they are."""
        rows = list(found)
        self.act.changes(*rows)
        for row in rows:
            for column, value in values.items():
                setattr(row, column, value)
            row.save(update_fields=list(values))
        return len(rows)

    def _account_id(self, name: str) -> int:
        return {said: number for number, said in names_of_accounts().items()}[name]

    def _subject(self, task: Task, name: str) -> str:
        if task not in SUBJECTS:
            return ""
        if task is Task.EXPLAIN_BOOKS:
            return str(Books.objects.get(name=name))
        known = {said: number for number, said in names_of_reconciliations().items()}
        return f"{SUBJECTS[task][0]}:{known[name]}"
