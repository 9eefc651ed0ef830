"""The traps of reconciliation that concern pairs: none is confirmed wrongly, each has a reason."""

from datetime import date, timedelta
from typing import Literal

import numpy as np
import pytest

from tieout.core.matching.records import Record, Side
from tieout.core.matching.result import MatchAnswer, MatchGroup, check_result
from tieout.core.matching.rules import FeeShape, MatchRules
from tieout.core.matching.words import Pass, ResidualCause, Status, UnmatchedReason
from tieout.engine import match
from tieout.engine.decisions import Decision
from tieout.testing.matching import answer_of, table_of

Backend = Literal["duckdb", "reference"]
DAY = date(2025, 3, 3)


@pytest.fixture(params=["reference", "duckdb"])
def backend(request: pytest.FixtureRequest) -> Backend:
    name: Backend = request.param
    return name


def record(
    record_id: str,
    amount: int,
    day: int = 0,
    party: str = "",
    text: str = "",
    *,
    account: str = "",
    reference: str = "",
    currency: str = "EUR",
    pending: bool = False,
    external: str = "",
) -> Record:
    return Record(
        record_id=record_id,
        amount_minor=amount,
        currency=currency,
        booked_on=DAY + timedelta(days=day),
        account=account,
        reference=reference,
        counterparty=party,
        narrative=text,
        is_pending=pending,
        external_id=external,
    )


def run(
    left: list[Record],
    right: list[Record],
    backend: Backend,
    rules: MatchRules | None = None,
    decisions: tuple[Decision, ...] = (),
) -> MatchAnswer:
    result = match(table_of(left), table_of(right), rules, backend=backend, decisions=decisions)
    answer = answer_of(result)
    check_result(left, right, answer)
    return answer


def pairs(answer: MatchAnswer) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    return {(group.left_ids, group.right_ids) for group in answer.groups}


def the(answer: MatchAnswer, left_id: str) -> MatchGroup:
    return next(group for group in answer.groups if left_id in group.left_ids)


def why_not(answer: MatchAnswer, side: Side, record_id: str) -> UnmatchedReason:
    return next(u.reason for u in answer.unmatched if (u.side, u.record_id) == (side, record_id))


def test_a_unique_amount_on_a_close_day_under_a_like_name_is_confirmed(backend: Backend) -> None:
    left = [record("bank", -4_250, 2, text="CARD PURCHASE HARBOUR BOOKS LONDON")]
    right = [record("book", -4_250, 0, party="Harbour Books Ltd")]
    group = the(run(left, right, backend), "bank")
    assert group.status is Status.CONFIRMED
    assert "42.50 EUR" in group.reason
    assert "2 days later" in group.reason


def test_a_unique_amount_without_any_text_in_common_is_only_suggested(backend: Backend) -> None:
    left = [record("bank", -4_250, 1, text="CARD PURCHASE HARBOUR BOOKS")]
    right = [record("book", -4_250, 0, party="Zenith Insurance")]
    assert the(run(left, right, backend), "bank").status is Status.SUGGESTED


def test_equal_weekly_debits_each_go_to_their_own_week(backend: Backend) -> None:
    left = [record(f"bank{n}", -1_999, 7 * n + 1, text="DD NORTHERN GYM") for n in range(6)]
    right = [record(f"book{n}", -1_999, 7 * n, party="Northern Gym") for n in range(6)]
    answer = run(left, right, backend)
    assert pairs(answer) == {((f"bank{n}",), (f"book{n}",)) for n in range(6)}


def test_a_missing_week_leaves_that_week_open_and_shifts_nothing(backend: Backend) -> None:
    left = [record(f"bank{n}", -1_999, 7 * n + 1, text="DD NORTHERN GYM") for n in range(6)]
    right = [record(f"book{n}", -1_999, 7 * n, party="Northern Gym") for n in range(6) if n != 2]
    answer = run(left, right, backend)
    assert pairs(answer) == {((f"bank{n}",), (f"book{n}",)) for n in range(6) if n != 2}
    assert {u.record_id for u in answer.unmatched} == {"bank2"}


