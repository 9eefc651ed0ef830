"""The search on examples that read as examples."""

from dataclasses import replace

import numpy as np
import pytest

from tieout.core.matching.rules import FeeShape, MatchRules
from tieout.core.matching.words import Pass, ResidualCause, Status, UnmatchedReason
from tieout.engine.groups import FoundGroup, FreeRecords, GroupsFound, find_groups, learn_groups

RULES = MatchRules()


def side(*records: tuple[int, int], **more: list[int]) -> FreeRecords:
    """Records of (day, amount) in one account; `more` sets other columns."""
    size = len(records)
    columns = {
        "idx": list(range(size)),
        "account": [0] * size,
        "day": [each[0] for each in records],
        "amount": [each[1] for each in records],
    }
    return FreeRecords.of(**{**columns, **more})


def search(left: FreeRecords, right: FreeRecords, rules: MatchRules = RULES) -> GroupsFound:
    return find_groups(left, right, rules, learn_groups(left, right, rules))


def only(found: GroupsFound) -> FoundGroup:
    assert len(found.groups) == 1, found
    return found.groups[0]


@pytest.mark.req("R020")
def test_a_deposit_is_the_sum_of_its_receipts() -> None:
    bank = side((105, 73_127))
    books = side((101, 12_345), (102, 20_671), (103, 40_111), (104, 31_999), (101, 8_950))
    group = only(search(bank, books))
    assert (group.left, group.right) == ((0,), (0, 1, 2))
    assert (group.made_by, group.status, group.solutions) == (Pass.BATCH, Status.CONFIRMED, 1)
    assert group.residual_minor == 0
    assert group.score == group.parts.total


def test_one_book_entry_is_paid_in_several_bank_lines() -> None:
    bank = side((101, -30_017), (105, -20_121), (104, -9_999), party=[7, 7, 8])
    books = side((100, -50_138), party=[7])
    group = only(search(bank, books))
    assert (group.left, group.right) == ((0, 1), (0,))
    assert (group.made_by, group.status) == (Pass.SPLIT, Status.CONFIRMED)


def test_a_payment_of_an_invoice_less_a_credit_note() -> None:
    bank = side((110, 81_206), party=[3])
    books = side((104, 99_731), (106, -18_525), (105, 44_100), party=[3, 3, 4])
    group = only(search(bank, books))
    assert group.right == (0, 1)
    assert group.status is Status.CONFIRMED


def test_two_equally_good_sums_are_never_confirmed() -> None:
    bank = side((105, 30_000))
    books = side((103, 10_000), (103, 20_000), (103, 12_000), (103, 18_000))
    group = only(search(bank, books))
    assert group.status is Status.SUGGESTED
    assert group.solutions == 2
    assert {group.right, group.runner_up_right} == {(0, 1), (2, 3)}
    assert group.posterior <= 0.5


def test_equal_looking_twins_are_no_rivals() -> None:
    bank = side((105, 73_127))
    books = side((103, 12_345), (103, 60_782), (103, 60_782), twin=[0, 1, 1])
    group = only(search(bank, books))
    assert group.status is Status.CONFIRMED
    assert group.solutions == 1


def test_a_payout_is_its_charges_less_a_known_fee() -> None:
    rules = replace(RULES, fee_shapes=(FeeShape("acquirer", 185),))
    charges = [(100, 10_307), (100, 48_112), (100, 43_599), (100, 3_310), (100, 158_050)]
    gross = sum(amount for _, amount in charges)
    fee = (gross * 185 + 5_000) // 10_000
    group = only(search(side((102, gross - fee)), side(*charges), rules))
    assert group.right == (0, 1, 2, 3, 4)
    assert (group.made_by, group.residual_cause) == (Pass.FEE_NET, ResidualCause.FEE)
    assert group.residual_minor == -fee
    assert group.status is Status.CONFIRMED


