"""Two small firms with a row in every table, for tests that must try them all."""

from datetime import UTC, date, datetime, timedelta

from tests.store.closing_rows import a_closing
from tieout.core.access import Action, Role
from tieout.core.alerts import AlertKind, ChannelKind
from tieout.core.jobs import Task
from tieout.core.money import Currency
from tieout.core.schedules import Every
from tieout.core.subjects import Subject, SubjectKind
from tieout.formats.common.source import Source
from tieout.store.banking.models import BankAccount, BankLine
from tieout.store.ledger.models import Account, JournalEntry, Posting
from tieout.store.operations.models import JobRun
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import (
    DecidedRecord,
    Decision,
    MatchGroup,
    MatchRun,
    Reconciliation,
    RunRecord,
    SignOff,
    Suspension,
)
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.alert_rules import set_alert_rule
from tieout.workflows.answer_once import Answer, answer_once
from tieout.workflows.attach_evidence import attach_evidence
from tieout.workflows.comment import comment, resolve_comment
from tieout.workflows.create_organisation import create_organisation
from tieout.workflows.import_statement import import_statement
from tieout.workflows.invite import invite
from tieout.workflows.notify import set_channel
from tieout.workflows.propose_settings import import_settings
from tieout.workflows.raise_alerts import raise_alerts
from tieout.workflows.receive_file import receive_file
from tieout.workflows.sandbox import make_sandbox
from tieout.workflows.set_schedule import set_schedule
from tieout.workflows.sign_head import sign_head
from tieout.workflows.token_calls import call_of_token
from tieout.workflows.tokens import make_token
from tieout.workflows.views.settings import export_settings

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
EUR = Currency.of("EUR")
KEY = bytes(range(32))

STATEMENT = """:20:S
:25:NL55BANK0123456789
:28C:{number}/1
:60F:C{first}EUR{opening}
{lines}
:62F:C{last}EUR{closing}
-
"""


def line(day: str, amount: str, text: str) -> str:
    """A line of MT940: `line("0902", "D10,00", "RENT")`."""
    return f":61:26{day}{day}{amount}NTRFNONREF\n:86:{text}"


def statement(
    *lines: str, opening: str, closing: str, number: int = 1, days: tuple[str, str]
) -> bytes:
    """A statement in MT940."""
    return STATEMENT.format(
        number=number,
        first=f"26{days[0]}",
        last=f"26{days[1]}",
        opening=opening,
        closing=closing,
        lines="\n".join(lines),
    ).encode()


SEPTEMBER = statement(
    line("0902", "D10,00", "RENT"),
    line("0907", "C25,50", "MARLOWE INV-2038"),
    line("0930", "D1,25", "ACCOUNT CHARGE"),
    opening="100,00",
    closing="114,25",
    days=("0901", "0930"),
)


def organisation(name: str = "Marlowe") -> Caller:
    """An organisation, called as its owner."""
    return create_organisation(name=name, owner_email="owner@example.org", origin="test", now=NOW)


def imported(caller: Caller, data: bytes, name: str = "statement.sta") -> int:
    """A file received and imported; its id."""
    received = receive_file(caller, source=Source(name, data), now=NOW)
    import_statement(caller, file_id=received.file_id, now=NOW)
    return received.file_id


def entry(
    caller: Caller, name: str, *weights: tuple[str, int], booked_on: date = date(2026, 9, 2)
) -> list[Posting]:
    """A journal entry of signed amounts by account code, recorded as it is."""
    made = JournalEntry.objects.create(
        organisation_id=caller.organisation_id,
        source="manual",
        entry_id=name,
        booked_on=booked_on,
        narrative=name,
        recorded_at=NOW,
    )
    return [
        Posting.objects.create(
            organisation_id=caller.organisation_id,
            entry=made,
            position=position,
            account=account(caller, code),
            amount_minor=abs(minor),
            direction="debit" if minor >= 0 else "credit",
            currency="EUR",
            exponent=2,
            weight_minor=minor,
            weight_currency="EUR",
            weight_exponent=2,
            booked_on=booked_on,
        )
        for position, (code, minor) in enumerate(weights, 1)
    ]


def account(caller: Caller, code: str) -> Account:
    """The account of that code, made when it is first named."""
    made, _ = Account.objects.get_or_create(
        organisation_id=caller.organisation_id, code=code, defaults={"kind": "unknown"}
    )
    return made