def test_two_equal_honest_rows_on_a_day_are_two(backend: Backend) -> None:
    left = [record(f"bank{n}", -350, 1, text="POS CORNER COFFEE") for n in range(2)]
    right = [record(f"book{n}", -350, 1, party="Corner Coffee") for n in range(2)]
    answer = run(left, right, backend)
    assert len(answer.groups) == 2
    assert all("look alike" in group.reason for group in answer.groups)


def test_one_of_two_equal_rows_without_a_partner_is_told_as_a_duplicate(backend: Backend) -> None:
    left = [
        record(f"bank{n}", -350, 1, text="POS CORNER COFFEE", reference="77001") for n in range(2)
    ]
    right = [record("book0", -350, 1, party="Corner Coffee", reference="77001")]
    answer = run(left, right, backend)
    assert all(group.status is Status.SUGGESTED for group in answer.groups)
    assert [u.reason for u in answer.unmatched if u.side is Side.LEFT] == [
        UnmatchedReason.DUPLICATE_OF
    ]


def test_overlapping_downloads_do_not_match_a_line_twice(backend: Backend) -> None:
    left = [record(f"bank{n}", -1_000 - n, n, text=f"PAYMENT PARTNER{n}X") for n in range(4)]
    again = [record(f"again{n}", -1_000 - n, n, text=f"PAYMENT PARTNER{n}X") for n in range(2, 4)]
    right = [record(f"book{n}", -1_000 - n, n, party=f"Partner{n}x") for n in range(4)]
    answer = run(left + again, right, backend)
    used = [i for group in answer.groups for i in group.right_ids]
    assert len(used) == len(set(used)) == 4
    assert {u.reason for u in answer.unmatched} == {UnmatchedReason.DUPLICATE_OF}


def test_late_posting_is_outside_the_window_and_says_so(backend: Backend) -> None:
    left = [record("bank", -7_700, 40, text="CHEQUE")]
    right = [record("book", -7_700, 0, party="Oak Builders")]
    answer = run(left, right, backend)
    assert not answer.groups
    assert why_not(answer, Side.LEFT, "bank") is UnmatchedReason.OUTSIDE_WINDOW
    late = next(u for u in answer.unmatched if u.side is Side.LEFT)
    assert "40 days" in late.detail
    assert late.nearest_id == "book"


def test_a_late_cheque_is_found_by_its_number_but_only_suggested(backend: Backend) -> None:
    left = [record("bank", -7_700, 40, text="CHEQUE 104233")]
    right = [record("book", -7_700, 0, party="Oak Builders", reference="CHQ104233")]
    group = the(run(left, right, backend), "bank")
    assert group.made_by is Pass.REFERENCE
    assert group.status is Status.SUGGESTED


def test_net_of_a_configured_fee(backend: Backend) -> None:
    left = [record("bank", 98_325, 2, text="STRIPE PAYOUT INV 550123")]
    right = [record("book", 100_000, 0, party="Alpha Trading", reference="INV-550123")]
    rules = MatchRules(fee_shapes=(FeeShape("card fee", 165, 25),))
    group = the(run(left, right, backend, rules), "bank")
    assert group.made_by is Pass.FEE_NET
    assert group.residual_minor == -1_675
    assert group.residual_cause is ResidualCause.FEE
    assert group.status is Status.CONFIRMED


def test_a_fee_seen_once_is_only_suggested(backend: Backend) -> None:
    left = [record("bank", 98_325, 2, text="STRIPE PAYOUT INV 550123")]
    right = [record("book", 100_000, 0, party="Alpha Trading", reference="INV-550123")]
    group = the(run(left, right, backend), "bank")
    assert (group.made_by, group.status) == (Pass.FEE_NET, Status.SUGGESTED)


