"""A site looked at, and a bundle for those who help: nothing of anybody is in it."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from tests.store.databases import Store
from tests.store.firms import NOW, firm
from tests.store.test_audit_chain import tamper
from tieout.keeping.bundle import bundle, text_of
from tieout.keeping.check import Check
from tieout.keeping.health import look, migrations, scheduled
from tieout.keeping.site import Site
from tieout.store.operations.models import JobRun
from tieout.store.postgres.server import APPLICATION, SUPERUSER
from tieout.store.postgres.tenant import tenant


@pytest.fixture
def site(store: Store) -> Site:
    return Site(store.server.home, is_safe=False)


def by_name(checks: list[Check]) -> dict[str, Check]:
    return {each.name: each for each in checks}


def bad_chains(found: str) -> int:
    return int(found.partition(" of ")[0]) if "not sound" in found else 0


@pytest.mark.req("R072")
def test_a_site_that_is_well_says_so_and_a_bad_chain_is_seen(store: Store, site: Site) -> None:
    caller = firm("Looked at")
    checks = by_name(look(site, "", NOW))
    before = checks["chains"].found  # other tests tamper too
    assert {
        "home",
        "space",
        "network",
        "database",
        "permissions",
        "server",
        "chains",
    } <= checks.keys()
    assert checks["server"].found.startswith("PostgreSQL ")
    assert checks["permissions"].is_well
    tamper(store, caller, "delete from audit_event where MINE and sequence = 2")
    seen = by_name(look(site, "", NOW))["chains"]
    assert not seen.is_well
    assert bad_chains(seen.found) == bad_chains(before) + 1
    assert seen.next_step == "tieout audit verify"


def test_what_is_not_set_up_is_a_note_and_no_fault(tmp_path: Path) -> None:
    [check] = look(Site(tmp_path / "none"), "", NOW)
    assert check.is_well
    assert (check.found, check.next_step) == ("not set up yet", "tieout serve")


def test_a_key_that_others_can_read_is_a_fault(store: Store, site: Site) -> None:
    path = store.server.home / "signing-keys.json"
    path.write_text('{"keys": []}')
    path.chmod(0o644)
    try:
        check = by_name(look(site, "", NOW))["home"]
    finally:
        path.unlink()
    assert not check.is_well
    assert "chmod" in check.next_step


def test_a_database_that_does_not_answer_has_a_next_step() -> None:
    site = Site(Path("/nowhere"), database_url="host=127.0.0.1 port=1 user=x dbname=x")
    check = by_name(look(replace(site, home=Path("/tmp")), site.database_url, NOW))["network"]  # noqa: S108  not written to
    assert not check.is_well
    assert check.next_step


def failing(address: str) -> dict[str, Check]:
    site = Site(Path("/tmp"), database_url=address)  # noqa: S108  not written to
    checks = look(site, address, NOW)
    return {each.name: each for each in checks if not each.is_well and each.name != "home"}


@pytest.mark.req("R073")
def test_network_database_and_permissions_each_fail_alone_when_broken(store: Store) -> None:
    well = store.address(APPLICATION)
    assert failing(well.conninfo) == {}
    gone = replace(well, host="127.0.0.1", port=1)
    assert set(failing(gone.conninfo)) == {"network"}
    for shut in (well.to("of-nobody"), replace(well, role="nobody")):
        assert set(failing(shut.conninfo)) == {"database"}
    above = failing(store.address(SUPERUSER).conninfo)
    assert set(above) == {"permissions"}
    assert "superuser" in above["permissions"].found
    with store.superuser() as plain:
        plain.execute("revoke select on banking_bankline from public, " + APPLICATION)
        try:
            barred = failing(well.conninfo)
        finally:
            plain.execute("grant select on banking_bankline to " + APPLICATION)
    assert set(barred) == {"permissions"}
    assert "banking_bankline" in barred["permissions"].found
    assert all(each.next_step for each in (*above.values(), *barred.values()))
    assert failing(well.conninfo) == {}


def test_releases_are_on_second_thursdays() -> None:
    days = scheduled(date(2026, 5, 14), date(2027, 2, 28))
    assert days == [date(2026, 8, 13), date(2026, 11, 12), date(2027, 2, 11)]
    assert not migrations(["audit 0003_chains"]).is_well
    assert migrations([]).is_well


PLANTED = ("Ottoline Featherstonehaugh", "GB29NWBK60161331926819", "sent by courier to Wiltshire",
           "ottoline@featherstonehaugh.example", "/srv/ottoline/march.ofx")  # fmt: skip


@pytest.mark.req("R076")
@pytest.mark.usefixtures("store")
def test_a_bundle_holds_nothing_that_a_person_wrote(site: Site) -> None:
    caller = firm(PLANTED[0])
    with tenant(caller.organisation_id):
        JobRun.objects.create(
            organisation_id=caller.organisation_id, task="import_statement", state="failed",
            step=PLANTED[2], lease=uuid4(), asked_at=NOW, started_at=NOW, finished_at=NOW,
            count_in=3,
            error=f"InvalidInput: The file is empty ({PLANTED[4]}, {PLANTED[1]}). [file.empty]",
        )  # fmt: skip
        JobRun.objects.create(
            organisation_id=caller.organisation_id, task=PLANTED[0], state="failed",
            lease=uuid4(), asked_at=NOW, started_at=NOW, finished_at=NOW, error=f"{PLANTED[0]}: no",
        )  # fmt: skip
    checks = [Check("home", is_well=False, found=f"{site.home}/{'x'} is readable")]
    data = bundle(site, settings={"TIEOUT_HOME": True}, checks=checks, now=NOW)
    text = text_of(data)
    words = {word for planted in PLANTED for word in planted.replace("/", " ").split()}
    for word in {*PLANTED, *words - {"by", "to", "sent"}}:
        assert word.lower() not in text.lower(), word
    assert str(site.home) not in text
    failures = data["failures"]
    assert isinstance(failures, list)
    told = {(each["task"], tuple(each["codes"]), each["in"]) for each in failures}
    assert ("import_statement", ("file.empty",), 3) in told
    assert ("other", (), 0) in told
    assert '"table": "audit_event"' in text
