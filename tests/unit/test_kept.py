"""Events that carry records fold into the state they describe, and every departure is named."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.audit import canonical_bytes, parsed
from tieout.core.history import changes
from tieout.core.kept import Departure, Many, departures, in_words, replayed

NAMES = st.sampled_from(["member:1", "member:2", "books:1"])
FIELDS = st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), min_size=1)
STEPS = st.lists(st.tuples(NAMES, FIELDS))


def event(**after: object) -> dict[str, object]:
    """An event as it comes back from its bytes."""
    return parsed(canonical_bytes({"after": after, "before": {}, "subject": "organisation:1"}))  # type: ignore[dict-item]


@given(STEPS)
def test_the_last_that_was_said_of_a_field_holds(steps: list[tuple[str, dict[str, int]]]) -> None:
    expected: dict[str, dict[str, int]] = {}
    for name, fields in steps:
        expected.setdefault(name, {}).update(fields)
    state = replayed(event(records={name: fields}) for name, fields in steps)
    assert state.records == expected
    assert list(departures(state, expected.items(), {})) == []


@given(STEPS.filter(bool), st.data())
def test_any_one_field_that_differs_is_named(
    steps: list[tuple[str, dict[str, int]]], data: st.DataObject
) -> None:
    state = replayed(event(records={name: fields}) for name, fields in steps)
    table: dict[str, Mapping[str, object]] = {k: dict(v) for k, v in state.records.items()}
    name = data.draw(st.sampled_from(sorted(table)))
    field = data.draw(st.sampled_from(sorted(table[name])))
    was = table[name][field]
    table[name] = {**table[name], field: "other"}
    assert list(departures(state, table.items(), {})) == [Departure(name, field, was, "other")]


@given(st.lists(st.dictionaries(st.sampled_from(["postings", "entries"]), st.integers(-9, 9))))
def test_counts_and_totals_add_up(several: list[dict[str, int]]) -> None:
    state = replayed(event(sums={"ledger_account:1": each}) for each in several)
    total = {what: sum(each.get(what, 0) for each in several) for what in ("postings", "entries")}
    assert list(departures(state, (), {"ledger_account:1": total})) == []
    more = {**total, "postings": total["postings"] + 1}
    [one] = departures(state, (), {"ledger_account:1": more})
    assert (one.field, one.is_sum) == ("postings", True)


def test_many_records_that_share_their_fields_are_told_apart() -> None:
    several = Many("decision", [4, 7], {"verdict": "confirm"}, {"group": ["group:1", "group:2"]})
    state = replayed([event(many=[several.as_value()])])
    assert state.records == {
        "decision:4": {"verdict": "confirm", "group": "group:1"},
        "decision:7": {"verdict": "confirm", "group": "group:2"},
    }


def test_a_record_that_one_side_does_not_know_is_named() -> None:
    state = replayed([event(records={"member:1": {"role": "owner"}})])
    found = list(map(str, departures(state, [("member:2", {"role": "owner"})], {})))
    assert found == [
        "member:2: the log does not know it",
        "member:1: the table does not have it",
    ]


def test_what_a_verb_says_itself_stands_apart_from_records() -> None:
    assert in_words({"role": "owner", "records": {}, "sums": {}}) == {"role": "owner"}


@pytest.mark.req("R021")
def test_a_change_is_told_of_the_record_and_of_the_account_that_it_names() -> None:
    said = event(records={"schedule:2": {"cron": "0 7 * * *", "subject": "reconciliation:4"}})
    said["before"] = {"records": {"schedule:2": {"cron": "0 6 * * *", "subject": ""}}}
    said["after"]["leads_to"] = {"reconciliation:4": ["bank_account:3"]}  # type: ignore[index]
    found = changes(said)
    assert sorted(found) == ["bank_account:3", "reconciliation:4", "schedule:2"]
    [own, _] = found["schedule:2"]
    assert (own.field, own.before, own.after) == ("cron", "0 6 * * *", "0 7 * * *")
    assert found["bank_account:3"][0].field == "schedule.cron"