def test_a_transfer_between_own_accounts_that_never_reached_the_books(backend: Backend) -> None:
    left = [
        record("out", -50_000, 0, text="TRANSFER 880077", account="A"),
        record("in", 50_000, 1, text="TRANSFER 880077", account="B"),
    ]
    right = [
        record("x", 123, 0, party="Other", account="A"),
        record("y", 456, 0, party="Some", account="B"),
    ]
    answer = run(left, right, backend)
    group = the(answer, "out")
    assert (group.left_ids, group.made_by) == (("in", "out"), Pass.TRANSFER)
    assert group.status is Status.CONFIRMED


def test_pending_is_replaced_by_posted_with_a_tip(backend: Backend) -> None:
    left = [
        record("pending", -5_000, 0, text="POS GOLDEN DRAGON", pending=True),
        record("posted", -5_900, 2, text="POS GOLDEN DRAGON"),
    ]
    right = [record("book", -5_900, 0, party="Golden Dragon")]
    answer = run(left, right, backend)
    waiting = the(answer, "pending")
    assert (waiting.made_by, waiting.right_ids) == (Pass.PENDING, ())
    assert waiting.residual_minor == -5_000
    assert waiting.residual_cause is ResidualCause.ONE_SIDED
    assert the(answer, "posted").right_ids == ("book",)


def test_a_pending_line_without_its_posted_one_waits(backend: Backend) -> None:
    answer = run([record("pending", -5_000, 0, text="POS DRAGON", pending=True)], [], backend)
    assert why_not(answer, Side.LEFT, "pending") is UnmatchedReason.WAITING


@pytest.mark.parametrize(
    "text", ["PMT/INV2024-003117/THX", "invoice no 2024003117 thank you", "RE 0002024003117 XX"]
)
def test_an_invoice_number_inside_dirty_text(backend: Backend, text: str) -> None:
    left = [record("bank", 12_000, 4, text=text), record("other", 12_000, 4, text="INV 2024003118")]
    right = [record("book", 12_000, 0, party="Blue Media", reference="2024003117")]
    group = the(run(left, right, backend), "bank")
    assert group.right_ids == ("book",)
    assert group.made_by is Pass.REFERENCE


def test_a_number_that_every_line_carries_is_no_reference(backend: Backend) -> None:
    left = [record(f"bank{n}", -500, n, text="ACCT 99887766") for n in range(6)]
    right = [record(f"book{n}", -500, n, text="ACCT 99887766") for n in range(6)]
    answer = run(left, right, backend)
    assert all(group.made_by is not Pass.REFERENCE for group in answer.groups)


def test_a_payer_under_another_name_is_suggested_not_refused(backend: Backend) -> None:
    left = [record("bank", 77_123, 1, text="CREDIT QUANTUM HOLDINGS")]
    right = [record("book", 77_123, 0, party="Joe's Diner")]
    assert the(run(left, right, backend), "bank").status is Status.SUGGESTED


def test_two_equally_good_candidates_are_shown_and_not_confirmed(backend: Backend) -> None:
    left = [record("bank", -9_900, 1, text="TRANSFER")]
    right = [
        record("book1", -9_900, 0, party="Red Motors"),
        record("book2", -9_900, 0, party="White Motors"),
    ]
    answer = run(left, right, backend)
    group = the(answer, "bank")
    assert group.status is Status.SUGGESTED
    assert group.solutions == 2
    assert {group.right_ids[0], group.runner_up} == {"book1", "book2"}


def test_many_equally_good_candidates_are_refused(backend: Backend) -> None:
    left = [record("bank", -9_900, 1, text="TRANSFER")]
    right = [record(f"book{n}", -9_900, 0, party=f"{name} Motors") for n, name in enumerate(
        ["Red", "White", "Blue", "Grey", "Pink", "Teal"]
    )]  # fmt: skip
    answer = run(left, right, backend)
    assert not answer.groups
    assert why_not(answer, Side.LEFT, "bank") is UnmatchedReason.TIE


