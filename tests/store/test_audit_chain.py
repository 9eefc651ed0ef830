"""The audit chain in the database: it only grows, and what a superuser does to it is named."""

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError

from tests.store.databases import Store
from tests.store.firms import KEY, NOW, organisation
from tieout.core.access import Role
from tieout.core.audit import GENESIS, AuditEvent, ChainId, Tampering, chained, parsed
from tieout.core.errors import AccessDenied
from tieout.signatures import key_id, public_key_of
from tieout.store.audit.chain import append, events
from tieout.store.audit.models import Event, SignedHead, Tail
from tieout.store.postgres.tenant import tenant
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.sign_head import sign_head
from tieout.workflows.verify_audit import Verified, verify_audit

PUBLIC = public_key_of(KEY)
KEYS = {key_id(PUBLIC): PUBLIC}


def chain_of(count: int) -> Caller:
    """An organisation with so many events."""
    caller = organisation()
    for number in range(2, count + 1):
        add_member(caller, email=f"m{number}@example.org", role=Role.BOOKKEEPER, now=NOW)
    return caller


def verified(caller: Caller) -> Verified:
    return verify_audit(caller, keys=KEYS, now=NOW + timedelta(hours=1))


def named(answer: Verified) -> set[tuple[Tampering, int]]:
    return {(each.kind, each.sequence) for each in answer.findings}


def tamper(store: Store, caller: Caller, *statements: str) -> None:
    """What only the superuser can do, and only by taking the guards away first."""
    with store.superuser() as plain:
        plain.execute("alter table audit_event disable trigger all")
        for statement in statements:
            mine = f"organisation_id = '{caller.organisation_id}'"
            plain.execute(statement.replace("MINE", mine).encode())
        plain.execute("alter table audit_event enable trigger all")


@pytest.mark.usefixtures("store")
def test_every_act_is_an_event_and_the_chain_is_sound() -> None:
    caller = chain_of(4)
    answer = verified(caller)
    assert answer.is_sound
    assert answer.event_count == 4
    with tenant(caller.organisation_id):
        kept = list(events(caller.organisation_id))
        said = [parsed(each.body) for each in kept]
    assert [each["verb"] for each in said] == [
        "create_organisation", "add_member", "add_member", "add_member", "verify_audit"
    ]  # fmt: skip
    assert said[1]["actor"] == f"member:{caller.member_id}"
    assert said[1]["origin"] == "test"
    assert said[1]["at"] == "2026-11-22T09:30:00.000000Z"
    assert said[1]["before"] == {}
    after = said[1]["after"]
    assert isinstance(after, dict)
    [record] = after.pop("records").values()
    assert after == {"email": "m2@example.org", "name": "", "role": "bookkeeper"}
    assert after.items() <= record.items()
    assert record["joined_at"] == "2026-11-22T09:30:00.000000Z"


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("what", ["update", "delete"])
def test_the_application_can_neither_change_nor_remove_an_event(what: str) -> None:
    caller = chain_of(2)
    with pytest.raises(ProgrammingError, match="permission denied"), tenant(caller.organisation_id):
        if what == "update":
            Event.objects.update(verb="else")
        else:
            Event.objects.all()._raw_delete("default")


def test_not_even_the_owner_or_a_careless_superuser_changes_one(store: Store) -> None:
    chain_of(2)
    for role in ("tieout_owner", "tieout_super"):
        address = store.address(role)
        with psycopg.connect(address.conninfo) as plain:
            for statement in (
                "update audit_event set verb = 'else'",
                "delete from audit_event",
                "truncate audit_event",
                "delete from audit_signedhead",
            ):
                with pytest.raises(psycopg.errors.RestrictViolation), plain.transaction():
                    plain.execute(statement)
    with store.superuser() as plain, pytest.raises(psycopg.errors.RestrictViolation):
        plain.execute("set session_replication_role = replica")
        plain.execute("delete from audit_event")


@pytest.mark.usefixtures("store")
def test_an_event_that_does_not_continue_the_chain_is_refused() -> None:
    caller = chain_of(3)
    org = caller.organisation_id
    event = AuditEvent(ChainId(str(org)), 4, NOW, "member:1", "test", "forge", "x:1")
    with tenant(org):
        last = list(events(org))[-1]
    good = chained(event, last.hash)
    for wrong in (
        replace(good, sequence=5),
        replace(good, sequence=3),
        chained(event, GENESIS),
        replace(good, hash=GENESIS),
        replace(good, body=good.body + b" "),
    ):
        with pytest.raises(IntegrityError, match="does not continue"), tenant(org):
            Event.objects.create(
                organisation_id=org, sequence=wrong.sequence, previous=wrong.previous,
                body=wrong.body, hash=wrong.hash, at=NOW, actor="a", verb="v", subject="s",
            )  # fmt: skip


@pytest.mark.usefixtures("store")
def test_the_end_of_the_chain_is_moved_by_the_trigger_alone() -> None:
    caller = chain_of(2)
    with pytest.raises(ProgrammingError, match="permission denied"), tenant(caller.organisation_id):
        Tail.objects.update(sequence=1)
    with tenant(caller.organisation_id):
        assert Tail.objects.get().sequence == 2


@pytest.mark.req("R020")
def test_an_altered_event_is_named(store: Store) -> None:
    caller = chain_of(5)
    tamper(
        store,
        caller,
        "update audit_event set body = convert_to(replace(convert_from(body, 'UTF8'), "
        "'bookkeeper', 'owner'), 'UTF8') where MINE and sequence = 3",
    )
    assert named(verified(caller)) == {(Tampering.ALTERED, 3)}


