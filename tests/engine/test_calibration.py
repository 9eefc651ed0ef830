"""What is said of a pair not confirmed is how often such pairs are right."""

from datetime import date, timedelta

import numpy as np
import pytest

from tieout.core.matching.records import Record
from tieout.core.matching.words import Status
from tieout.engine import match
from tieout.testing import quality
from tieout.testing.matching import answer_of, table_of
from tieout.testing.worlds import make_world

MONDAY = date(2025, 3, 3)
ENOUGH = 50
"""Of fewer groups the share that is right says little."""


def check_calibration(seeds: tuple[int, ...], lines: int) -> None:
    worlds = [make_world(seed, lines) for seed in seeds]
    found = [quality.evaluate(world, match(world.left, world.right)) for world in worlds]
    for bins in zip(*(each.calibration for each in found), strict=True):
        count = sum(each.count for each in bins)
        if count < ENOUGH:
            continue
        said, right = (
            sum(getattr(each, name) * each.count for each in bins) / count
            for name in ("said", "right")
        )
        noise = 2.5 * float(np.sqrt(said * (1 - said) / count))
        assert abs(said - right) <= 0.1 + noise, (bins[0].low, said, right, count)
        if bins[0].low >= 0.97:
            assert right >= said - 0.02, (bins[0].low, said, right, count)
    for each in found:
        assert each.confirmed_wrong <= 2


def test_what_is_said_is_within_a_tenth_of_what_is_right() -> None:
    check_calibration((21, 22, 23, 24), 100_000)


@pytest.mark.soak
@pytest.mark.parametrize("seeds", [(31, 32, 33), (34, 35, 36)])
def test_so_it_is_in_other_worlds(seeds: tuple[int, ...]) -> None:
    check_calibration(seeds, 100_000)


def line(name: str, day: int, text: str, reference: str = "") -> Record:
    return Record(
        record_id=name,
        amount_minor=-84_000,
        currency="EUR",
        booked_on=MONDAY + timedelta(days=day),
        account="A",
        counterparty=text,
        reference=reference,
    )


def said(left: list[Record], right: list[Record]) -> dict[str, float]:
    """The posterior of what each left record is suggested with; nothing here is confirmed."""
    groups = answer_of(match(table_of(left), table_of(right))).groups
    assert all(each.status is Status.SUGGESTED for each in groups)
    return {each.left_ids[0]: each.posterior for each in groups}


def test_an_entry_made_twice_stands_for_its_double() -> None:
    payment = line("bank", 2, "HARBOUR RENTALS")
    entry = line("book", 0, "Harbour Rentals", "RENT 7")
    double, other = (line("again", 1, "Harbour Rentals", f"RENT {n}") for n in (7, 8))
    assert said([payment], [entry, double])["bank"] > 0.95
    assert said([payment], [entry, other])["bank"] < 0.7


def test_of_two_that_look_equal_either_is_right() -> None:
    payment = line("bank", 2, "HARBOUR RENTALS")
    entries = [line(name, 0, "Harbour Rentals") for name in ("one", "two")]
    assert said([payment], entries)["bank"] > 0.95


def test_what_says_nothing_is_nobodys_double() -> None:
    entries = [line("one", 0, ""), line("two", 1, "")]
    assert said([line("bank", 2, "HARBOUR RENTALS")], entries)["bank"] < 0.7


def test_a_double_with_a_payment_of_its_own_stands_for_nobody_else() -> None:
    payments = [line("first", 1, "HARBOUR RENTALS"), line("second", 2, "HARBOUR RENTALS")]
    entries = [line("one", 0, "Harbour Rentals"), line("two", 1, "Harbour Rentals")]
    assert max(said(payments, entries).values()) < 0.95
