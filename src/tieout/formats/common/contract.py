"""The contract of a reader: what a format module declares and what it promises.

A format is an object with these attributes. Promises, checked by the conformance suite in
`tieout.testing.formats`:

* it never raises anything but `TieoutError`, whatever the bytes;
* every record of the file is a line, an entry, a held record, or named in a problem;
* the same bytes give the same reading;
* every statement's `problems` contain what `core.statements.tie` says of it.
"""

from collections.abc import Mapping
from typing import Protocol

from tieout.core.reading import Reading
from tieout.formats.common.source import Source


class Format(Protocol):
    """One file format."""

    @property
    def name(self) -> str:
        """The short name used by `--format` and in readings."""

    @property
    def title(self) -> str:
        """The name people know."""

    @property
    def side(self) -> str:
        """`bank`, `books` or `table`."""

    @property
    def standard(self) -> str:
        """Where the format is defined: document and version, or the program that writes it."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """File name endings, lower case with the dot; a hint, never the decision."""

    def recognises(self, source: Source) -> int:
        """How sure the reader is, 0 to 100, from `source.head` and the name alone.

        90 and more: an unmistakable signature. 50: plausible structure. 20: only the suffix.
        """

    def read(self, source: Source, options: Mapping[str, str]) -> Reading:
        """Read the whole source. `options` come from a mapping or the command line."""
