"""The settings as they stand in the tables, read as one value; all of it within a tenant."""

from collections.abc import Mapping
from zoneinfo import available_timezones

from tieout.core.alerts import AlertKind
from tieout.core.errors import InvalidInput, TieoutError
from tieout.core.explain.certifying import ClosingPolicy
from tieout.core.jobs import Task
from tieout.core.schedules import Every
from tieout.core.settings import Entry, Settings, policy_entry, settings_from, settings_of
from tieout.files.rules import load_rules
from tieout.store.banking.models import BankAccount
from tieout.store.closing.models import Books
from tieout.store.closing.runs import policies_of
from tieout.store.operations.models import AlertChannel, AlertRule, Schedule
from tieout.store.reconciliation.models import Reconciliation
from tieout.workflows.mappings import mappings_of


def by_itself(task: Task) -> Every:
    """How often a task runs that nobody has set a schedule for."""
    is_at_once = task in {Task.RECONCILE, Task.EXPLAIN_BOOKS}
    return Every.REAL_TIME if is_at_once else Every.MANUAL


def names_of_accounts() -> dict[int, str]:
    """Every bank account as a document names it: `77 EUR`."""
    return {each.pk: f"{each.number} {each.currency}" for each in BankAccount.objects.all()}


def names_of_reconciliations() -> dict[int, str]:
    """Every reconciliation as a document names it, those that have ended too: `77 EUR / bank`."""
    accounts = names_of_accounts()
    rows = Reconciliation.objects.values_list("id", "bank_account_id", "account__code")
    return {key: f"{accounts[bank]} / {code}" for key, bank, code in rows}


def subjects() -> dict[str, str]:
    """What schedules and rules are about, as the tables have it, and as a document names it."""
    pairs = {f"reconciliation:{key}": name for key, name in names_of_reconciliations().items()}
    feeds = {f"bank_account:{key}": name for key, name in names_of_accounts().items()}
    books = {f"books:{each.pk}": each.name for each in Books.objects.all()}
    return pairs | feeds | books | {str(task): str(task) for task in Task} | {"": ""}


def read_settings(document: str) -> Settings:
    """What a document says; `InvalidInput` names every place that is wrong."""
    wanted = settings_of(document, check_rules=load_rules)
    for key, each in wanted.sections["books"].items():
        try:
            mappings_of(each["mapping"])
        except TieoutError as error:
            place = f"books {key}, mapping"
            raise InvalidInput("settings.invalid", error.found, error.expected, place) from error
    for key, each in wanted.sections["schedules"].items():
        if each["zone"] not in available_timezones():
            place = f"schedules {key}, zone"
            raise InvalidInput("settings.invalid", each["zone"], "an IANA time zone", place)
    return wanted


def standing_settings() -> Settings:
    """As they stand. What names something that is no setting any more is left out."""
    said = subjects()
    books = list(Books.objects.filter(ended_at__isnull=True))
    held = {f"reconciliation:{each.pk}" for each in _in_use()}
    held |= {f"books:{each.pk}" for each in books}
    accounts = names_of_accounts()
    rules = [
        {"kind": each.kind, "subject": said[each.subject], "allowed": each.allowed}
        for each in AlertRule.objects.filter(ended_at__isnull=True)
        if each.subject in said and (each.kind != AlertKind.DIFFERENCE or each.subject in held)
    ]
    channels = [
        {
            "name": each.name,
            "kind": each.kind,
            "alerts": sorted(each.kinds),
            "bank_accounts": sorted(accounts[one] for one in each.accounts if one in accounts),
            "roles": sorted(each.roles),
        }
        for each in AlertChannel.objects.filter(ended_at__isnull=True).order_by("-id")
    ]
    pairs = [
        {
            "name": each.name,
            "bank_account": accounts[each.bank_account_id],
            "account": each.account.code,
            "rules": each.rules,
        }
        for each in _in_use()
    ]
    named = {each["bank_account"] for each in pairs}
    named |= {one for each in channels for one in each["bank_accounts"]}
    named |= {each["subject"] for each in rules if each["kind"] == AlertKind.MISSING_FEED}
    banks = [
        {"number": each.number, "currency": each.currency, "decimals": each.exponent}
        for each in BankAccount.objects.all()
        if accounts[each.pk] in named
    ]
    return settings_from(
        {
            "bank_accounts": banks,
            "reconciliations": pairs,
            "books": [{"name": each.name, "mapping": each.mapping} for each in books],
            "closing_policies": [entry for each in books for entry in _policies(each)],
            "schedules": _schedules(said, held),
            "alert_rules": rules,
            "channels": channels,
        }
    )


def _in_use() -> list[Reconciliation]:
    return list(Reconciliation.objects.filter(ended_at__isnull=True).select_related("account"))


def _policies(books: Books) -> list[Entry]:
    """What is asked of its ledgers, where it is not what is asked without a policy."""
    return [
        {"books": books.name, "ledger": ledger, **policy_entry(policy)}
        for ledger, policy in policies_of(books.pk).items()
        if policy != ClosingPolicy()
    ]


def _schedules(said: Mapping[str, str], held: set[str]) -> list[Entry]:
    return [
        {
            "task": each.task,
            "subject": said[each.subject],
            "every": each.every,
            "cron": each.cron,
            "zone": each.zone,
        }
        for each in Schedule.objects.all()
        if each.every != by_itself(Task(each.task)) and (not each.subject or each.subject in held)
    ]
