"""The audit chain: one byte form, and whatever is done to a chain is found and named."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.audit import (
    GENESIS,
    AuditEvent,
    ChainedEvent,
    ChainId,
    Finding,
    Head,
    Tampering,
    Value,
    canonical_bytes,
    chained,
    hash_of,
    parsed,
    verify,
)
from tieout.core.money import Currency, Money
from tieout.testing.corpus import PROJECT

CHAIN = ChainId("5b0f8f5e-26f0-4bb5-9a39-6d4b1a4c1d10")
BEGUN = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
PAGE = (PROJECT / "docs/reference/audit-chain.md").read_text(encoding="utf-8")

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def event(number: int, text: str = "", chain: ChainId = CHAIN) -> AuditEvent:
    at = BEGUN + timedelta(minutes=number)
    return AuditEvent(
        chain, number, at, "member:1", "cli", "decide", f"match_group:{number}", after={"t": text}
    )


def chain_of(count: int, text: str = "") -> list[ChainedEvent]:
    kept: list[ChainedEvent] = []
    for number in range(1, count + 1):
        kept.append(chained(event(number, text), kept[-1].hash if kept else GENESIS))
    return kept


def head_of(events: list[ChainedEvent], number: int) -> Head:
    return Head(CHAIN, number, events[number - 1].hash, BEGUN)


def named(findings: tuple[Finding, ...]) -> set[tuple[Tampering, int]]:
    return {(each.kind, each.sequence) for each in findings}


@given(values)
def test_canonical_bytes_are_read_back_and_written_the_same(value: Value) -> None:
    written = canonical_bytes({"value": value})
    assert parsed(written) == {"value": value}
    assert canonical_bytes(json.loads(written)) == written


@given(st.dictionaries(texts, st.integers(), min_size=2))
def test_the_order_in_which_names_come_does_not_show(values: dict[str, int]) -> None:
    turned = dict(reversed(list(values.items())))
    assert canonical_bytes(values) == canonical_bytes(turned)


@given(values, values)
def test_different_values_have_different_bytes(one: Value, other: Value) -> None:
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    written = [canonical_bytes({"v": each}) for each in (one, other)]
    assert (written[0] == written[1]) is same


def test_money_is_minor_units_with_currency_and_instants_are_in_utc() -> None:
    east = timezone(timedelta(hours=2))
    assert canonical_bytes({"paid": Money(-1250, Currency.of("EUR"))}) == (
        b'{"paid":{"amount_minor":-1250,"currency":"EUR","exponent":2}}'
    )
    assert canonical_bytes([datetime(2026, 9, 1, 10, 0, tzinfo=east), date(2026, 9, 1)]) == (
        b'["2026-09-01T08:00:00.000000Z","2026-09-01"]'
    )


@pytest.mark.parametrize(
    "value",
    [0.5, {"a": [1.0]}, float("nan"), {1: "a"}, b"x", {"a"}, "\ud800", datetime(2026, 9, 1)],  # noqa: DTZ001  the point
    ids=repr,
)
def test_what_has_no_canonical_bytes_is_refused(value: Value) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        canonical_bytes(value)


@pytest.mark.parametrize(
    "body",
    [b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b'{"a":1.0}', b'{"a":NaN}', b"[]", b'{"a":1',
     b'{"a":"\\u00e9"}', b"\xff", b"[" * 100_000],
    ids=lambda body: repr(body[:20]),
)  # fmt: skip
def test_bytes_that_are_not_canonical_are_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parsed(body)


@pytest.mark.parametrize(
    "change",
    [{"sequence": 0}, {"at": datetime(2026, 9, 1)}, {"actor": ""}, {"chain": ""}],  # noqa: DTZ001  the point
)
def test_an_event_that_could_not_be_verified_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        replace(event(1), **change)


def test_the_published_vectors_are_what_this_code_writes() -> None:
    bodies = re.findall(r"^body +(.*)$", PAGE, re.MULTILINE)
    hashes = re.findall(r"^hash +(.*)$", PAGE, re.MULTILINE)
    previous = re.findall(r"^previous +(.*)$", PAGE, re.MULTILINE)
    assert len(bodies) == len(hashes) == len(previous) == 3
    assert previous[0] == GENESIS.hex()
    for before, body, said in zip(previous, bodies, hashes, strict=True):
        assert hash_of(bytes.fromhex(before), body.encode()).hex() == said
    assert [(a, b) for a, b in zip(hashes, previous[1:], strict=False) if a != b] == []
    vectors = [
        chained(vector, bytes.fromhex(before))
        for vector, before in zip(VECTORS, previous, strict=True)
    ]
    assert [each.body.decode() for each in vectors] == bodies
    assert [each.hash.hex() for each in vectors] == hashes
    [signed] = re.findall(r"^head +(.*)$", PAGE, re.MULTILINE)
    assert Head(CHAIN, 3, vectors[2].hash, BEGUN).to_bytes().decode() == signed


VECTORS = (
    AuditEvent(
        CHAIN, 1, BEGUN, "system", "cli", "create_organisation", f"organisation:{CHAIN}",
        after={"name": 'Marlowe & Söhne "Nord"\n'},
    ),
    AuditEvent(
        CHAIN, 2, BEGUN + timedelta(seconds=1, microseconds=5), "member:1", "web 203.0.113.7",
        "decide", "decision:1", "agreed by telephone €",
        after={
            "residual": Money(-1250, Currency.of("EUR")), "records": ["#1", "INV-2038"],
            "booked_on": date(2026, 9, 1), "is_final": False, "undoes": None,
        },
    ),
    AuditEvent(
        CHAIN, 3, BEGUN + timedelta(days=1), "integration:3", "job 12", "correct", "posting:9",
        before={"amount_minor": 10**17, "\U0001f600": 1, "\ufb01": 2},
        after={"amount_minor": -(10**17)},
    ),
)  # fmt: skip


@given(st.integers(0, 12))
def test_a_chain_that_nobody_touched_is_sound(count: int) -> None:
    events = chain_of(count)
    heads = [head_of(events, number) for number in range(1, count + 1)]
    assert verify(events, CHAIN, heads, heads[-1] if heads else None) == ()
    assert all(later.previous == each.hash for each, later in pairwise(events))


@pytest.mark.req("R020")
@given(st.integers(1, 9), st.data())
def test_any_flipped_bit_is_found_and_its_event_named(count: int, data: st.DataObject) -> None:
    events = chain_of(count)
    number = data.draw(st.integers(1, count))
    bit = data.draw(st.integers(0, len(events[number - 1].body) * 8 - 1))
    body = bytearray(events[number - 1].body)
    body[bit // 8] ^= 1 << bit % 8
    events[number - 1] = replace(events[number - 1], body=bytes(body))
    assert named(verify(events, CHAIN)) == {(Tampering.ALTERED, number)}


@given(st.integers(2, 9), st.data())
def test_an_event_written_anew_with_its_hash_is_found_by_its_successor(
    count: int, data: st.DataObject
) -> None:
    events = chain_of(count)
    number = data.draw(st.integers(1, count - 1))
    events[number - 1] = chained(event(number, "forged"), events[number - 1].previous)
    assert named(verify(events, CHAIN)) == {(Tampering.REWRITTEN, number)}


@given(st.integers(1, 9), st.data())
def test_missing_events_are_named_one_by_one(count: int, data: st.DataObject) -> None:
    events = chain_of(count)
    gone = data.draw(st.sets(st.integers(1, count), min_size=1))
    kept = [each for each in events if each.sequence not in gone]
    findings = verify(kept, CHAIN, tail=head_of(events, count))
    assert named(findings) == {(Tampering.MISSING, number) for number in gone}


def test_rows_renumbered_over_a_hole_hide_nothing() -> None:
    events = chain_of(5)
    shifted = [*events[:2], *(replace(each, sequence=each.sequence - 1) for each in events[3:])]
    assert named(verify(shifted, CHAIN)) == {(Tampering.MISSING, 3)}


@given(st.integers(2, 9), st.data())
def test_an_inserted_event_is_named_at_its_place(count: int, data: st.DataObject) -> None:
    events = chain_of(count)
    number = data.draw(st.integers(2, count))
    forged = chained(event(number, "forged"), events[number - 2].hash)
    later = [replace(each, sequence=each.sequence + 1) for each in events[number - 1 :]]
    findings = verify([*events[: number - 1], forged, *later], CHAIN, tail=head_of(events, count))
    assert [(each.kind, each.place) for each in findings] == [(Tampering.INSERTED, number)]


def test_an_event_added_behind_the_known_end_and_one_of_another_chain_are_named() -> None:
    events = chain_of(3)
    added = chained(event(4, "forged"), events[2].hash)
    assert named(verify([*events, added], CHAIN, tail=head_of(events, 3))) == {
        (Tampering.INSERTED, 4)
    }
    foreign = chained(event(2, chain=ChainId("another")), events[0].hash)
    assert (Tampering.ALTERED, 2) in named(verify([events[0], foreign, events[2]], CHAIN))


@given(st.integers(2, 9), st.data())
def test_two_events_that_changed_places_are_found(count: int, data: st.DataObject) -> None:
    events = chain_of(count)
    one = data.draw(st.integers(0, count - 2))
    other = data.draw(st.integers(one + 1, count - 1))
    events[one], events[other] = events[other], events[one]
    findings = verify(events, CHAIN)
    assert {each.kind for each in findings} == {Tampering.REORDERED}
    assert {each.sequence for each in findings} & {one + 1, other + 1}


def test_rows_whose_numbers_were_exchanged_are_found() -> None:
    events = chain_of(4)
    events[1], events[2] = replace(events[2], sequence=2), replace(events[1], sequence=3)
    assert {each.kind for each in verify(events, CHAIN)} == {Tampering.REORDERED}


def test_a_whole_rewritten_chain_is_found_by_its_heads_alone() -> None:
    true, forged = chain_of(6), chain_of(6, "forged")
    assert verify(forged, CHAIN) == ()
    findings = verify(forged, CHAIN, [head_of(true, 3), head_of(true, 6)])
    assert named(findings) == {(Tampering.REWRITTEN, 3), (Tampering.REWRITTEN, 6)}


def test_a_finding_is_a_sentence() -> None:
    events = chain_of(3)
    [finding] = verify(events[:1] + events[2:], CHAIN)
    assert str(finding) == "event 2: missing (later events are there)"