@pytest.mark.req("R020")
def test_a_removed_event_is_named_in_the_middle_and_at_the_end(store: Store) -> None:
    caller = chain_of(5)
    tamper(store, caller, "delete from audit_event where MINE and sequence in (3, 5)")
    assert named(verified(caller)) == {(Tampering.MISSING, 3), (Tampering.MISSING, 5)}


@pytest.mark.req("R020")
def test_an_inserted_event_is_named(store: Store) -> None:
    caller = chain_of(5)
    with tenant(caller.organisation_id):
        before = list(events(caller.organisation_id))[2]
    chain = ChainId(str(caller.organisation_id))
    forged = chained(AuditEvent(chain, 4, NOW, "member:1", "test", "forge", "x:1"), before.hash)
    tamper(
        store,
        caller,
        "update audit_event set sequence = sequence + 100 where MINE and sequence >= 4",
        "update audit_event set sequence = sequence - 99 where MINE and sequence >= 104",
        "insert into audit_event (organisation_id, sequence, previous, body, hash, at, actor, "
        f"verb, subject) values ('{chain}', 4, '\\x{forged.previous.hex()}', "
        f"'\\x{forged.body.hex()}', '\\x{forged.hash.hex()}', now(), 'a', 'v', 's')",
    )
    [finding] = verified(caller).findings
    assert (finding.kind, finding.sequence, finding.place) == (Tampering.INSERTED, 4, 4)


@pytest.mark.req("R020")
def test_events_that_changed_places_are_named(store: Store) -> None:
    caller = chain_of(5)
    tamper(
        store,
        caller,
        "update audit_event set sequence = 100 where MINE and sequence = 2",
        "update audit_event set sequence = 2 where MINE and sequence = 4",
        "update audit_event set sequence = 4 where MINE and sequence = 100",
    )
    answer = verified(caller)
    assert {each.kind for each in answer.findings} == {Tampering.REORDERED}
    assert {each.sequence for each in answer.findings} <= {2, 3, 4}


@pytest.mark.req("R020")
def test_a_whole_rewritten_chain_is_found_by_its_signed_head(store: Store) -> None:
    caller = chain_of(3)
    sign_head(caller, key=KEY, now=NOW)
    rewrite_all(store, caller)
    assert (Tampering.REWRITTEN, 3) in named(verified(caller))


def rewrite_all(store: Store, caller: Caller) -> None:
    """Every event made anew with another time, all hashes and the end of the chain with it."""
    with tenant(caller.organisation_id):
        kept = [parsed(each.body) for each in events(caller.organisation_id)]
    previous, statements = GENESIS, []
    for values in kept:
        said = {name: str(values[name]) for name in ("actor", "origin", "verb", "subject")}
        event = AuditEvent(
            ChainId(str(values["chain"])), int(str(values["sequence"])), NOW - timedelta(days=9),
            said["actor"], said["origin"], said["verb"], said["subject"],
        )  # fmt: skip
        made = chained(event, previous)
        previous = made.hash
        statements.append(
            f"update audit_event set body = '\\x{made.body.hex()}', hash = '\\x{made.hash.hex()}', "
            f"previous = '\\x{made.previous.hex()}' where MINE and sequence = {made.sequence}"
        )
    statements.append(f"update audit_tail set hash = '\\x{previous.hex()}' where MINE")
    tamper(store, caller, *statements)


def test_a_head_that_no_trusted_key_signed_proves_nothing(store: Store) -> None:
    caller = chain_of(2)
    sign_head(caller, key=bytes(32), now=NOW)
    assert verified(caller).unproved_heads == (2,)
    with tenant(caller.organisation_id):
        kept = SignedHead.objects.get()
    with store.superuser() as plain:
        plain.execute("alter table audit_signedhead disable trigger all")
        plain.execute(
            "update audit_signedhead set key_id = %s, sequence = 1 where id = %s",
            [key_id(PUBLIC), kept.pk],
        )
    assert verified(caller).unproved_heads == (1,)
    assert kept.sequence == 2


def test_two_writers_at_once_make_one_chain(store: Store) -> None:
    caller = chain_of(2)
    org = caller.organisation_id
    with store.application() as plain:
        plain.execute("select set_config('tieout.organisation', %s, true)", [str(org)])
        tail = plain.execute("select sequence, hash from audit_tail").fetchone()
        assert tail is not None
        event = AuditEvent(ChainId(str(org)), 3, NOW, "member:1", "other", "act", "x:1")
        made = chained(event, tail[1])
        with tenant(org):
            append(org, at=NOW, actor="member:1", origin="t", verb="act", subject="x:2")
        with pytest.raises(psycopg.errors.CheckViolation, match="does not continue"):
            plain.execute(
                "insert into audit_event (organisation_id, sequence, previous, body, hash, at, "
                "actor, verb, subject) values (%s, 3, %s, %s, %s, now(), 'a', 'v', 's')",
                [org, made.previous, made.body, made.hash],
            )
    assert verified(caller).is_sound


@pytest.mark.usefixtures("store")
def test_only_those_who_may_see_the_chain_verify_it() -> None:
    caller = organisation()
    auditor = add_member(caller, email="a@example.org", role=Role.AUDITOR, now=NOW)
    client = add_member(caller, email="c@example.org", role=Role.CLIENT, now=NOW)
    assert verified(auditor).is_sound
    with pytest.raises(AccessDenied):
        verified(client)
