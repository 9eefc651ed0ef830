"""An evidence pack: all that was reconciled and signed in some days, proved from its file alone."""

import csv
import hashlib
import io
import json
import zipfile
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.store.firms import KEY, NOW, imported, organisation
from tests.store.ledgers import DEMO, Closing, files_of
from tests.store.test_audit_chain import KEYS
from tests.store.test_sign_offs import LATE_LINE, Signed
from tieout.cli.audit import run
from tieout.core.access import Action, Role
from tieout.core.audit import parsed
from tieout.core.errors import AccessDenied, InvalidInput, NotFound
from tieout.core.evidence_pack import CHAIN, MANIFEST, SIGNATURE, Manifest
from tieout.core.explain.sampling import Verdict
from tieout.core.subjects import Subject, SubjectKind
from tieout.formats.common.source import Source
from tieout.signatures import key_id, public_key_of
from tieout.signatures.pack import PackVerified, verify_pack
from tieout.store.audit.chain import events
from tieout.store.banking.models import BankAccount
from tieout.store.postgres.tenant import tenant
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.attach_evidence import attach_evidence
from tieout.workflows.export_evidence_pack import PackMade, PackScope, export_evidence_pack
from tieout.workflows.look_at_sample import look_at_case
from tieout.workflows.sign_head import sign_head
from tieout.workflows.views.closing import books_state
from tieout.workflows.views.closing_items import items
from tieout.workflows.views.sample import sample_view

pytestmark = pytest.mark.usefixtures("store")
SEPTEMBER = PackScope(date(2026, 9, 1), date(2026, 9, 30))
OCTOBER = PackScope(date(2024, 9, 1), date(2024, 10, 31))
"""The last two periods of the worked example that have ended."""
CONTRACT = b"signed by both\x00\xff"


def packed(
    caller: Caller, path: Path, scope: PackScope = SEPTEMBER, now: datetime = NOW
) -> PackMade:
    with path.open("w+b") as out:
        return export_evidence_pack(
            caller, scope=scope, keys=KEYS, key=KEY, reason="tax audit", out=out, now=now
        )


