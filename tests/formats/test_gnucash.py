"""The GnuCash reader: conformance, and each oddity of real files as an example by name."""

import gzip
import sqlite3
from contextlib import closing
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.accounts import AccountKind
from tieout.core.errors import InvalidInput, TieoutError
from tieout.core.money import Currency
from tieout.core.reading import Reading
from tieout.formats.common.source import Source
from tieout.formats.gnucash.book import posted_day
from tieout.formats.registry import detect, format_named
from tieout.testing.formats import GOLDEN, FormatConformance, check_promises


def example(name: str) -> Reading:
    return format_named("gnucash").read(Source.of(GOLDEN / "gnucash" / name), {})


def read(data: bytes) -> Reading:
    return format_named("gnucash").read(Source("book.gnucash", data), {})


def codes(reading: Reading) -> set[str]:
    return {problem.code for problem in reading.all_problems()}


def database(script: str) -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(script)
        return connection.serialize()


class TestGnuCash(FormatConformance):
    format_name = "gnucash"


def test_quantities_are_exact_and_weigh_in_the_currency_of_the_entry() -> None:
    shop, dollars, fund = example("shares-dollars-and-templates.gnucash").entries
    assert shop.postings[0].weight_minor is None
    assert (dollars.postings[0].amount_minor, dollars.postings[0].weight_minor) == (10000, 9200)
    assert dollars.postings[0].currency == Currency.of("USD")
    assert (fund.postings[0].amount_minor, fund.postings[0].currency) == (
        33333,
        Currency("WORLD", 4),
    )
    assert all(entry.is_balanced for entry in (shop, dollars, fund))


def test_templates_are_set_aside_by_name_and_counts_agree() -> None:
    reading = example("shares-dollars-and-templates.gnucash")
    assert codes(reading) == {"record.extra"}
    assert "1 template transactions" in reading.problems[0].found
    assert "Template Root" not in {account.name for account in reading.accounts}


def test_accounts_are_paths_with_kinds() -> None:
    accounts = {a.code: a for a in example("shares-dollars-and-templates.gnucash").accounts}
    assert accounts["Assets:Current & savings"].is_bank
    assert not accounts["Assets"].is_bank
    assert accounts["Card"].kind is AccountKind.LIABILITY
    assert accounts["Card"].is_bank
    assert accounts["Assets:Fund"].currency == "WORLD"


def test_the_stored_day_goes_before_the_stamp() -> None:
    entry = example("shares-dollars-and-templates.gnucash").entries[0]
    assert entry.booked_on == date(2026, 3, 1)
    assert entry.narrative == "Grocer weekly shop"
    assert entry.references == ("101",)
    assert [posting.status for posting in entry.postings] == ["", "reconciled"]


def test_compressed_and_plain_say_the_same() -> None:
    plain, packed = example("shares-dollars-and-templates.gnucash"), example("compressed.gnucash")
    assert packed.entries == plain.entries
    assert packed.variant == "XML version 2, compressed"


@pytest.mark.parametrize(
    ("stamp", "day", "is_shifted"),
    [
        ("2026-03-02 10:59:00 +0000", date(2026, 3, 2), False),
        ("2026-03-02 00:59:00 -1000", date(2026, 3, 2), False),
        ("2026-03-02 23:59:00 +1300", date(2026, 3, 2), False),
        ("1997-07-11 21:00:00 -0700", date(1997, 7, 12), True),
        ("1997-07-11 00:00:00 -0700", date(1997, 7, 11), False),
        ("20260303105900", date(2026, 3, 3), False),
        ("2000-09-04 22:22:44 +0200", date(2000, 9, 4), False),
        ("0000-00-00", None, False),
    ],
)
def test_the_day_of_a_stamp(stamp: str, day: date | None, is_shifted: bool) -> None:  # noqa: FBT001  a table of cases
    assert posted_day(stamp) == (day, is_shifted)


def test_shifted_days_and_uneven_entries_are_said() -> None:
    reading = example("evening-stamps-and-unbalanced.gml2")
    assert codes(reading) == {"record.date-doubtful", "entry.unbalanced"}