def test_a_fee_is_learned_from_payouts_that_agree() -> None:
    random = np.random.default_rng(5)
    charges, payouts = [], []
    for day in range(100, 140, 2):
        today = random.integers(500, 90_000, 6).tolist()
        charges += [(day, each) for each in today]
        payouts.append((day + 2, sum(today) - (sum(today) * 140 + 5_000) // 10_000))
    found = search(side(*payouts), side(*charges))
    whole = [each for each in found.groups if each.residual_cause is ResidualCause.FEE]
    assert found.learned["fees"] == [(140, 0)]
    assert len(whole) == 20
    assert all(len(each.right) == 6 for each in whole)


def test_competing_deposits_are_chosen_together() -> None:
    bank = side((105, 30_113), (105, 52_226))
    # the second deposit can only be (c, d); so the first, which fits (a, b) and (c, e), is (a, b)
    books = side((104, 10_041), (104, 20_072), (104, 17_113), (104, 35_113), (104, 13_000))
    found = search(bank, books)
    assert [(each.left, each.right) for each in found.groups] == [((0,), (0, 1)), ((1,), (2, 3))]


def test_named_invoices_sum_to_the_payment() -> None:
    bank = side((110, 61_000), token_row=[0, 0, 0], token=[901, 902, 903])
    books = side(
        (60, 20_000), (62, 30_000), (64, 11_000), (109, 31_000), (109, 30_000),
        token_row=[0, 1, 2], token=[901, 902, 903],
    )  # fmt: skip
    group = only(search(bank, books))
    assert group.right == (0, 1, 2)
    assert (group.rule, group.status) == ("named references", Status.CONFIRMED)


def test_named_invoices_with_a_remainder_are_suggested() -> None:
    bank = side((110, 45_003), token_row=[0, 0], token=[901, 902])
    books = side((100, 20_000), (101, 30_000), token_row=[0, 1], token=[901, 902])
    group = only(search(bank, books))
    assert group.status is Status.SUGGESTED
    assert (group.residual_minor, group.residual_cause) == (-4_997, ResidualCause.REMAINDER)


def test_a_whole_day_too_large_to_search_is_still_a_batch() -> None:
    random = np.random.default_rng(3)
    sales = [(100, each) for each in random.integers(500, 90_000, 90).tolist()]
    group = only(search(side((101, sum(each for _, each in sales))), side(*sales)))
    assert len(group.right) == 90
    assert group.status is Status.CONFIRMED


def test_among_two_hundred_candidates_a_sum_is_not_decidable() -> None:
    random = np.random.default_rng(3)
    open_items = [(100 + at % 5, each) for at, each in enumerate(random.integers(500, 9_000, 200))]
    total = int(sum(each for _, each in open_items[:7]))
    found = search(side((106, total)), side(*open_items))
    assert not found.groups
    assert [each.reason for each in found.undecided] == [UnmatchedReason.TOO_MANY]
    assert "200 candidates" in found.undecided[0].detail


def test_two_payments_of_three_invoices_are_only_suggested() -> None:
    bank = side((110, 50_021), (111, 31_013), party=[5, 5])
    books = side((104, 20_007), (105, 33_006), (106, 28_021), party=[5, 5, 5])
    group = only(search(bank, books))
    assert (group.left, group.right) == ((0, 1), (0, 1, 2))
    assert group.status is Status.SUGGESTED


def test_a_pending_line_and_other_accounts_are_left_alone() -> None:
    books = side((101, 12_345), (102, 20_671), account=[1, 1])
    assert not search(side((103, 33_016)), books).groups
    pending = side((103, 33_016), is_pending=[1])
    assert not search(pending, side((101, 12_345), (102, 20_671))).groups


def test_lines_left_aside_do_not_shift_the_others() -> None:
    bank = side(
        (99, -700), (101, -41_411), (103, -30_017), (103, -20_121),
        party=[7, 7, 7, 7], is_pending=[1, 0, 0, 0],
    )  # fmt: skip
    books = side((100, -50_138), party=[7])
    group = only(search(bank, books))
    assert (group.left, group.rule) == ((2, 3), "sum search within one party")


def test_nothing_free_is_nothing_found() -> None:
    assert search(side(), side()).groups == ()
    assert search(side((100, 5)), side()).groups == ()


def test_the_budget_is_counted_in_work_and_what_it_left_is_named() -> None:
    bank = side((105, 73_127))
    books = side((101, 12_345), (102, 20_671), (103, 40_111), (104, 31_999), (101, 8_950))
    found = search(bank, books, replace(RULES, group_seconds_max=0.0))
    assert not [each for each in found.groups if each.status is Status.CONFIRMED]
    assert any("not searched" in note for note in found.notes)
