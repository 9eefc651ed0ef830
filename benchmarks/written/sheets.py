"""Workbooks: the table of the lines as XLSX and as ODS."""

import zipfile
from pathlib import Path

import xlsxwriter

from benchmarks.written import Line

_HEADS = ("Date", "Description", "Amount", "Currency")
_SPACES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)
_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="'
    'application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)


def xlsx(lines: list[Line], path: Path) -> None:
    """A workbook of one sheet; dates and amounts are numbers."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Lines")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, _HEADS)
        for row, line in enumerate(lines, 1):
            sheet.write_datetime(row, 0, line.day, day)
            sheet.write_string(row, 1, line.text)
            sheet.write_number(row, 2, line.minor / 100)
            sheet.write_string(row, 3, "GBP")


def ods(lines: list[Line], path: Path) -> None:
    """The same as OpenDocument."""
    rows = ["".join(_text(head) for head in _HEADS)]
    for line in lines:
        amount = f'office:value-type="float" office:value="{line.decimal}"'
        rows.append(
            f'<table:table-cell office:value-type="date" office:date-value="{line.day}"/>'
            f"{_text(line.text)}<table:table-cell {amount}/>{_text('GBP')}"
        )
    body = "".join(f"<table:table-row>{row}</table:table-row>\n" for row in rows)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content{_SPACES}>'
        f'<office:body><office:spreadsheet><table:table table:name="Lines">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.writestr("content.xml", content)


def _text(text: str) -> str:
    return (
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    )
