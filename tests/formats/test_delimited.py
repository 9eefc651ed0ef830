"""Delimited text: each oddity by name, the two ways held together, and damage survived."""

import gzip
import random
import tracemalloc
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tieout.core.errors import InvalidInput, TieoutError
from tieout.core.reading import Reading
from tieout.core.statements import LineStatus, StatementLine
from tieout.formats.common.columns import HANDED_OUT, ColumnLines
from tieout.formats.common.profile import dump_profile, load_profile
from tieout.formats.common.source import Source
from tieout.formats.delimited import reader
from tieout.testing.formats import GOLDEN, FormatConformance, check_promises

FOLDER = GOLDEN / "delimited"
NOTHING: Mapping[str, str] = {}


def read(text: str, options: Mapping[str, str] = NOTHING) -> Reading:
    return reader.read(Source("t.csv", text.encode()), options)


def lines(reading: Reading) -> list[StatementLine]:
    return [line for statement in reading.statements for line in statement.lines]


def minors(reading: Reading) -> list[int]:
    return [line.signed_minor for line in lines(reading)]


def codes(reading: Reading) -> set[str]:
    return {problem.code for problem in reading.all_problems()}


class TestDelimited(FormatConformance):
    format_name = "delimited"


def example(name: str) -> Reading:
    return reader.read(Source.of(FOLDER / name), {})


def test_a_running_balance_gives_opening_and_closing_of_rows_newest_first() -> None:
    statement = example("german_balance_newest_first.csv").statements[0]
    assert (statement.account, statement.ties) == ("DE02120300000000202051", True)
    assert statement.opening is not None
    assert statement.opening.amount_minor == 5000
    assert statement.closing is not None
    assert statement.closing.amount_minor == 120550


def test_af_and_bij_say_the_direction() -> None:
    assert minors(example("dutch_af_bij.csv")) == [121000, -2345]


def test_a_total_is_named_and_not_counted_and_a_text_goes_on() -> None:
    reading = example("french_debit_credit_footer.csv")
    assert minors(reading) == [150000, -6230, -10000]
    assert lines(reading)[1].narrative == "PRLV ASSURANCE REF MANDAT 7788"
    assert "record.extra" in codes(reading)


def test_accounts_and_currencies_are_statements_of_their_own() -> None:
    reading = example("english_two_accounts_pending.csv")
    assert [
        (s.account, s.currency and s.currency.code, len(s.lines)) for s in reading.statements
    ] == [
        ("Current1001", "GBP", 3),
        ("Savings2002", "GBP", 1),
        ("Savings2002", "USD", 1),
    ]
    assert [line.status for line in reading.statements[0].lines] == [
        LineStatus.BOOKED,
        LineStatus.PENDING,
        LineStatus.INFORMATION,
    ]
    assert reading.statements[0].booked_minor == -95000


def test_without_a_header_the_balance_tells_the_amount() -> None:
    reading = example("no_header_us.csv")
    assert minors(reading) == [-4510, 20000, -15490]
    assert reading.statements[0].ties
    assert lines(reading)[0].booked_on == date(2026, 1, 14)


@pytest.mark.req("R062")
def test_every_bad_cell_is_held_or_named() -> None:
    reading = example("bad_cells.csv")
    assert len(lines(reading)) + len(reading.held) == 8
    assert {held.problem.code for held in reading.held} == {
        "record.amount-invalid",
        "record.amount-missing",
        "record.amount-too-large",
    }
    assert {"record.date-invalid", "table.row-width"} <= codes(reading)
    assert lines(reading)[2].narrative == '=HYPERLINK("x")'


def test_signs_as_people_write_them() -> None:
    assert minors(example("spelled_signs.tsv")) == [120000, -3050, -200, -7500, 41]


def test_an_open_quote_swallows_one_row_at_most() -> None:
    assert minors(example("quote_never_closed.csv"))[-2:] == [200, 300]


