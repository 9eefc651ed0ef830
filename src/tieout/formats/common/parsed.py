"""A row of a table as it was parsed, before anything is made of its cells."""

from typing import NamedTuple


class Exact(str):
    """The text of a number cell of a workbook: always with a decimal point, never grouped."""

    __slots__ = ()


class Row(NamedTuple):
    """One row: the line it begins on, and its cells."""

    line: int
    cells: list[str]
