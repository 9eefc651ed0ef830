"""Workbooks: XLSX, XLSM, XLSB, XLS and ODS, every sheet looked at, numbers taken exactly.

Parsed by python-calamine (MIT), which reads all five and never evaluates a formula.
"""

import io
import math
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import python_calamine as calamine

from tieout.core.errors import InvalidInput, Problem, TieoutError
from tieout.core.reading import Reading
from tieout.formats.common.cells import Exact
from tieout.formats.common.profile import TableProfile, checked
from tieout.formats.common.sample import Row
from tieout.formats.common.source import Source
from tieout.formats.common.tables import reading_of

UNPACKED_MAX = 512 * 1024 * 1024
RATIO_MAX = 200
SMALL_ENOUGH = 16 * 1024 * 1024
COLUMNS_MAX = 500
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKS = (b"xl/", b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet")


class Sheet:
    """The format object."""

    name = "sheet"
    title = "Workbook (XLSX, XLS, ODS)"
    side = "table"
    standard = "ISO/IEC 29500 (OOXML), ISO/IEC 26300 (ODF), MS-XLS"
    suffixes = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")

    def recognises(self, source: Source) -> int:
        """By the archive's or the compound file's signature."""
        head, known = source.head, source.name.lower().endswith(self.suffixes)
        if head.startswith(_ZIP):
            return 95 if any(mark in head for mark in _MARKS) else 60 * known
        if head.startswith(_OLE):
            return 90 if known else 55
        return 0

    def read(self, source: Source, options: Mapping[str, str]) -> Reading:
        """Read the sheets that hold a ledger; name the others."""
        settings = checked(options, source.name)
        book = Workbook(source)
        names = [book.chosen(settings["sheet"])] if settings.get("sheet") else book.sheets
        return _read_sheets(book, names, settings, source)


class Workbook:
    """A workbook, refused where it would unpack to far more than a ledger.

    Raises:
        InvalidInput: `file.bomb`, or `file.damaged` where it is none.
    """

    def __init__(self, source: Source) -> None:
        data = source.data()
        _refuse_bomb(data, source.name)
        try:
            self._book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
            self.sheets = tuple(self._book.sheet_names)
        except (calamine.CalamineError, OSError, ValueError) as error:
            raise InvalidInput("file.damaged", f"{error}", "a workbook", source.name) from error
        self._name = source.name

    def chosen(self, sheet: str) -> str:
        """The sheet of that name.

        Raises:
            InvalidInput: `match.mapping-invalid` where there is none.
        """
        if sheet not in self.sheets:
            expected = f"one of {', '.join(self.sheets)}"
            raise InvalidInput("match.mapping-invalid", f"sheet = {sheet!r}", expected, self._name)
        return sheet

    def rows(self, sheet: str) -> list[Row]:
        """The sheet's rows as cells of text, numbers marked as exact; none where all are blank."""
        try:
            found = self._book.get_sheet_by_name(sheet)
        except (calamine.CalamineError, OSError, ValueError) as error:
            raise InvalidInput(
                "file.damaged", f"sheet {sheet!r}: {error}", "a readable sheet", sheet
            ) from error
        if found.width > COLUMNS_MAX:
            raise InvalidInput(
                "table.too-many-columns",
                f"{found.width:,} columns",
                f"at most {COLUMNS_MAX}",
                sheet,
            )
        rows = [
            Row(number, [_text(cell) for cell in row])
            for number, row in enumerate(found.to_python(skip_empty_area=False), 1)
        ]
        return rows if any(any(row.cells) for row in rows) else []


def _read_sheets(
    book: Workbook, names: Sequence[str], settings: Mapping[str, str], source: Source
) -> Reading:
    readings: list[Reading] = []
    passed: list[Problem] = []
    first_error: TieoutError | None = None
    for name in names:
        try:
            rows = book.rows(name)
            if not rows:
                passed.append(Problem("record.extra", f"the sheet {name!r} is empty"))
                continue
            base = TableProfile(columns={}, sheet=name)
            readings.append(reading_of(rows, settings, base, source.name, "sheet"))
        except TieoutError as error:
            first_error = first_error or error
            passed.append(
                Problem("record.extra", f"the sheet {name!r} holds no ledger: {error.found}"[:300])
            )
    if not readings:
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
            replace(each, attributes=(*each.attributes, ("sheet", dict(reading.mapping)["sheet"])))
            for reading in readings
            for each in reading.statements
        ),
        problems=(*passed, *(problem for reading in readings for problem in reading.problems)),
        held=tuple(held for reading in readings for held in reading.held),
        mapping=readings[0].mapping,
    )


def _refuse_bomb(data: bytes, where: str) -> None:
    """Refuse an archive that would unpack to far more than a ledger, before unpacking it.

    Declared sizes can lie, so each part is also unpacked once as a stream up to its limit.
    """
    if not data.startswith(_ZIP):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            total = 0
            for part in archive.infolist():
                declared = part.file_size
                if total + declared > UNPACKED_MAX or (
                    declared > SMALL_ENOUGH and declared > RATIO_MAX * max(1, part.compress_size)
                ):
                    raise InvalidInput(
                        "file.bomb",
                        f"{part.filename} of {declared:,} bytes, packed in {part.compress_size:,}",
                        "a workbook",
                        where,
                    )
                with archive.open(part) as stream:
                    while block := stream.read(1 << 20):
                        total += len(block)
                        if total > UNPACKED_MAX:
                            raise InvalidInput(
                                "file.bomb",
                                f"more than {UNPACKED_MAX:,} bytes",
                                "a workbook",
                                where,
                            )
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        zlib.error,
    ) as error:
        raise InvalidInput(
            "file.damaged", f"an archive that breaks: {error}", "a whole workbook", where
        ) from error


def _text(cell: object) -> str:  # noqa: PLR0911  one return a kind of cell
    """A cell as text: numbers by their shortest exact form, days as ISO 8601."""
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case int():
            return Exact(cell)
        case float():
            return Exact(plain_number(cell)) if math.isfinite(cell) else ""
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
    return str(cell) if cell is not None else ""


def plain_number(number: float) -> str:
    """The shortest decimal that is this number, without exponent or needless zero."""
    text = format(number, "f") if number.is_integer() else repr(number)
    if "e" in text or "E" in text:
        text = f"{number:.20f}".rstrip("0")
    return text.removesuffix(".000000").removesuffix(".0")


FORMAT = Sheet()