def test_binary_noise_is_taken_off_and_said() -> None:
    reading = read("Date,Text,Amount\n2026-01-01,a,0.30000000000000004\n2026-01-02,b,-2.5\n")
    assert minors(reading) == [30, -250]
    assert "record.amount-noise" in codes(reading)


def test_ambiguous_dates_are_said() -> None:
    assert "table.guess-ambiguous" in codes(example("ambiguous_dates.csv"))


@pytest.mark.parametrize(
    ("cells", "form", "first"),
    [
        (["13/02/2026", "01/03/2026"], "d/m/y", date(2026, 2, 13)),
        (["02/13/2026", "03/01/2026"], "m/d/y", date(2026, 2, 13)),
        (["13.02.26", "14.02.26"], "d/m/y", date(2026, 2, 13)),
        (["20260213", "20260214"], "yyyymmdd", date(2026, 2, 13)),
        (["13 févr. 2026", "1 mars 2026"], "d mon y", date(2026, 2, 13)),
        (["Feb 13, 2026", "Mar 1, 2026"], "mon d y", date(2026, 2, 13)),
    ],
)
def test_date_forms(cells: list[str], form: str, first: date) -> None:
    reading = read("Date;Text;Amount\n" + "".join(f"{cell};x;-1,50\n" for cell in cells))
    assert dict(reading.mapping)["date_form"] == form
    assert lines(reading)[0].booked_on == first


def test_reversed_signs_are_found_by_the_balance() -> None:
    reading = read(
        "Date,Text,Amount,Balance\n2026-01-01,a,5.00,95.00\n2026-01-02,b,-20.00,115.00\n2026-01-03,c,1.00,114.00\n"
    )
    assert minors(reading) == [-500, 2000, -100]
    assert reading.statements[0].ties


def test_options_correct_single_settings() -> None:
    text = "Date,Text,Amount\n03/04/2026,a,5.00\n04/04/2026,b,6.00\n"
    assert lines(read(text, {"date_form": "m/d/y"}))[0].booked_on == date(2026, 3, 4)
    assert minors(read(text, {"sign": "reversed"})) == [-500, -600]
    assert lines(read(text, {"narrative": "#1 + Text"}))[0].narrative == "03/04/2026 a"


@pytest.mark.parametrize(
    "path", sorted(p for p in FOLDER.iterdir() if p.suffix != ".json"), ids=lambda p: p.name
)
def test_a_saved_profile_reads_the_same(path: Path) -> None:
    first = reader.read(Source.of(path), {})
    if first.variant == "blocks of labels":
        pytest.skip("its columns are labels; no delimiter is saved")
    options = load_profile(dump_profile(first.mapping), "p.toml")
    again = reader.read(Source.of(path), options)
    assert again.statements == first.statements
    assert again.mapping == first.mapping


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["fixed_account", "charset", "narrative", "date"]),
        st.text(min_size=1).filter(lambda t: " + " not in t and max(t) < "\ud800"),
        min_size=1,
    )
)
def test_profiles_survive_being_written(options: dict[str, str]) -> None:
    assert load_profile(dump_profile(options.items()), "p.toml") == options


@pytest.mark.parametrize(
    "text",
    [
        "a = ",
        "sign = 'up'",
        "colour = 'red'",
        "[columns]\nsign = 'Date'",
        "date = 3.5",
        "header_row = 'x'",
    ],
)
def test_a_faulty_profile_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_profile(text, "p.toml")
    assert caught.value.code == "match.mapping-invalid"
    assert caught.value.where == "p.toml"


def test_no_ledger_is_refused_with_what_was_found() -> None:
    with pytest.raises(InvalidInput, match=r"Name \| Length") as caught:
        read("Name,Length,Description\nx,3,sci\n")
    assert caught.value.code == "table.column-missing"


def test_ten_thousand_columns_are_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        read(",".join(map(str, range(10_000))) + "\n1,2\n")
    assert caught.value.code == "table.too-many-columns"


