"""A folder of downloads: what comes twice is counted once, what is missing is named by file."""

from pathlib import Path

import pytest

from tieout.files.folder import combined, read_folder

HEAD = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>"
ACCOUNT = "<CURDEF>EUR<BANKACCTFROM><BANKID>1<ACCTID>77<ACCTTYPE>CHECKING</BANKACCTFROM>"
TAIL = "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"


def ofx(first: int, last: int, *lines: tuple[int, str, str, str]) -> str:
    """Lines as (day of September 2026, amount, id, name)."""
    span = f"<BANKTRANLIST><DTSTART>202609{first:02}<DTEND>202609{last:02}"
    body = "".join(
        f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>202609{day:02}<TRNAMT>{amount}<FITID>{bank_id}"
        f"<NAME>{name}</STMTTRN>"
        for day, amount, bank_id, name in lines
    )
    return HEAD + ACCOUNT + span + body + TAIL


def mt940(opening: str, closing: str, *lines: tuple[int, str, str], first: int = 1) -> str:
    body = "".join(
        f":61:2609{day:02}09{day:02}{amount}NTRFNONREF\n:86:{text}\n" for day, amount, text in lines
    )
    return (
        f":20:S\n:25:77\n:28C:1/1\n:60F:C2609{first:02}EUR{opening}\n{body}"
        f":62F:C260930EUR{closing}\n-\n"
    )


def sums(folder: Path) -> list[int]:
    found = read_folder(folder)
    return [line.signed_minor for each in found.bank for s in each.statements for line in s.lines]


@pytest.mark.req("R118")
def test_an_overlapping_download_is_counted_once_and_two_equal_lines_stay_two(
    tmp_path: Path,
) -> None:
    rent, tea = (1, "-85.00", "a1", "RENT"), (9, "-3.10", "a2", "TEA")
    tea_again, pay = (9, "-3.10", "a3", "TEA"), (20, "900.00", "a4", "PAY")
    (tmp_path / "a.ofx").write_text(ofx(1, 10, rent, tea, tea_again), encoding="ascii")
    (tmp_path / "b.ofx").write_text(ofx(5, 30, tea, tea_again, pay), encoding="ascii")
    assert sorted(sums(tmp_path)) == [-8500, -310, -310, 90000]
    found = read_folder(tmp_path)
    assert found.repeats == (
        "b.ofx: 2 of 3 lines of account 77 were in an earlier file and are counted once",
    )
    [overlap] = found.problems
    assert overlap.code == "statement.overlap"
    assert "a.ofx and b.ofx" in str(overlap)


@pytest.mark.req("R118")
def test_two_formats_of_the_same_days_are_counted_once_with_a_doubt(tmp_path: Path) -> None:
    lines = (2, "-85.00", "a1", "SO RENT"), (9, "-3.10", "a2", "TEA 17")
    (tmp_path / "a.ofx").write_text(ofx(1, 30, *lines), encoding="ascii")
    text = mt940("100,00", "11,90", (2, "D85,00", "STANDING ORDER"), (9, "D3,10", "TEA ROOM"))
    (tmp_path / "b.sta").write_text(text, encoding="ascii")
    assert sorted(sums(tmp_path)) == [-8500, -310]
    doubts = [each for each in read_folder(tmp_path).problems if each.code == "statement.reworded"]
    assert "b.sta: 2 of 2 lines of account 77" in str(doubts[0])
    assert "a.ofx" in str(doubts[0])


def test_files_of_the_same_days_with_other_amounts_are_all_counted(tmp_path: Path) -> None:
    (tmp_path / "a.ofx").write_text(ofx(1, 30, (2, "-85.00", "a1", "RENT")), encoding="ascii")
    text = mt940("100,00", "11,90", (2, "D85,00", "STANDING ORDER"), (9, "D3,10", "TEA ROOM"))
    (tmp_path / "b.sta").write_text(text, encoding="ascii")
    assert sorted(sums(tmp_path)) == [-8500, -8500, -310]


def test_a_day_that_only_one_file_covers_is_not_compared(tmp_path: Path) -> None:
    (tmp_path / "a.ofx").write_text(ofx(1, 5, (2, "-85.00", "a1", "RENT")), encoding="ascii")
    (tmp_path / "b.ofx").write_text(ofx(20, 30, (22, "-85.00", "z9", "LEASE")), encoding="ascii")
    assert sums(tmp_path) == [-8500, -8500]


def test_a_gap_between_two_files_names_both(tmp_path: Path) -> None:
    (tmp_path / "a.sta").write_text(mt940("100,00", "90,00", (2, "D10,00", "X")), encoding="ascii")
    later = mt940("50,00", "40,00", (2, "D10,00", "Y")).replace("2609", "2610")
    (tmp_path / "b.sta").write_text(later, encoding="ascii")
    [gap] = read_folder(tmp_path).problems
    assert gap.code == "statement.gap"
    assert "a.sta and b.sta" in str(gap)


def test_files_without_an_account_are_compared_with_none_and_named_after_themselves(
    tmp_path: Path,
) -> None:
    table = "Date,Description,Amount,Currency\n2026-09-01,RENT,-85.00,EUR\n2026-09-02,TEA,3.1,EUR\n"
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(table, encoding="ascii")
    found = read_folder(tmp_path)
    assert found.problems == ()
    assert found.repeats == ()
    side = combined(found.bank, "2 bank files")
    assert [each.account for each in side.statements] == ["a.csv", "b.csv"]


def test_an_unreadable_file_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.ofx").write_text(ofx(1, 5, (2, "-85.00", "a1", "RENT")), encoding="ascii")
    (tmp_path / "b.ofx").touch()
    found = read_folder(tmp_path)
    assert [each.file for each in found.bank] == ["a.ofx"]
    assert [(each.file, each.error.code) for each in found.refused] == [("b.ofx", "file.empty")]
