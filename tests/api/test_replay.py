"""Everything that can be done, done: the log of it replays to exactly what there is."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from tests.api.houses import called, house, made, operations
from tests.api.programs import program
from tests.api.test_drafted import Desk as Drafted
from tests.store.firms import KEY, NOW, imported
from tests.store.ledgers import DEMO, Closing, files_of
from tests.store.test_books import bring, gnucash
from tests.store.test_decide_many import everything
from tests.store.test_second_look import PERIOD, look, shown
from tests.store.test_settings import WHY, put
from tests.store.test_sign_in import GOOD
from tests.store.test_sign_offs import LATE_LINE, OCTOBER, Signed
from tieout.core.access import Action, Role
from tieout.core.audit import parsed
from tieout.core.explain.sampling import Verdict
from tieout.core.jobs import Task
from tieout.core.schedules import Every
from tieout.formats.common.source import Source
from tieout.store.audit.models import Event
from tieout.store.operations.models import JobRun
from tieout.store.postgres.tenant import tenant
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.ask_tries import ask_proof, make_tries
from tieout.workflows.certify_period import return_period
from tieout.workflows.decide import reject_group
from tieout.workflows.decide_many import undo_many
from tieout.workflows.import_file import import_file
from tieout.workflows.invite import accept_invitation, invite
from tieout.workflows.least_privilege import ACTION_OF
from tieout.workflows.make_report import ask_report, make_report
from tieout.workflows.mask import mask_organisation
from tieout.workflows.propose_settings import approve_settings
from tieout.workflows.receive_file import receive_file
from tieout.workflows.reconcile import reconcile
from tieout.workflows.replay import replay
from tieout.workflows.sandbox import make_sandbox, promote_settings
from tieout.workflows.set_schedule import set_schedule
from tieout.workflows.sign_head import sign_head
from tieout.workflows.tokens import make_token, revoke_token, tokens_of
from tieout.workflows.try_import import keep_trial
from tieout.workflows.views.runs import reconciliations
from tieout.workflows.views.settings import export_settings

pytestmark = pytest.mark.usefixtures("store", "clock")

LEAVES_NOTHING: Mapping[str, str] = {
    "export_audit": "what is handed out is the log itself",
    "export_evidence_pack": "what is handed out stays as it is",
    "import_file": "recorded as what the file is read as; a file that is refused leaves nothing",
    "least_privilege": "a report of what the log says",
    "try_import": "all that it does is undone",
}
"""Verbs that need not be tried here: they leave no record of the organisation's behind."""


def used(owner: Caller, ids: dict[str, str]) -> None:
    """Every operation of the door, called by an owner, an accountant and a reviewer."""
    for role in (Role.OWNER, Role.ACCOUNTANT, Role.REVIEWER):
        caller = program(owner, role)
        for name, method, path in operations():
            if method == "POST":
                assert called(caller, name, method, path, ids).status_code < 500, name


def joined(owner: Caller) -> None:
    """Somebody comes by invitation, leaves a token, and comes back after leaving."""
    link = invite(owner, email="replayed@example.org", role=Role.BOOKKEEPER, now=NOW)
    member = accept_invitation(link, name="New", password=GOOD, origin="web", now=NOW)
    ends = NOW + timedelta(days=30)
    for holder in (member, owner):
        make_token(
            holder, member_id=holder.member_id, name="own", scopes=[Action.VIEW],
            expires_at=ends, now=NOW,
        )  # fmt: skip
    make_token(
        owner, member_id=member.member_id, name="of another", scopes=[Action.VIEW],
        expires_at=ends, now=NOW,
    )  # fmt: skip
    for token in tokens_of(owner):
        if token.name in {"own", "of another"}:
            revoke_token(owner, token_id=token.token_id, now=NOW)


