"""What a guess of a mapping is: choices with their reasons, gaps with what to write."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tieout.formats.books.mapping import FileMapping


class Sureness(StrEnum):
    """How sure a choice is."""

    GIVEN = "given"
    """A person said so."""
    CERTAIN = "certain"
    """The words name it and the cells bear it out."""
    LIKELY = "likely"
    """The words or the cells name it; nothing speaks against it."""
    GUESS = "guess"
    """It would fit; look at it."""


@dataclass(frozen=True)
class Choice:
    """One thing that was chosen for a table."""

    what: str
    """A column of the layout, or a line of the mapping such as `date_format`."""
    chosen: str
    """Where it comes from, as a person reads it."""
    sureness: Sureness
    reason: str


@dataclass(frozen=True)
class Gap:
    """One thing that is missing, or that can be read in two ways and was therefore not chosen."""

    table: str
    what: str
    found: str
    """What there is instead, as a sentence."""
    write: tuple[str, ...]
    """Lines for the mapping file, of which one is right; else what to do, after `# `."""
    readings: tuple[str, ...] = ()
    """The ways it can be read, as many as there are lines to write; empty where it is missing."""

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Each line to write with what it would mean; blank where something is missing."""
        return tuple(zip(self.write, self.readings or ("",) * len(self.write), strict=True))

    @property
    def is_ambiguous(self) -> bool:
        """Whether it is there and can be read in more than one way."""
        return len(self.readings) > 1


@dataclass
class TableGuess:
    """How one table of the layout is made from a file, as far as it was found out."""

    name: str
    """Of the layout, without `.csv`."""
    file: str
    delimiter: str = ","
    sheet: str = ""
    heading_line: int = 1
    decimal_mark: str = "."
    date_format: str = ""
    negate: set[str] = field(default_factory=set)
    is_sign_given: bool = False
    """Whether a person has said which amounts are negated, and be it none."""
    columns: dict[str, str] = field(default_factory=dict)
    less: dict[str, str] = field(default_factory=dict)
    negate_where: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    choices: list[Choice] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    not_found: tuple[str, ...] = ()
    """Columns of the layout that the file has not and that are not needed."""

    def say(self, what: str, chosen: str, sureness: Sureness, reason: str) -> None:
        """Note what was chosen."""
        self.choices.append(Choice(what, chosen, sureness, reason))

    def lack(
        self, what: str, found: str, write: tuple[str, ...], readings: tuple[str, ...] = ()
    ) -> None:
        """Note what is missing or ambiguous."""
        self.gaps.append(Gap(self.name, what, found, write, readings))

    @property
    def called(self) -> str:
        """File and sheet as a person names them."""
        return f"{self.file} ({self.sheet})" if self.sheet else self.file

    @property
    def parts(self) -> dict[str, object]:
        """The table of the mapping file, without what is as in the layout."""
        made: dict[str, object] = {"file": self.file}
        if self.sheet:
            made["sheet"] = self.sheet
        if self.heading_line != 1:
            made["heading_line"] = self.heading_line
        if self.delimiter != ",":
            made["delimiter"] = self.delimiter
        if self.decimal_mark != ".":
            made["decimal_mark"] = self.decimal_mark
        if self.date_format:
            made["date_format"] = self.date_format
        if self.negate or self.is_sign_given:
            made["negate"] = sorted(self.negate)
        is_renamed = any(column != source.casefold() for column, source in self.columns.items())
        further: Mapping[str, Mapping[str, object]] = {
            "columns": self.columns if is_renamed else {},
            "less": self.less,
            "negate_where": self.negate_where,
            "constants": self.constants,
            "values": self.values,
        }
        return made | {name: dict(part) for name, part in further.items() if part}

    @property
    def mapping(self) -> FileMapping:
        """The same for the reader."""
        return FileMapping(
            file=self.file,
            sheet=self.sheet,
            heading_line=self.heading_line,
            delimiter=self.delimiter,
            decimal_mark="," if self.decimal_mark == "," else ".",
            date_format=self.date_format,
            negate=frozenset(self.negate),
            columns=self.columns,
            constants=self.constants,
            values=self.values,
            less=self.less,
            negate_where=self.negate_where,
        )


@dataclass(frozen=True)
class BooksGuess:
    """A mapping proposed for a folder."""

    folder: str
    tables: tuple[TableGuess, ...]
    gaps: tuple[Gap, ...]
    """Of the folder as a whole and of its tables."""
    unused: tuple[tuple[str, str], ...]
    """Files that are no table of the layout, each with the reason."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing and nothing ambiguous."""
        return not self.gaps
