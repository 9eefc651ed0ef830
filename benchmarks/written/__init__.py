"""One account's lines as every format would write them: what the readers are measured on."""

from datetime import date
from typing import NamedTuple

BANK = "Assets:Bank"
"""The account of the bank in the books."""
OTHER = "Expenses:Other"
"""The account that every entry of the books has on its other side."""


class Line(NamedTuple):
    """What every format can say of a bank line."""

    number: int
    day: date
    minor: int
    text: str

    @property
    def decimal(self) -> str:
        """The amount with its sign, two decimals."""
        return f"{'-' if self.minor < 0 else ''}{self.unsigned}"

    @property
    def unsigned(self) -> str:
        """The amount without its sign, two decimals."""
        return f"{abs(self.minor) // 100}.{abs(self.minor) % 100:02}"

    @property
    def opposite(self) -> str:
        """The amount of the other side."""
        return Line(self.number, self.day, -self.minor, "").decimal

    @property
    def name(self) -> str:
        """The beginning of the text, as the other party's name."""
        return self.text[:24].strip()


def total_of(lines: list[Line]) -> Line:
    """The sum of all lines, on the last day."""
    return Line(0, lines[-1].day, sum(line.minor for line in lines), "")