def matched() -> Iterator[Caller]:
    """Signed, confirmed many at once, undone, rejected, suspended; copied, tried and promoted."""
    desk = Signed()
    several = everything(desk)
    undo_many(
        desk.owner,
        reconciliation_id=desk.reconciliation_id,
        decision_ids=several.decision_ids,
        expected_count=2,
        now=NOW,
    )
    reject_group(desk.owner, group_id=desk.groups()[0].pk, reason="no", now=NOW)
    imported(desk.owner, LATE_LINE, "late.sta")
    october = receive_file(desk.owner, source=Source("october.sta", OCTOBER), now=NOW)
    worker = Caller.system(desk.owner.organisation_id, "job 1", desk.owner.member_id)
    keep_trial(worker, arguments={"file_id": october.file_id}, now=NOW)
    import_file(desk.owner, file_id=october.file_id, now=NOW)
    bring(desk.owner, gnucash(("g1", "2026-09-03", 500, "Tea")), "books.gnucash")
    set_schedule(desk.owner, task=Task.VERIFY_AUDIT, every=Every.DAILY, now=NOW)
    copy = make_sandbox(desk.owner, name="trial", with_data=True, now=NOW)
    put(
        copy,
        export_settings(copy).replace(
            '"daily"\ncron = "0 6 * * *"', '"daily"\ncron = "0 7 * * *"', 1
        ),
    )
    for each in reconciliations(copy):
        reconcile(copy, reconciliation_id=each.reconciliation_id, now=NOW)
    accountant = add_member(desk.owner, email="acc@example.org", role=Role.ACCOUNTANT, now=NOW)
    waiting = promote_settings(
        desk.owner, sandbox_id=copy.organisation_id, reason=WHY, now=NOW
    ).proposal_id
    assert waiting is not None
    approve_settings(accountant, proposal_id=waiting, now=NOW)
    yield desk.owner
    yield copy
    yield mask_organisation(desk.owner, into="Masked", key=secrets.token_bytes(32), now=NOW)


def closed() -> Iterator[Caller]:
    """A period with a sample: prepared, looked at, found wrong, sent back, certified; a report."""
    desk = Closing(files_of(DEMO))
    desk.allow(sample_percent=100)
    desk.prepare(PERIOD)
    first = shown(desk).cases[0].case_id
    look(desk, first, Verdict.WRONG, comment="another date")
    desk.prepare(PERIOD)
    return_period(
        desk.reviewer, books_id=desk.books_id, ledger="AR", period=PERIOD, reason="no", now=NOW
    )
    desk.allow(sample_percent=0)
    desk.sign(PERIOD)
    run = ask_report(desk.owner, books_id=desk.books_id, report="enquiry", form="json", now=NOW)
    worked(desk.owner, run, make_report)
    yield desk.owner


def corrected(folder: Path) -> Iterator[Caller]:
    """Corrections drafted and proved, at once and by a worker."""
    desk = Drafted(folder)
    path = f"/books/{desk.books}/corrections"
    file_id = made(desk.accountant, path, {"accept": ["all"]})["file_id"]
    made(desk.accountant, f"{path}/{file_id}/prove")
    numbers = {"books_id": int(desk.books[4:]), "file_id": int(file_id[5:])}
    worked(desk.owner, ask_proof(desk.owner, **numbers, now=NOW), make_tries)
    yield desk.owner


def worked(owner: Caller, run_id: int, verb: Callable[..., object]) -> None:
    """What a worker does with a run that was asked for."""
    with tenant(owner.organisation_id):
        arguments = JobRun.objects.get(id=run_id).arguments
    worker = Caller.system(owner.organisation_id, f"job {run_id}", owner.member_id)
    verb(worker, arguments=arguments, now=NOW)


@pytest.mark.req("R087")
def test_the_log_of_every_verb_replays_to_what_there_is(tmp_path: Path) -> None:
    owner, ids = house("Marlowe")
    used(owner, ids)
    joined(owner)
    sign_head(owner, key=KEY, now=NOW)
    seen: set[object] = set()
    for caller in (owner, *matched(), *closed(), *corrected(tmp_path / "books")):
        done = replay(caller, now=NOW)
        assert done.departures == ()
        assert (done.noted_count, done.record_count > 10) == (0, True)
        with tenant(caller.organisation_id):
            said = [parsed(bytes(each.body)) for each in Event.objects.all()]
        assert done.event_count == len(said) - 1, "and that it was replayed is in the log"
        seen |= {each["verb"] for each in said}
    assert set(ACTION_OF) - seen == set(LEAVES_NOTHING)
