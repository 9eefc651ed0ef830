"""Ids that repeat: what is said of them, whatever the format."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tieout.core.errors import Place
from tieout.core.money import Currency
from tieout.core.statements import Direction, StatementLine
from tieout.formats.common.repeats import NAMED_MAX, repeats

LINE = StatementLine(100, Direction.CREDIT, Currency.of("EUR"), None)


def line(bank_id: str, minor: int, record: int) -> StatementLine:
    return replace(LINE, bank_id=bank_id, amount_minor=minor, place=Place(record=record))


def test_one_id_on_different_records_is_no_evidence() -> None:
    (told,) = repeats([line("A", 1, 1), line("B", 1, 2), line("A", 2, 3)])
    assert (told.code, told.found, told.place.record) == (
        "record.id-repeated",
        "'A' on 2 records",
        3,
    )


def test_records_alike_in_everything_are_told_apart_from_ids_used_twice() -> None:
    (told,) = repeats([line("A", 1, 1), line("A", 1, 2), line("", 1, 3), line("", 1, 4)])
    assert (told.code, told.place.record) == ("record.repeated", 2)


@given(st.lists(st.tuples(st.sampled_from("ABCDEFGH"), st.integers(0, 2)), max_size=60))
def test_at_most_two_problems_however_many_ids_repeat(pairs: list[tuple[str, int]]) -> None:
    ids = [ident for ident, _ in pairs]
    several = {ident for ident in ids if ids.count(ident) > 1}
    found = repeats([line(ident, minor, at) for at, (ident, minor) in enumerate(pairs)])
    assert len(found) <= 2
    assert bool(found) == bool(several)
    assert all(each.found.count(" on ") <= NAMED_MAX for each in found)