def world(rows: int, seed: int) -> str:
    """A table with everything a large export gets wrong now and then."""
    dice = random.Random(seed)  # noqa: S311  not for secrets
    made = ["id,account,date,amount,currency,text,status,balance,reference,extra"]
    for at in range(rows):
        cells = [
            f"T{at}", dice.choice(["A1", "B 2", ""]),
            f"2025-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}",
            f"{dice.randint(-10**6, 10**6) / 100:.2f}", dice.choice(["EUR", "EUR", "JPY", "usd"]),
            dice.choice(
                ["Pay", "  two  blanks ", "Größe № 5", '"two\nlines"', '"a, b"', "opening balance"]
            ),
            dice.choice(["booked", "pending", "failed"]), dice.choice(["", "12.00"]),
            f"INV{at}", dice.choice(["", "x"]),
        ]  # fmt: skip
        match dice.randrange(40):
            case 0:
                cells[3] = dice.choice(
                    [
                        "",
                        "1,234.50",
                        "(5.00)",
                        "$7",
                        "12.345",
                        "0.123456",
                        "x",
                        "7-",
                        "9e3",
                        "5 CR",
                        "1.5E-3",
                    ]
                )
            case 1:
                cells[2] = dice.choice(["", "2025-02-30", "13/01/2025", "soon"])
            case 2:
                cells.append("one too many")
            case 3:
                cells = ["Total", "", "", "55.00"]
            case 4:
                cells = ["", "", "", "", "", "goes on", "", "", "", ""]
            case 5:
                cells = cells[:5]
        made.append(",".join(cells))
    return "\n".join(made) + "\n"


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_both_ways_read_the_same(seed: int, ends: str) -> None:
    source = Source("w.csv", world(600, seed).replace("\n", ends).encode())
    plainly = reader.read(source, {}, fast_bytes=10**9)
    vectorised = reader.read(source, {}, fast_bytes=0)
    kept_as_columns = reader.read(source, {}, fast_bytes=0, small=0)
    assert vectorised == plainly
    assert len(lines(plainly)) > 400
    for columns, tuples in zip(kept_as_columns.statements, plainly.statements, strict=True):
        assert isinstance(columns.lines, ColumnLines)
        assert columns.lines == tuples.lines
        assert columns.booked_minor == tuples.booked_minor
        assert set(HANDED_OUT) <= set(columns.lines.holding.table.column_names)
        assert list(columns.lines[2:5]) == list(tuples.lines[2:5])
        assert columns.lines[-1] == tuples.lines[-1]


def test_columns_add_up_to_what_was_written() -> None:
    text = "id,date,amount\n" + "".join(f"{at},2026-01-01,{at}.25\n" for at in range(2000))
    reading = reader.read(Source("w.csv", text.encode()), {}, fast_bytes=0, small=0)
    total = sum(Decimal(f"{at}.25") for at in range(2000))
    assert Decimal(reading.statements[0].booked_minor).scaleb(-2) == total


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(st.binary(max_size=300))
def test_no_bytes_break_it(data: bytes) -> None:
    try:
        reading = reader.read(Source("f.csv", data), {}, fast_bytes=0)
    except TieoutError:
        return
    check_promises(reading)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(
    st.lists(
        st.lists(
            st.sampled_from(
                [
                    "2026-01-02",
                    "1.00",
                    '"',
                    ",",
                    "",
                    "-5",
                    "Total",
                    "x\ny",
                    "(",
                    "9" * 40,
                    "\0",
                    "é",
                ]
            ),
            max_size=6,
        ),
        max_size=12,
    )
)
def test_no_table_breaks_it(rows: list[list[str]]) -> None:
    text = "Date,Text,Amount\n" + "\n".join(",".join(row) for row in rows)
    source = Source("f.csv", text.encode())
    try:
        reading = reader.read(source, {"date_form": "y-m-d", "decimal_mark": "."})
    except TieoutError:
        return
    check_promises(reading)


def zipped(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)


