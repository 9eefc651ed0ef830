"""An explanation as a workbook and as a PDF; imported only where one is asked for."""

from pathlib import Path

from tieout.files.explained_bridge import bridge_of_ledger
from tieout.files.explained_report import SUMMARY, explained_reports
from tieout.files.explaining import Explanation
from tieout.files.pdf import write_pdf
from tieout.files.workbook import write_workbook


def write_files(
    made: Explanation, excel_file: Path | None = None, pdf_file: Path | None = None
) -> tuple[Path, ...]:
    """Write an explanation as a workbook, as a PDF, or both; the files that were written."""
    reports = explained_reports(made)
    bridges = {
        f"{each.ledger.value}-{SUMMARY}": bridge_of_ledger(made, each).bars for each in made.ledgers
    }
    written = []
    if excel_file is not None:
        written.append(write_workbook(excel_file, reports, bridges))
    if pdf_file is not None:
        written.append(write_pdf(pdf_file, reports, bridges))
    return tuple(written)
