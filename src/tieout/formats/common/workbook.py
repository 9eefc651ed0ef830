"""The sheets of a workbook as rows of text, by python-calamine (MIT); no formula is evaluated."""

import io
import math
import zipfile
import zlib
from datetime import date, datetime, time, timedelta

import python_calamine as calamine

from tieout.core.errors import InvalidInput
from tieout.formats.common.heads import ZIPPED
from tieout.formats.common.parsed import Exact, Row
from tieout.formats.common.source import Source

UNPACKED_MAX = 512 * 1024 * 1024
RATIO_MAX = 200
SMALL_ENOUGH = 16 * 1024 * 1024
COLUMNS_MAX = 500


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


def _refuse_bomb(data: bytes, where: str) -> None:
    """Refuse an archive that would unpack to far more than a ledger, before unpacking it.

    Declared sizes can lie, so each part is also unpacked once as a stream up to its limit.
    """
    if not data.startswith(ZIPPED):
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