def test_a_back_dated_edit_after_approval_is_told_and_breaks_nothing(backend: Backend) -> None:
    left = [record("bank", -1_000, 1, text="DD WATER"), record("free", -1_200, 1, text="DD WATER")]
    right = [record("book", -1_200, 0, party="Water")]
    decision = Decision(left={"bank": -1_000}, right={"book": -1_000})
    result = match(table_of(left), table_of(right), backend=backend, decisions=(decision,))
    group = the(answer_of(result), "bank")
    assert (group.made_by, group.status) == (Pass.DECISION, Status.CONFIRMED)
    assert group.right_ids == ("book",)
    assert group.residual_minor == 200
    notes = result.summary["notes"]
    assert isinstance(notes, list)
    assert any("book" in note and "-12.00 EUR now, not -10.00 EUR" in note for note in notes)


def test_the_same_id_in_both_is_enough_without_a_date(backend: Backend) -> None:
    left = [record("bank", 4_400, external="E2E-9")]
    right = [
        Record("book", 4_400, "EUR", None, external_id="E2E-9"),
        record("other", 4_400, 0, party="Some"),
    ]
    group = the(run(left, right, backend), "bank")
    assert (group.right_ids, group.made_by) == (("book",), Pass.IDENTITY)
    assert group.status is Status.CONFIRMED


def test_a_part_payment_leaves_the_rest_open(backend: Backend) -> None:
    left = [record("bank", 40_000, 3, text="PART PAYMENT INV 661204")]
    right = [record("book", 100_000, 0, party="Crystal Labs", reference="INV-661204")]
    group = the(run(left, right, backend), "bank")
    assert (group.made_by, group.status) == (Pass.PARTIAL, Status.SUGGESTED)
    assert group.residual_cause is ResidualCause.REMAINDER
    assert "600.00 EUR stays open" in group.reason


def test_a_booking_and_its_reversal_cancel_on_one_side(backend: Backend) -> None:
    left = [
        record("wrong", -3_300, 0, text="DD CEDAR ENERGY"),
        record("back", 3_300, 2, text="RETURNED DD CEDAR ENERGY"),
    ]
    group = the(run(left, [record("x", 1, 0, party="Other")], backend), "wrong")
    assert (group.made_by, group.left_ids) == (Pass.REVERSAL, ("back", "wrong"))
    assert group.status is Status.SUGGESTED


@pytest.mark.req("R020")
def test_two_payments_under_one_mandate_do_not_cross_the_months() -> None:
    draw = np.random.default_rng(1)
    left, right = [], []

    def pay(name: str, amount: int, day: int, number: str, party: str = "") -> None:
        late = int(draw.choice(8, p=[0.3, 0.3, 0.2, 0.1, 0.05, 0.03, 0.01, 0.01]))
        right.append(record(name, -amount, day, party, reference=number))
        left.append(record(name, -amount, day + late, text=f"DIRECT DEBIT {number} {party}"))

    for each in range(1500):
        amount, first = int(draw.integers(1_000, 300_000)), int(draw.integers(0, 60))
        pay(f"{each}, one month", amount, first, str(700_000 + each))
        pay(f"{each}, two months later", amount, first + 60, str(700_000 + each))
    for each in range(3000):
        amount, day = int(draw.choice([999, 1_999, 4_999, 2_500])), int(draw.integers(0, 120))
        number = str(900_000 + each) if draw.random() < 0.3 else ""
        pay(f"other {each}", amount, day, number, "".join(draw.choice(list("ABCDEFGH"), 12)))
    groups = run(left, right, "duckdb").groups
    assert [each.left_ids for each in groups] == [each.right_ids for each in groups]
    assert len(groups) == len(left)


def test_currencies_never_meet(backend: Backend) -> None:
    left = [record("bank", 100, text="ALPHA", currency="EUR")]
    right = [record("book", 100, party="Alpha", currency="USD")]
    assert not run(left, right, backend).groups