def test_bad_fractions_are_held_and_thirds_are_named() -> None:
    reading = example("bad-fractions-and-strangers.gnucash")
    assert [each.problem.code for each in reading.held] == ["record.amount-invalid"]
    third, stranger, again, void = reading.entries
    assert third.postings[0].amount_minor == 333333333
    assert stranger.booked_on is None
    assert stranger.postings[0].account == "zz"
    assert again.entry_id == "x3#2"
    assert void.status == "voided"
    assert {
        "entry.not-supported",
        "record.field-invalid",
        "record.id-repeated",
        "statement.count-differs",
    } <= codes(reading)


def test_a_transaction_that_breaks_off_is_held() -> None:
    reading = example("cut-off.gnucash")
    assert len(reading.entries) == 2
    assert [each.problem.code for each in reading.held] == ["file.truncated"]


def test_sqlite_says_the_same_and_loses_no_orphan() -> None:
    reading = example("sqlite.gnucash")
    ids = {entry.entry_id: entry for entry in reading.entries}
    assert set(ids) == {"t1", "t2", "gone"}
    assert ids["t1"].booked_on == date(2026, 3, 1)
    assert ids["t2"].booked_on == date(2026, 3, 3)
    assert ids["t2"].postings[0].weight_minor == 9200
    assert ids["gone"].postings[0].narrative == "orphan"
    assert {"record.extra", "record.date-missing", "entry.unbalanced"} <= codes(reading)


def test_version_1_is_read() -> None:
    reading = example("version-1.xac")
    (entry,) = reading.entries
    assert entry.is_balanced
    assert entry.narrative == "Miete"


def test_another_database_is_refused() -> None:
    data = database("create table customers(id int)")
    with pytest.raises(InvalidInput, match=r"file\.unknown-format"):
        read(data)


def test_a_database_that_computes_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tieout.formats.gnucash.sqlite_book._CALLS_MAX", 2)
    monkeypatch.setattr("tieout.formats.gnucash.sqlite_book._STEPS", 10)
    rows = "insert into splits values (1);" * 50
    data = database(
        "create table accounts(guid text); create table transactions(guid text);"
        "create table splits(x int);" + rows
    )
    with pytest.raises(InvalidInput, match=r"file\.damaged"):
        read(data)


def test_a_database_whose_columns_call_functions_is_refused() -> None:
    data = database(
        "create table accounts(guid text, x generated always as (zeroblob(10)));"
        "create table transactions(guid text); create table splits(x int);"
        "insert into accounts(guid) values ('a');"
    )
    with pytest.raises(InvalidInput, match=r"file\.damaged"):
        read(data)


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tieout.formats.gnucash.reader.gunzip.__defaults__", (1000, ""))
    with pytest.raises(InvalidInput, match=r"file\.bomb"):
        read(gzip.compress(b"<gnc-v2>" + b" " * 5000))


def test_an_unpacked_head_is_recognised() -> None:
    packed = gzip.compress(b"<gnc-v2 xmlns:gnc='http://www.gnucash.org/XML/gnc'/>")
    assert detect(Source("book", packed))[0] == (95, "gnucash")


BOOK = """<gnc-v2><book><account><name>B</name><id>b</id><type>BANK</type><commodity>
<space>CURRENCY</space><id>EUR</id></commodity></account>{}</book></gnc-v2>"""


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.tuples(st.integers(-(10**9), 10**9), st.sampled_from([1, 10, 100, 1000, 8]))))
def test_values_are_exact(values: list[tuple[int, int]]) -> None:
    splits = "".join(
        f"<split><value>{n}/{d}</value><quantity>{n}/{d}</quantity><account>b</account></split>"
        for n, d in values
    )
    body = BOOK.format(f"<transaction><id>t</id><splits>{splits}</splits></transaction>")
    (entry,) = read(body.encode()).entries
    got = [Fraction(p.signed_minor, 10**p.currency.exponent) for p in entry.postings]
    assert got == [Fraction(n, d) for n, d in values]
    assert entry.is_balanced == (sum(got) == 0)


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=300))
def test_no_bytes_break_it(data: bytes) -> None:
    for body in (data, b"<gnc-v2><transaction>" + data, b"SQLite format 3\0" + data):
        try:
            reading = read(body)
        except TieoutError:
            continue
        check_promises(reading)