def test_all_members_of_a_gzip_file_are_read() -> None:
    data = zipped("id,date,amount\nT1,2026-01-01,1.25\n") + zipped("T2,2026-01-02,2.50\n")
    assert minors(reader.read(Source("t.csv.gz", data), {})) == [125, 250]


def test_a_gzip_file_cut_short_is_refused() -> None:
    data = zipped("id,date,amount\n" + "".join(f"{n},2026-01-01,{n}.25\n" for n in range(999)))
    with pytest.raises(InvalidInput) as caught:
        reader.read(Source("t.csv.gz", data[:-500]), {})
    assert caught.value.code == "file.damaged"


def test_a_gzip_bomb_is_refused_before_it_takes_memory() -> None:
    sixteen = gzip.compress(bytes(1 << 24), mtime=0)
    data = zipped("id,date,amount\nT1,2026-01-01,1.25\n") + sixteen * 640  # ten gigabytes
    tracemalloc.start()
    try:
        with pytest.raises(InvalidInput) as caught:
            reader.read(Source("t.csv.gz", data), {})
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.code == "file.bomb"
    assert peak < 8 * 1024 * 1024


@pytest.mark.parametrize("heading", ["Id", "ID", "Transaction ID", "Reference ID", "record id"])
def test_an_id_that_nearly_every_row_has_for_itself_is_the_banks(heading: str) -> None:
    rows = "".join(f"2026-01-{day:02},T{max(day, 2)}X,{day}.50\n" for day in range(1, 21))
    reading = read(f"Date,{heading},Amount\n{rows}")
    assert dict(reading.mapping)["id"] == heading
    assert [line.bank_id for line in lines(reading)][:3] == ["T2X", "T2X", "T3X"]
    assert {line.narrative for line in lines(reading)} == {""}
    assert "record.id-repeated" in codes(reading)


def test_two_rows_with_one_id_are_both_kept_and_the_id_doubted() -> None:
    reading = read("Date,Id,Amount\n2026-01-02,A7,1.00\n2026-01-03,A7,2.00\n")
    assert [line.bank_id for line in lines(reading)] == ["A7", "A7"]
    assert "record.id-repeated" in codes(reading)


@pytest.mark.parametrize("heading", ["Customer ID", "Id", "client_id"])
def test_an_id_of_somebody_is_neither_the_records_nor_its_text(heading: str) -> None:
    rows = "".join(f"2026-01-{day:02},C{day % 3}X,{day}.50\n" for day in range(1, 21))
    first = lines(read(f"Date,{heading},Amount\n{rows}"))[0]
    assert (first.bank_id, first.narrative, first.references) == ("", "", ())
    assert first.attributes == ((heading, "C1X"),)


def test_which_column_is_the_id_can_be_corrected() -> None:
    text = "Date,Id,Customer ID,Amount\n2026-01-02,A7,C1,1.00\n2026-01-03,A8,C2,2.00\n"
    assert [line.bank_id for line in lines(read(text, {"id": "Customer ID"}))] == ["C1", "C2"]
    assert [line.bank_id for line in lines(read(text, {"id": "-"}))] == ["", ""]


@pytest.mark.parametrize(("column", "said"), [(",Account", "account Current"), ("", "(not named)")])
def test_an_account_in_two_currencies_is_two_statements_and_that_is_said(
    column: str, said: str
) -> None:
    account = ",Current" if column else ""
    reading = read(
        f"Date,Amount,Currency,Description{column}\n"
        f"2026-01-02,1.00,EUR,one{account}\n2026-01-03,2.00,USD,two{account}\n"
        f"2026-01-04,3.00,EUR,three{account}\n"
    )
    assert [each.booked_minor for each in reading.statements] == [400, 200]
    (told,) = [p for p in reading.all_problems() if p.code == "record.currency-differs"]
    assert said in told.found
    assert "1 line in USD" in told.found
    assert told.expected == "EUR, as on 2 lines of the account"
    assert told.place.line == 3