def rows(path: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


def manifest_of(path: Path) -> Manifest:
    with zipfile.ZipFile(path) as archive:
        return Manifest.of(archive.read(MANIFEST))


def names(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def rewritten(path: Path, change: dict[str, bytes | None], more: dict[str, bytes]) -> Path:
    """The pack with some files changed or left out (None), and others added."""
    made = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(made, "w") as new:
        for info in old.infolist():
            data = change.get(info.filename, old.read(info))
            if data is not None:
                new.writestr(info, data)
        for name, data in more.items():
            new.writestr(name, data)
    return made


def faults(path: Path, trusted: dict[str, bytes] | None = None) -> list[tuple[str, str]]:
    found = verify_pack(path, KEYS if trusted is None else trusted)
    return [(each.kind.value, each.path) for each in found.faults]


@pytest.mark.req("R112")
def test_one_export_holds_bank_reconciliations_sign_offs_evidence_and_the_chain(
    tmp_path: Path,
) -> None:
    desk, path = Signed(), tmp_path / "pack.zip"
    subject = Subject(SubjectKind.RECONCILIATION, desk.reconciliation_id)
    attach_evidence(desk.owner, subject=subject, source=Source("a/b c.pdf", CONTRACT), now=NOW)
    sign_head(desk.owner, key=KEY, now=NOW)
    made = packed(desk.owner, path)

    [told] = rows(path, "bank/reconciliations.csv")
    assert (told["state"], told["up to"]) == ("reviewed", "2026-09-30")
    assert (told["statement balance"], told["statement balance on"]) == ("114.25", "2026-09-30")
    balance, ledger = Decimal(told["statement balance"]), Decimal(told["ledger balance"])
    assert Decimal(told["difference"]) == balance - ledger
    signed = rows(path, "bank/sign-offs.csv")
    assert [each["step"] for each in signed] == ["prepared", "reviewed"]
    assert signed[0]["who"] != signed[1]["who"]

    folder = f"bank/{desk.reconciliation_id}"
    left = rows(path, f"{folder}/open.csv")
    matched = rows(path, f"{folder}/matched.csv")
    sides: dict[str, Decimal] = defaultdict(Decimal)
    for each in (*left, *matched):
        sides[each["side"]] += Decimal(each["amount"])
    assert sides["bank"] == Decimal(told["bank total"])
    assert sides["ledger"] == Decimal(told["ledger total"])
    assert sum(Decimal(each["amount"]) for each in left if each["side"] == "bank") == Decimal(
        told["open bank total"]
    )
    totals = {(each.path, each.column): each.amount for each in made.manifest.totals}
    assert Decimal(totals[f"{folder}/open.csv", "amount"]) == sum(
        Decimal(each["amount"]) for each in left
    )

    [attached] = rows(path, "evidence/evidence.csv")
    assert attached["about"] == str(subject)
    assert attached["SHA-256"] == hashlib.sha256(CONTRACT).hexdigest()
    with zipfile.ZipFile(path) as archive:
        assert archive.read(attached["in the pack"]) == CONTRACT
        page = archive.read("index.html").decode()
    assert "Bank reconciliations" in page
    assert "http" not in page.replace("http-equiv", "")

    acts = [each["act"] for each in rows(path, "audit/acts.csv")]
    assert acts.count("sign_off") == 2
    found = verify_pack(path, KEYS)
    assert found.is_sound
    assert found.chain is not None
    assert (found.chain.head_count, found.chain.event_count) == (1, made.manifest.chain_sequence)
    assert {each.path for each in made.manifest.files} | {MANIFEST, SIGNATURE} == names(path)
    [source] = made.manifest.sources
    assert source.subject == told["run"]


@pytest.mark.req("R112")
def test_control_accounts_come_with_causes_items_and_who_certified(tmp_path: Path) -> None:
    desk, path = Closing(files_of(DEMO)), tmp_path / "pack.zip"
    state = books_state(desk.owner, books_id=desk.books_id, now=NOW)
    assert state.run is not None
    period = state.run.period
    desk.allow(unexplained_minor=10**12, sample_percent=5)
    desk.prepare(period)
    drawn = sample_view(desk.owner, books_id=desk.books_id, ledger="AR", period=period)
    assert drawn is not None
    for one in drawn.cases:
        look_at_case(
            desk.reviewer, books_id=desk.books_id, ledger="AR", period=period,
            case_id=one.case_id, verdict=Verdict.RIGHT, now=NOW,
        )  # fmt: skip
    desk.review(period)
    desk.certify(period)
    first = items(desk.owner, books_id=desk.books_id, ledger="AR", period=period, limit=1).rows[0]
    attach_evidence(desk.owner, subject=first.case, source=Source("why.txt", b"why"), now=NOW)
    made = packed(desk.owner, path, OCTOBER)

    periods = rows(path, "control-accounts/periods.csv")
    [told] = [each for each in periods if (each["ledger"], each["period"]) == ("AR", str(period))]
    standing = next(
        each for one in state.ledgers for each in one.periods
        if (one.ledger, each.period) == ("AR", period)
    )  # fmt: skip
    assert Decimal(told["difference"]).scaleb(2) == standing.difference_minor
    assert (told["state"], told["snapshot"]) == ("certified", state.run.snapshot)
    steps = rows(path, "control-accounts/certifications.csv")
    assert [each["step"] for each in steps] == ["prepared", "reviewed", "certified"]
    assert len({each["who"] for each in steps}) == 2
    [sample] = rows(path, "control-accounts/samples.csv")
    assert (sample["seed"], sample["percent"], sample["not looked at"]) == (drawn.seed, "5", "0")
    with zipfile.ZipFile(path) as archive:
        chain = [json.loads(each) for each in archive.read("audit/chain.jsonl").splitlines()]
    [event] = [each for each in chain if each.get("hash") == drawn.seed]
    assert (event["kind"], str(event["sequence"])) == ("event", sample["event of the chain"])
    sampled = rows(path, "control-accounts/sampled-cases.csv")
    assert [each["case"] for each in sampled] == [each.case_name for each in drawn.cases]
    assert {each["verdict"] for each in sampled} == {"right"}
    folder = f"control-accounts/{desk.books_id}"
    for each in periods:
        found = rows(path, f"{folder}/{each['ledger']}-{each['period']}-items.csv")
        assert len(found) == int(each["items"])
        assert sum(Decimal(one["amount"]) for one in found) == Decimal(each["difference"])
    with zipfile.ZipFile(path) as archive:
        assert archive.read(f"{folder}/explanation.pdf").startswith(b"%PDF")
        assert archive.read(f"{folder}/explanation.xlsx").startswith(b"PK")
    assert [each["about"] for each in rows(path, "evidence/evidence.csv")] == [str(first.case)]
    late = [each for each in rows(path, "control-accounts/compliance.csv") if each["certified by"]]
    assert [(each["ledger"], each["state"]) for each in late] == [("AR", "certified")]
    assert [each.snapshot for each in made.manifest.sources] == [state.run.snapshot]
    assert verify_pack(path, KEYS).is_sound


@pytest.mark.req("R112")
def test_whatever_was_done_to_a_pack_is_named(tmp_path: Path) -> None:
    desk, path = Signed(), tmp_path / "pack.zip"
    sign_head(desk.owner, key=KEY, now=NOW)
    packed(desk.owner, path)
    assert faults(path) == []
    with zipfile.ZipFile(path) as archive:
        table, chain = archive.read("bank/sign-offs.csv"), archive.read(CHAIN)
        manifest = archive.read(MANIFEST)
    changed = table.replace(b"reviewed", b"prepared")
    assert changed != table
    assert faults(rewritten(path, {"bank/sign-offs.csv": changed}, {})) == [
        ("changed", "bank/sign-offs.csv")
    ]
    assert faults(rewritten(path, {"bank/sign-offs.csv": None}, {})) == [
        ("missing", "bank/sign-offs.csv")
    ]
    assert faults(rewritten(path, {}, {"bank/more.csv": b"x"})) == [("added", "bank/more.csv")]
    forged = manifest.replace(
        hashlib.sha256(table).hexdigest().encode(), hashlib.sha256(changed).hexdigest().encode()
    )
    both: dict[str, bytes | None] = {"bank/sign-offs.csv": changed, MANIFEST: forged}
    assert faults(rewritten(path, both, {})) == [("changed", MANIFEST)]
    unsigned: dict[str, bytes | None] = {**both, SIGNATURE: None}
    assert faults(rewritten(path, unsigned, {})) == [("missing", SIGNATURE)]
    assert faults(path, {"another": bytes(32)}) == [("changed", SIGNATURE)]
    cut = b"\n".join(chain.split(b"\n")[:-3]) + b"\n"
    found = verify_pack(rewritten(path, {CHAIN: cut}, {}), KEYS)
    assert ("changed", CHAIN) in [(each.kind.value, each.path) for each in found.faults]
    assert found.chain is not None
    assert not found.chain.is_sound


@pytest.mark.req("R112")
def test_the_command_verifies_a_pack_and_names_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk, path = Signed(), tmp_path / "pack.zip"
    made = packed(desk.owner, path)
    assert run(file=path, keys=(), as_json=False) == 0
    assert made.manifest_sha256 in capsys.readouterr().out
    assert run(file=path, keys=(KEYS[key_id(public_key_of(KEY))].hex(),), as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["signed_by"] == key_id(public_key_of(KEY))
    bad = rewritten(path, {"bank/reconciliations.csv": b"nothing"}, {})
    assert run(file=bad, keys=(), as_json=False) == 1
    assert "bank/reconciliations.csv: changed" in capsys.readouterr().out
    plain = tmp_path / "plain.zip"
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("x", "y")
    with pytest.raises(InvalidInput, match=MANIFEST):
        verify_pack(plain, {})


def test_a_pack_that_unpacks_to_more_than_it_says_is_read_no_further(tmp_path: Path) -> None:
    desk, path = Signed(), tmp_path / "pack.zip"
    packed(desk.owner, path)
    bomb = rewritten(path, {"index.html": bytes(50_000_000)}, {"more": bytes(50_000_000)})
    found = verify_pack(bomb, KEYS)
    assert {(each.kind.value, each.path) for each in found.faults} == {
        ("changed", "index.html"),
        ("added", "more"),
    }
    size = next(each.size for each in found.manifest.files if each.path == "index.html")
    assert f"{size + 1:,} bytes" in next(str(each) for each in found.faults)


@pytest.mark.req("R112")
def test_that_a_pack_was_made_is_an_act_with_the_manifests_hash(tmp_path: Path) -> None:
    desk = Signed()
    made = packed(desk.owner, tmp_path / "pack.zip")
    with tenant(desk.owner.organisation_id):
        last = parsed(list(events(desk.owner.organisation_id))[-1].body)
    assert (last["verb"], last["reason"]) == ("export_evidence_pack", "tax audit")
    after = last["after"]
    assert isinstance(after, dict)
    assert (after["manifest"], after["scope"]) == (made.manifest_sha256, "everything")
    assert last["sequence"] == made.manifest.chain_sequence + 1


def test_no_text_of_a_table_is_a_formula(tmp_path: Path) -> None:
    desk, path = Signed(), tmp_path / "pack.zip"
    subject = Subject(SubjectKind.RECONCILIATION, desk.reconciliation_id)
    evil = "=cmd|' /C calc'!A0"
    attach_evidence(desk.owner, subject=subject, source=Source("x", b"x"), note=evil, now=NOW)
    packed(desk.owner, path)
    assert rows(path, "evidence/evidence.csv")[0]["note"] == f"'{evil}"


@pytest.mark.req("R112")
def test_an_empty_organisation_and_days_without_anything_make_a_sound_pack(tmp_path: Path) -> None:
    path = tmp_path / "pack.zip"
    made = packed(organisation("Nobody"), path)
    assert verify_pack(path, KEYS).is_sound
    assert made.manifest.totals == ()
    desk = Signed()
    packed(desk.owner, path, PackScope(date(2020, 1, 1), date(2020, 1, 31)))
    assert verify_pack(path, KEYS).is_sound
    assert rows(path, "bank/sign-offs.csv") == []
    assert [each["state"] for each in rows(path, "bank/reconciliations.csv")] == ["not signed"]


def test_a_pack_of_one_account_or_one_set_of_books_leaves_the_rest_out(tmp_path: Path) -> None:
    desk, path = Signed(), tmp_path / "pack.zip"
    with tenant(desk.owner.organisation_id):
        account = BankAccount.objects.get().pk
    made = packed(desk.owner, path, PackScope(SEPTEMBER.first_on, SEPTEMBER.last_on, account))
    assert made.manifest.scope == f"bank_account:{account}"
    assert not any(each.startswith("control-accounts") for each in names(path))
    books = Closing(files_of(DEMO), "Timberline")
    scope = PackScope(OCTOBER.first_on, OCTOBER.last_on, None, books.books_id)
    packed(books.owner, path, scope)
    assert not any(each.startswith("bank/") for each in names(path))


def test_who_may_not_see_the_chain_makes_no_pack_and_nobody_one_of_anothers(
    tmp_path: Path,
) -> None:
    desk, path = Signed(), tmp_path / "pack.zip"
    for role in Role:
        who = add_member(desk.owner, email=f"the.{role}@example.org", role=role, now=NOW)
        if role in {Role.BOOKKEEPER, Role.CLIENT, Role.INTEGRATION}:
            with pytest.raises(AccessDenied):
                packed(who, path)
        else:
            assert packed(who, path).file_count
    narrow = Caller(
        desk.owner.organisation_id, desk.owner.member_id, "test", frozenset({Action.VIEW_AUDIT})
    )
    with pytest.raises(AccessDenied, match="view"):
        packed(narrow, path)
    stranger = organisation("Timberline")
    with tenant(desk.owner.organisation_id):
        account = BankAccount.objects.get().pk
    with pytest.raises(NotFound):
        packed(stranger, path, PackScope(SEPTEMBER.first_on, SEPTEMBER.last_on, account))
    with pytest.raises(NotFound):
        packed(stranger, path, PackScope(SEPTEMBER.first_on, SEPTEMBER.last_on, None, 1))
    packed(stranger, path)
    whole = b""
    with zipfile.ZipFile(path) as archive:
        whole = b"".join(archive.read(each) for each in archive.namelist())
    assert b"Marlowe" not in whole
    with pytest.raises(InvalidInput, match=r"command\.invalid"):
        packed(desk.owner, path, PackScope(date(2026, 2, 1), date(2026, 1, 1)))


def test_an_unsigned_pack_says_so(tmp_path: Path) -> None:
    path = tmp_path / "pack.zip"
    with path.open("w+b") as out:
        export_evidence_pack(organisation(), scope=SEPTEMBER, keys={}, out=out, now=NOW)
    found: PackVerified = verify_pack(path, {})
    assert (found.is_sound, found.signed_by) == (True, "")
    assert faults(path, KEYS) == [("missing", SIGNATURE)]


def test_a_suspended_sign_off_is_shown_as_such(tmp_path: Path) -> None:
    desk, path = Signed(), tmp_path / "pack.zip"
    imported(desk.owner, LATE_LINE, "late.sta")
    packed(desk.owner, path)
    assert [each["state"] for each in rows(path, "bank/reconciliations.csv")] == ["suspended"]
    assert all(each["because"] for each in rows(path, "bank/sign-offs.csv"))
