"""Workbooks: XLSX, XLSM, XLSB, XLS and ODS, every sheet looked at, numbers taken exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tieout.core.errors import InvalidInput, Problem, TieoutError
from tieout.core.reading import Reading
from tieout.formats.common.profile import TableProfile, checked
from tieout.formats.common.source import Source
from tieout.formats.common.tables import reading_of
from tieout.formats.common.workbook import Workbook


def read(source: Source, options: Mapping[str, str]) -> Reading:
    """Read the sheets that hold a ledger; name the others."""
    settings = checked(options, source.name)
    book = Workbook(source)
    names = [book.chosen(settings["sheet"])] if settings.get("sheet") else book.sheets
    return _read_sheets(book, names, settings, source)


def _read_sheets(
    book: Workbook, names: Sequence[str], settings: Mapping[str, str], source: Source
) -> Reading:
    read: dict[str, Reading] = {}
    passed: list[Problem] = []
    first_error: TieoutError | None = None
    for name in names:
        try:
            rows = book.rows(name)
            if not rows:
                passed.append(Problem("record.extra", f"the sheet {name!r} is empty"))
                continue
            base = TableProfile(columns={}, sheet=name)
            read[name] = reading_of(rows, settings, base, source.name, "sheet")
        except TieoutError as error:
            first_error = first_error or error
            passed.append(
                Problem("record.extra", f"the sheet {name!r} holds no ledger: {error.found}"[:300])
            )
    if not read:
        raise first_error or InvalidInput(
            "table.column-missing",
            "no row in any sheet",
            "a table with dates and amounts",
            source.name,
        )
    return Reading(
        file=source.name,
        format="sheet",
        variant=source.name.rpartition(".")[2].lower(),
        sha256=source.sha256,
        statements=tuple(
            replace(each, attributes=(*each.attributes, ("sheet", name)))
            for name, reading in read.items()
            for each in reading.statements
        ),
        problems=(*passed, *(problem for reading in read.values() for problem in reading.problems)),
        held=tuple(held for reading in read.values() for held in reading.held),
        mapping=next(iter(read.values())).mapping,
    )