def firm(name: str = "Marlowe") -> Caller:
    """An organisation with at least one row in every table."""
    caller = organisation(name)
    reviewer = add_member(caller, email="rev@example.org", role=Role.REVIEWER, now=NOW)
    imported(caller, SEPTEMBER + name.encode())
    invite(caller, email="new@example.org", role=Role.CLIENT, now=NOW)
    token = make_token(
        caller,
        member_id=caller.member_id,
        name="nightly",
        scopes=[Action.VIEW],
        expires_at=NOW + timedelta(days=30),
        now=NOW,
    )
    call = call_of_token(token, origin="test", limit=60, now=NOW)
    answer_once(
        call, key="first", asked=bytes(32), give=lambda: Answer(204, "text/plain", b""), now=NOW
    )
    sign_head(caller, key=KEY, now=NOW)
    with tenant(caller.organisation_id):
        postings = entry(caller, "rent", ("bank", -1000), ("rent", 1000))
        bank = BankAccount.objects.get()
        first, *others = BankLine.objects.order_by("position")
        reconciliation = Reconciliation.objects.create(
            organisation_id=caller.organisation_id,
            name="current",
            bank_account=bank,
            account=account(caller, "bank"),
        )
        run = a_run(caller, reconciliation, [first, *others], postings[:1])
        group = MatchGroup.objects.get(run=run)
        confirm(caller, reconciliation, group, first, postings[0])
        for step, who in (("prepared", caller), ("reviewed", reviewer)):
            sign(caller, run, step, who.member_id)
        Suspension.objects.create(
            organisation_id=caller.organisation_id,
            sign_off=sign(caller, run, "prepared", caller.member_id, date(2026, 8, 31)),
            cause="run",
            detail="other figures",
            suspended_at=NOW,
        )
        a_closing(caller, NOW)
        JobRun.objects.create(
            organisation_id=caller.organisation_id, task="raise_alerts", asked_at=NOW
        )
    subject = Subject(SubjectKind.BANK_LINE, first.pk)
    said = comment(caller, subject=subject, text="@rev@example.org: whose rent?", now=NOW)
    resolve_comment(reviewer, comment_id=said, now=NOW)
    attach_evidence(caller, subject=subject, source=Source("lease", name.encode()), now=NOW)
    watched(caller)
    return caller


def watched(caller: Caller) -> None:
    """A schedule, a rule, a channel, an alert on its way; settings as text, and a sandbox."""
    set_schedule(caller, task=Task.VERIFY_AUDIT, every=Every.DAILY, now=NOW)
    set_alert_rule(caller, kind=AlertKind.OVERDUE, subject="reconcile", allowed=600, now=NOW)
    set_channel(caller, name="owners", kind=ChannelKind.MEMBERS, roles=[Role.OWNER], now=NOW)
    raise_alerts(caller.organisation_id, origin="test", now=NOW)
    slower = export_settings(caller).replace("allowed = 600", "allowed = 900")
    import_settings(caller, document=slower, reason="the bank is slow in November", now=NOW)
    make_sandbox(caller, name="trial", with_data=False, now=NOW)


def a_run(
    caller: Caller, reconciliation: Reconciliation, lines: list[BankLine], postings: list[Posting]
) -> MatchRun:
    """A run whose first line and posting are one group, the other lines unmatched."""
    org = caller.organisation_id
    signed = [one.to_core(EUR).signed_minor for one in lines]
    run = MatchRun.objects.create(
        organisation_id=org,
        reconciliation=reconciliation,
        started_at=NOW,
        engine="test",
        program="tieout",
        summary={"tallies": tallies_of(signed)},
        currency="EUR",
        exponent=2,
        left_count=len(lines),
        right_count=len(postings),
        left_minor=sum(signed),
        right_minor=sum(one.weight_minor for one in postings),
    )
    group = MatchGroup.objects.create(
        organisation_id=org,
        run=run,
        name="1",
        made_by="identity",
        rule="same id",
        status="suggested",
        score=100,
        posterior_ppm=990_000,
        left_count=1,
        right_count=len(postings),
        left_minor=signed[0],
        right_minor=run.right_minor,
        residual_minor=0,
        solutions=1,
        runner_up_score=0,
        reason="alike",
    )
    for at, (one, minor) in enumerate(zip(lines, signed, strict=True)):
        RunRecord.objects.create(
            organisation_id=org,
            run=run,
            side="left",
            line=one,
            amount_minor=minor,
            group=None if at else group,
            reason="no-candidate" if at else "",
        )
    for posting in postings:
        RunRecord.objects.create(
            organisation_id=org,
            run=run,
            side="right",
            posting=posting,
            amount_minor=posting.weight_minor,
            group=group,
        )
    return run


def tallies_of(signed: list[int]) -> dict[str, object]:
    """A run's summary when the first line is in a group that leaves nothing, the others open."""
    rest = signed[1:]
    return {
        "groups": {"suggested": [1, signed[0], signed[0]]},
        "residuals": {},
        "unmatched": [["left", "no-candidate", len(rest), sum(rest)]] if rest else [],
    }


def confirm(
    caller: Caller,
    reconciliation: Reconciliation,
    group: MatchGroup | None,
    one: BankLine,
    posting: Posting,
) -> Decision:
    """A confirmation of a line and a posting."""
    org = caller.organisation_id
    decision = Decision.objects.create(
        organisation_id=org,
        reconciliation=reconciliation,
        verdict="confirm",
        group=group,
        decided_by_id=caller.member_id,
        decided_at=NOW,
    )
    DecidedRecord.objects.create(
        organisation_id=org, decision=decision, side="left", line=one, amount_minor=-1000
    )
    DecidedRecord.objects.create(
        organisation_id=org, decision=decision, side="right", posting=posting, amount_minor=-1000
    )
    return decision


def sign(
    caller: Caller,
    run: MatchRun,
    step: str,
    member_id: int,
    cut_off_on: date = date(2026, 9, 30),
) -> SignOff:
    """A sign-off, of September unless another cut-off is named."""
    return SignOff.objects.create(
        organisation_id=caller.organisation_id,
        reconciliation_id=run.reconciliation_id,
        run=run,
        cut_off_on=cut_off_on,
        step=step,
        signed_by_id=member_id,
        signed_at=NOW + timedelta(minutes=1),
        left_count=run.left_count,
        right_count=run.right_count,
        left_minor=run.left_minor,
        right_minor=run.right_minor,
    )
