"""Statements prove themselves: they tie or say by how much not; gaps and overlaps have names."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.money import Currency
from tieout.core.overlaps import repeated, repeats
from tieout.core.statements import (
    Balance,
    Direction,
    LineStatus,
    Statement,
    StatementLine,
    by_currency,
    continuity,
    counted_in,
    tie,
)

EUR = Currency.of("EUR")


def line(signed: int, day: int = 1, text: str = "", bank_id: str = "") -> StatementLine:
    direction = Direction.CREDIT if signed >= 0 else Direction.DEBIT
    return StatementLine(
        abs(signed), direction, EUR, date(2026, 9, day), narrative=text, bank_id=bank_id
    )


def statement(opening: int, closing: int, *lines: StatementLine) -> Statement:
    return Statement("77", EUR, lines, Balance(opening, EUR), Balance(closing, EUR))


lines_strategy = st.lists(st.builds(line, st.integers(-(10**6), 10**6), st.integers(1, 30)))


@given(st.integers(-(10**9), 10**9), lines_strategy)
def test_a_statement_ties_exactly_when_its_lines_lead_to_its_closing(
    opening: int, lines: list[StatementLine]
) -> None:
    closing = opening + sum(each.signed_minor for each in lines)
    assert statement(opening, closing, *lines).ties is True
    assert tie(statement(opening, closing, *lines)) == ()
    assert statement(opening, closing + 1, *lines).ties is False


@pytest.mark.req("R109")
def test_the_difference_is_said_in_figures() -> None:
    [problem] = tie(statement(10_000, 8_000, line(-1_000)))
    assert problem.code == "statement.does-not-tie"
    assert "100.00 EUR + -10.00 in 1 lines = 90.00" in problem.found
    assert problem.expected == "80.00 EUR, -10.00 apart"


def test_pending_lines_are_not_in_the_balance() -> None:
    pending = replace(line(-500), status=LineStatus.PENDING)
    assert statement(1_000, 1_000, pending).ties is True


def spanned(begins: int, ends: int, opening: int, closing: int) -> Statement:
    base = statement(opening, closing, line(closing - opening, begins))
    return replace(base, begins_on=date(2026, 9, begins), ends_on=date(2026, 9, ends))


def test_gaps_and_overlaps_are_named_with_dates_and_amounts() -> None:
    assert continuity([spanned(1, 10, 0, 50), spanned(11, 20, 50, 70)]) == ()
    [gap] = continuity([spanned(11, 20, 60, 70), spanned(1, 10, 0, 50)])
    assert gap.code == "statement.gap"
    assert "0.50 EUR on 2026-09-10" in gap.found
    [overlap] = continuity([spanned(1, 10, 0, 50), spanned(8, 20, 50, 70)])
    assert overlap.code == "statement.overlap"
    assert "2026-09-08" in overlap.found


@pytest.mark.req("R118")
def test_two_honest_equal_lines_stay_two_and_a_download_repeated_stays_one() -> None:
    twice = [line(-1500, 25, "PARKWELL"), line(-1500, 25, "PARKWELL")]
    assert repeated(twice, twice) == {0, 1}
    assert repeated(twice[:1], twice) == {0}
    assert repeated([], twice) == set()


def test_stable_ids_decide_and_changing_ids_do_not() -> None:
    known = [line(-100, day, "A", f"id{day}") for day in range(1, 11)]
    again = [*known, line(-100, 10, "A", "another")]
    assert repeated(known, again) == set(range(10))
    renamed = [replace(each, bank_id=f"new-{each.bank_id}") for each in known]
    assert repeated(known, renamed) == set(range(10))


def test_a_line_posted_late_on_a_known_day_is_new() -> None:
    known = [line(-100, 1, "A"), line(-200, 2, "B")]
    later = [line(-100, 1, "A"), line(-300, 1, "LATE"), line(-200, 2, "B"), line(-50, 3, "C")]
    assert repeated(known, later) == {0, 2}


@given(lines_strategy, lines_strategy)
def test_counting_once_keeps_the_greater_count_of_every_line(
    known: list[StatementLine], later: list[StatementLine]
) -> None:
    again = repeated(known, later)
    merged = known + [each for index, each in enumerate(later) if index not in again]
    for each in [*known, *later]:
        assert merged.count(each) == max(known.count(each), later.count(each))


@given(lines_strategy, lines_strategy)
def test_every_repeated_line_names_another_known_line(
    known: list[StatementLine], later: list[StatementLine]
) -> None:
    found = repeats(known, later)
    assert repeated(known, later) == set(found)
    assert len(set(found.values())) == len(found)
    for at, to in found.items():
        assert (later[at].booked_on, later[at].signed_minor) == (
            known[to].booked_on, known[to].signed_minor
        )  # fmt: skip


@given(lines_strategy, st.integers(2, 6))
def test_counting_finer_changes_no_amount_and_coarser_is_refused(
    lines: list[StatementLine], exponent: int
) -> None:
    finer = Currency("EUR", exponent)
    counted = counted_in(statement(100, 200, *lines), finer)
    factor = 10 ** (exponent - 2)
    assert counted.booked_minor == factor * sum(each.signed_minor for each in lines)
    assert counted.opening == Balance(100 * factor, finer)
    assert counted_in(counted, EUR) == statement(100, 200, *lines)
    odd = replace(counted, opening=Balance(100 * factor + 1, finer))
    if exponent > 2:
        with pytest.raises(ValueError, match="EUR"):
            counted_in(odd, EUR)


def test_lines_of_another_currency_become_a_statement_of_their_own() -> None:
    dollars = replace(line(-700), currency=Currency.of("USD"))
    one, other = by_currency(statement(0, 500, line(500), dollars))
    assert (one.ties, one.booked_minor) == (True, 500)
    assert (other.currency, other.opening, other.booked_minor) == (dollars.currency, None, -700)
    assert by_currency(one) == (one,)
