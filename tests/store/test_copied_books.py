"""Books in a copy of an organisation: masked for strangers, as they are in a sandbox."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError

from tests.explain.test_masked import named_in
from tests.store.firms import KEY, NOW
from tests.store.ledgers import DEMO, Closing, files_of
from tests.store.test_mask import texts
from tests.store.test_sandbox import forged
from tieout.core.errors import Conflict
from tieout.core.explain.certifying import Risk
from tieout.core.masking import Mask
from tieout.formats.common.source import Source
from tieout.store.closing.models import (
    Books,
    Certification,
    Contribution,
    Difference,
    Explained,
    Policy,
    SnapshotFile,
)
from tieout.store.operations.models import OutboxMessage
from tieout.store.postgres.tenant import tenant
from tieout.testing.books import Shape, planted_books, write_books
from tieout.workflows.acting import Caller
from tieout.workflows.explain_books import explain_books
from tieout.workflows.mask import mask_organisation
from tieout.workflows.propose_settings import Proposed, import_settings
from tieout.workflows.receive_file import receive_file
from tieout.workflows.sandbox import make_sandbox, promote_settings
from tieout.workflows.take_snapshot import take_snapshot
from tieout.workflows.verify_audit import verify_audit
from tieout.workflows.views.settings import export_settings

pytestmark = pytest.mark.usefixtures("store")
WHY = "tried in the sandbox"
LATER = NOW + timedelta(hours=1)
Figures = dict[tuple[str, ...], int]


@pytest.fixture
def small(tmp_path: Path) -> dict[str, bytes]:
    """Small books with every cause planted."""
    return files_of(write_books(planted_books(5, Shape(documents=12)).books(), tmp_path / "books"))


def books_of(caller: Caller) -> Books:
    with tenant(caller.organisation_id):
        return Books.objects.get()


def explained(caller: Caller) -> None:
    explain_books(caller, books_id=books_of(caller).pk, now=LATER)


def figures(caller: Caller, mask: Mask | None = None) -> Figures:
    """What the newest run holds: differences, and causes by period, account and currency."""
    found: Figures = {}
    with tenant(caller.organisation_id):
        run = Explained.objects.latest("id")
        for each in Difference.objects.filter(run=run):
            name = (each.ledger, str(each.period))
            found[(*name, "sub-ledger")] = each.sub_ledger_minor
            found[(*name, "control")] = each.control_minor
            found[(*name, "items")] = each.item_count
            found[(*name, "sizes")] = each.size_minor
        for one in Contribution.objects.filter(run=run):
            account = mask.text(one.account) if mask else one.account
            key = (one.ledger, str(one.period), one.cause, account, one.currency)
            found[key] = one.amount_minor
    return found


def shown(caller: Caller, words: set[str]) -> set[str]:
    """Which of them stand in any column or file of the organisation."""
    said = "\n".join(text for _, text in texts(caller))
    apart = set(re.split(r"[^\w./-]+", said))
    return {each for each in words if (each in said if " " in each else each in apart)}


@pytest.mark.req("R103")
def test_a_masked_copys_books_differ_by_the_same_causes_and_hold_no_name() -> None:
    desk = Closing(files_of(DEMO), "Hollyhock Traders")
    desk.allow(risk=Risk.HIGH, due_days=7)
    desk.sign(24)
    copy = mask_organisation(desk.owner, into="Practice", key=KEY, now=NOW)
    explained(copy)
    found = figures(copy)
    assert found == figures(desk.owner, Mask(KEY, is_exact=True))
    assert len(found) > 500
    words = {each for each in named_in(DEMO) if re.search("[0-9]", each)} | {"cpatel", "Hollyhock"}
    assert {"SL00000001", "INV0000672", "C00001", "Customer 1", "44100"} < words
    assert shown(copy, words) == set()
    assert {"SL00000001", "C00001", "Customer 1", "cpatel"} < shown(desk.owner, words)
    with tenant(copy.organisation_id):
        policy = Policy.objects.get()
        assert (policy.risk, policy.due_days) == ("high", 7)
        assert policy.reason != "as agreed"
        assert not Certification.objects.exists(), "nobody has signed anything there"
        assert OutboxMessage.objects.filter(kind="snapshot_taken").exists(), "a job explains it"
    assert verify_audit(copy, keys={}, now=NOW).is_sound


@pytest.mark.req("R077")
def test_a_sandbox_explains_the_same_books_and_settings_come_back_once_it_has(
    small: dict[str, bytes],
) -> None:
    desk = Closing(small)
    desk.allow(due_days=5)
    copy = make_sandbox(desk.owner, name="trial", with_data=True, now=NOW)
    assert export_settings(copy) == export_settings(desk.owner)
    with tenant(copy.organisation_id):
        assert SnapshotFile.objects.count() == len(small)
    assert_not_proved(desk, copy, "no explanation of Main books")
    explained(copy)
    assert figures(copy) == figures(desk.owner)
    stricter = export_settings(copy).replace("due_days = 5", "due_days = 4")
    import_settings(copy, document=stricter, reason=WHY, now=LATER + timedelta(hours=1))
    assert_not_proved(desk, copy, "no explanation of Main books as its snapshot and policies stand")
    explain_books(copy, books_id=books_of(copy).pk, now=LATER + timedelta(hours=2))
    done = promote(desk, copy)
    assert [each.section for each in done.changes] == ["closing_policies"]
    assert export_settings(desk.owner) == stricter


@pytest.mark.req("R077")
def test_another_mapping_is_proved_by_a_snapshot_that_is_read_by_it(
    small: dict[str, bytes],
) -> None:
    desk = Closing(small)
    copy = make_sandbox(desk.owner, name="trial", with_data=True, now=NOW)
    explained(copy)
    mapped = export_settings(copy) + 'mapping = "[nominal]\\nfile = \\"gl.csv\\"\\n"\n'
    import_settings(copy, document=mapped, reason=WHY, now=LATER)
    assert_not_proved(desk, copy, "no snapshot of Main books since its mapping changed last")
    files = {name.replace("nominal", "gl"): content for name, content in small.items()}
    kept = {
        name: receive_file(copy, source=Source(name, content), now=LATER).file_id
        for name, content in files.items()
    }
    take_snapshot(copy, books_id=books_of(copy).pk, files=kept, now=LATER)
    explained(copy)
    promote(desk, copy)
    assert export_settings(desk.owner) == mapped


def promote(desk: Closing, copy: Caller) -> Proposed:
    return promote_settings(desk.owner, sandbox_id=copy.organisation_id, reason=WHY, now=LATER)


def assert_not_proved(desk: Closing, copy: Caller, why: str) -> None:
    """Neither by the verb nor by the database itself."""
    with pytest.raises(Conflict, match=why):
        promote(desk, copy)
    with pytest.raises(IntegrityError, match="the sandbox has not proved"):
        forged(desk.owner, export_settings(copy))
