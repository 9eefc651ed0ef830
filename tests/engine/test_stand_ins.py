"""A sum is no surer than that no record of an unsure pair could be its member instead."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tieout.core.matching.records import Record
from tieout.core.matching.result import MatchGroup
from tieout.core.matching.words import Pass, Status
from tieout.engine import match
from tieout.testing.matching import answer_of, table_of

DAY = date(2025, 1, 27)


def record(name: str, amount: int, day: int, party: str, reference: str = "") -> Record:
    booked = DAY + timedelta(days=day)
    return Record(name, amount, "GBP", booked, counterparty=party, reference=reference)


def groups_of(left: list[Record], right: list[Record]) -> list[MatchGroup]:
    return list(answer_of(match(table_of(left), table_of(right))).groups)


SUM = record("both invoices", 384_666, 4, "Ben Gallton")
SMALL = record("small", 1_616, 0, "Ben Gallton", "INV-214840")
LARGE = record("large", 383_050, 1, "Ben Gallton", "INV-215029")
LARGE_TOO = record("as large", 383_050, 2, "Ben Gallton", "INV-215320")
OTHER = record("one invoice", 383_050, 3, "Ben Gallton")


@pytest.mark.req("R020")
def test_a_sum_whose_member_may_be_the_others_is_only_suggested() -> None:
    groups = groups_of([SUM, OTHER], [SMALL, LARGE, LARGE_TOO])
    [found] = [each for each in groups if each.made_by is Pass.BATCH]
    assert found.status is Status.SUGGESTED
    assert found.posterior < 0.9
    assert "in a pair that is not sure" in found.reason


def test_it_is_confirmed_where_the_others_pair_is_sure() -> None:
    named = record("one invoice", 383_050, 3, "Ben Gallton", "INV-215320")
    groups = groups_of([SUM, named], [SMALL, LARGE, LARGE_TOO])
    assert {each.left_ids: (each.right_ids, each.status) for each in groups} == {
        ("both invoices",): (("large", "small"), Status.CONFIRMED),
        ("one invoice",): (("as large",), Status.CONFIRMED),
    }


def test_a_record_that_looks_the_same_casts_no_doubt() -> None:
    twin = record("large twin", 383_050, 1, "Ben Gallton", "INV-215029")
    groups = groups_of([SUM, OTHER], [SMALL, LARGE, twin])
    [found] = [each for each in groups if each.made_by is Pass.BATCH]
    assert found.status is Status.CONFIRMED


def test_a_stranger_casts_less_doubt_than_somebody_of_the_name() -> None:
    def doubted(party: str) -> float:
        one, other = replace(OTHER, counterparty=party), replace(LARGE_TOO, counterparty=party)
        groups = groups_of([SUM, one], [SMALL, LARGE, other])
        [found] = [each for each in groups if each.made_by is Pass.BATCH]
        return found.posterior

    assert doubted("Pacific Tools") > doubted("Ben Gallton")
