"""Chains of the database as files; the system signs all of them; what a superuser does shows."""

from pathlib import Path

import pytest

from tests.store.databases import Store
from tests.store.firms import KEY, NOW, organisation
from tests.store.test_audit_chain import KEYS, chain_of, named, rewrite_all, tamper, verified
from tieout.core.access import SYSTEM_MAY, Action, Role
from tieout.core.audit import Tampering, Verified, parsed
from tieout.core.errors import AccessDenied, NotFound
from tieout.signatures.export import verify_export
from tieout.store.audit.chain import chain_names, events
from tieout.store.postgres.tenant import tenant
from tieout.workflows.acting import Caller, acting
from tieout.workflows.add_member import add_member
from tieout.workflows.export_audit import export_audit
from tieout.workflows.organisations import organisation_named
from tieout.workflows.sign_head import sign_head, sign_heads


def exported(caller: Caller, folder: Path) -> Verified:
    path = folder / "chain.jsonl"
    with export_audit(caller, keys=KEYS, reason="year end", now=NOW) as lines:
        path.write_bytes(b"".join(lines))
    return verify_export(path, KEYS)[1]


@pytest.mark.usefixtures("store")
def test_an_export_of_a_sound_chain_is_sound_and_is_itself_an_event(tmp_path: Path) -> None:
    caller = chain_of(3)
    sign_head(caller, key=KEY, now=NOW)
    assert exported(caller, tmp_path) == Verified(4, 1, ())
    with tenant(caller.organisation_id):
        last = parsed(list(events(caller.organisation_id))[-1].body)
    assert (last["verb"], last["reason"]) == ("export_audit", "year end")
    assert exported(caller, tmp_path).event_count == 5


@pytest.mark.req("R020")
def test_what_a_superuser_did_is_named_in_the_export_too(store: Store, tmp_path: Path) -> None:
    altered, removed, rewritten = chain_of(5), chain_of(5), chain_of(3)
    tamper(store, altered, "update audit_event set body = body || ' ' where MINE and sequence = 2")
    tamper(store, removed, "delete from audit_event where MINE and sequence = 4")
    sign_head(rewritten, key=KEY, now=NOW)
    rewrite_all(store, rewritten)
    assert named(exported(altered, tmp_path)) == {(Tampering.ALTERED, 2)}
    assert named(exported(removed, tmp_path)) == {(Tampering.MISSING, 4)}
    assert (Tampering.REWRITTEN, 3) in named(exported(rewritten, tmp_path))


@pytest.mark.req("R020")
def test_a_signed_head_that_a_superuser_removed_is_missed(store: Store, tmp_path: Path) -> None:
    caller = chain_of(3)
    sign_head(caller, key=KEY, now=NOW)
    with store.superuser() as plain:
        plain.execute("alter table audit_signedhead disable trigger all")
        plain.execute(
            "delete from audit_signedhead where organisation_id = %s", [caller.organisation_id]
        )
        plain.execute("alter table audit_signedhead enable trigger all")
    assert verified(caller).lost_heads == (3,)
    assert exported(caller, tmp_path).lost_heads == (3,)


@pytest.mark.usefixtures("store")
def test_the_system_signs_every_chain_and_may_do_little_else(tmp_path: Path) -> None:
    first, second = chain_of(1), chain_of(2)
    heads = {
        str(each.chain): each.sequence for each in sign_heads(key=KEY, origin="job 1", now=NOW)
    }
    assert heads[str(first.organisation_id)] == 1
    assert heads[str(second.organisation_id)] == 2
    assert {first.organisation_id, second.organisation_id} <= set(chain_names())
    system = Caller.system(first.organisation_id, "job 1")
    assert exported(system, tmp_path).is_sound
    with tenant(first.organisation_id):
        acts = [parsed(each.body) for each in events(first.organisation_id)]
    assert [each["actor"] for each in acts[1:]] == ["system", "system"]
    for action in set(Action) - SYSTEM_MAY:
        with pytest.raises(AccessDenied), acting(system, action, "verb", NOW):
            pass


@pytest.mark.usefixtures("store")
def test_only_those_who_may_sign_and_export_do() -> None:
    caller = organisation()
    auditor = add_member(caller, email="a@example.org", role=Role.AUDITOR, now=NOW)
    clerk = add_member(caller, email="c@example.org", role=Role.BOOKKEEPER, now=NOW)
    with pytest.raises(AccessDenied):
        sign_head(auditor, key=KEY, now=NOW)
    with pytest.raises(AccessDenied), export_audit(clerk, keys={}, now=NOW):
        pass


@pytest.mark.usefixtures("store")
def test_an_operator_names_an_organisation_by_name_or_id() -> None:
    caller = organisation("Only of this name")
    assert organisation_named("Only of this name")[0] == caller.organisation_id
    assert organisation_named(str(caller.organisation_id))[1] == "Only of this name"
    with pytest.raises(NotFound):
        organisation_named("of no such name")
