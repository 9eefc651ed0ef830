"""A table whose rows are all in memory, as sheets are, made a reading."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from tieout.core.errors import Problem
from tieout.core.reading import Reading
from tieout.formats.common import ledger
from tieout.formats.common.guess import guess
from tieout.formats.common.parsed import Row
from tieout.formats.common.preamble import facts_of, name_preamble
from tieout.formats.common.profile import TableProfile
from tieout.formats.common.rows import Findings, PlainRows
from tieout.formats.common.sample import Guess


def reading_of(
    rows: Sequence[Row],
    settings: Mapping[str, str],
    base: TableProfile,
    file: str,
    format_name: str,
) -> Reading:
    """The reading of these rows; raises what `guess` raises when they are no ledger."""
    guessed = guess(rows, settings, base)
    findings = Findings()
    plain_rows = PlainRows(guessed.profile, findings)
    name_preamble(rows, guessed, plain_rows)
    for record, row in enumerate(rows[guessed.first_row :], 1):
        plain_rows.read(record, row)
    facts = facts_of(rows[: guessed.first_row - 1] if guessed.first_row else [])
    return finished(plain_rows.lines.table(), guessed, findings, facts, Reading(file, format_name))


def finished(  # noqa: PLR0913, PLR0917  what reading a table has found
    table: pa.Table,
    guessed: Guess,
    findings: Findings,
    facts: ledger.Facts,
    begun: Reading,
    small: int = ledger.SMALL,
) -> Reading:
    """The reading of a table of ledger columns and of what was found beside them."""
    made = ledger.statements(table, guessed.profile, findings, facts, small)
    empty = not table.num_rows and not findings.held
    nothing = (Problem("file.no-records", "a header and no rows"),) if empty else ()
    return replace(
        begun,
        statements=made,
        problems=(*begun.problems, *guessed.problems(), *nothing, *findings.problems()),
        held=tuple(sorted(findings.held, key=lambda each: each.problem.place.line or 0)),
        mapping=guessed.profile.settings(),
    )
