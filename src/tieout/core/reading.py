"""A reading: everything one file says, and everything that could not be understood in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from tieout.core.accounts import Account
from tieout.core.errors import Problem, Severity
from tieout.core.journal import JournalEntry
from tieout.core.statements import Statement


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A record that could not be read: its raw text and why. Nothing is lost."""

    raw: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Reading:
    """The answer of a reader. Bank files fill `statements`, books `entries` and `accounts`."""

    file: str
    """The file's name, without its folder."""
    format: str
    """The reader's name: `ofx`, `camt`, `mt940`, …"""
    variant: str = ""
    """The version or dialect met: `OFX 1.0.2 (SGML)`, `camt.053.001.08`."""
    charset: str = ""
    sha256: str = ""
    statements: tuple[Statement, ...] = ()
    entries: Sequence[JournalEntry] = ()
    accounts: tuple[Account, ...] = ()
    problems: tuple[Problem, ...] = ()
    held: tuple[HeldRecord, ...] = ()
    mapping: tuple[tuple[str, str], ...] = ()
    """For tables: the profile used, as (setting, value); shown, correctable, saved."""

    @property
    def line_count(self) -> int:
        """How many records were read: statement lines and journal entries."""
        return sum(len(each.lines) for each in self.statements) + len(self.entries)

    def all_problems(self) -> tuple[Problem, ...]:
        """Of the file, of its statements, and of the records held back, in that order."""
        return (
            *self.problems,
            *(problem for each in self.statements for problem in each.problems),
            *(each.problem for each in self.held),
        )

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing a person must look at (notes do not count)."""
        return all(problem.severity is Severity.NOTE for problem in self.all_problems())
