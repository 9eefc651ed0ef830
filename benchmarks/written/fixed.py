"""Bank files of fixed columns: CODA, CFONB 120, Norma 43; every count and total right."""

from collections.abc import Iterator

from benchmarks.written import Line, total_of

_PLUS, _MINUS = "{ABCDEFGHI", "}JKLMNOPQR"
"""CFONB writes the last digit and the sign as one letter."""


def coda(lines: list[Line]) -> Iterator[str]:
    """CODA version 2: each movement in its records 2.1, 2.2 and 2.3."""
    first, total = lines[0].day, total_of(lines)
    account = f"{'BE68539007547034':<34}EUR"
    header = f"00000{total.day:%d%m%y}30005{'':8}{'FILE':<10}{'EXAMPLE':<26}{'TESTBEBB':<11}"
    yield f"{header}00123456789 00000".ljust(127) + "2\n"
    yield f"12001{account}0{0:015}{first:%d%m%y}{'EXAMPLE':<26}{'CURRENT':<35}001\n"
    for line in lines:
        number = f"{line.number % 9999 + 1:04}0000"
        sign, amount = int(line.minor < 0), abs(line.minor) * 10
        yield f"21{number}{f'REF{line.number}':<21}{sign}{amount:015}{line.day:%d%m%y}001500000"
        yield f"{line.text[:53]:<53}{line.day:%d%m%y}00101 0\n"
        yield f"22{number}{'':53}{f'E{line.number}':<35}{'TESTBEBB':<11}{'':16}1 0\n"
        yield f"23{number}{'BE71096123456769':<34}{'':3}{line.name:<35}{'':43}0 0\n"
    sign = int(total.minor < 0)
    yield f"8001{account}{sign}{abs(total.minor) * 10:015}{total.day:%d%m%y}".ljust(127) + "0\n"
    out, into = (sum(each) * 10 for each in _sides(lines))
    yield f"9{'':15}{len(lines) * 3 + 2:06}{out:015}{into:015}".ljust(127) + "2\n"


def cfonb120(lines: list[Line]) -> Iterator[str]:
    """CFONB 120: each movement in a record 04 and one 05."""
    first, total = lines[0].day, total_of(lines)
    yield _cfonb_balance("01", Line(0, first, 0, ""))
    for line in lines:
        head = f"30004    00821EUR2 00012345678{'B1' if line.minor < 0 else '05'}{line.day:%d%m%y}"
        yield f"04{head}  {line.day:%d%m%y}{line.text[:31]:<33}{line.number:07}00"
        yield f"{_overpunched(line.minor)}{f'R{line.number}':<16}\n"
        yield f"05{head}     LIB{line.text[:70]:<70}  \n"
    yield _cfonb_balance("07", total)


def _cfonb_balance(code: str, line: Line) -> str:
    head = f"{code}30004    00821EUR2 00012345678  {line.day:%d%m%y}"
    return f"{head}{'':50}{_overpunched(line.minor)}{'':16}\n"


def _overpunched(minor: int) -> str:
    tens, last = divmod(abs(minor), 10)
    return f"{tens:013}{(_MINUS if minor < 0 else _PLUS)[last]}"


def norma43(lines: list[Line]) -> Iterator[str]:
    """Norma 43: each movement in a record 22 and one 23."""
    first, total = lines[0].day, total_of(lines)
    account = "210004180001234567"
    yield f"11{account}{first:%y%m%d}{total.day:%y%m%d}2{0:014}9783{'EJEMPLO SL':<26}{'':3}\n"
    for line in lines:
        yield f"22{'':4}0418{line.day:%y%m%d}{line.day:%y%m%d}04007{_signed(line.minor)}"
        yield f"{line.number:010}{0:012}{'':16}\n"
        yield f"2301{line.text[:76]:<76}\n"
    out, into = _sides(lines)
    yield f"33{account}{len(out):05}{sum(out):014}{len(into):05}{sum(into):014}"
    yield f"{_signed(total.minor)}978{'':4}\n88{'9' * 18}{len(lines) * 2 + 2:06}".ljust(103) + "\n"


def _signed(minor: int) -> str:
    return f"{1 if minor < 0 else 2}{abs(minor):014}"


def _sides(lines: list[Line]) -> tuple[list[int], list[int]]:
    """Debits and credits, without sign."""
    out = [-line.minor for line in lines if line.minor < 0]
    return out, [line.minor for line in lines if line.minor >= 0]
