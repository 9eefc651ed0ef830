"""Corrections as files: what is to be posted, in the form that the ledger's system takes.

Every form is read back by the same room, so that what was posted can be proved.
"""

from tieout.files.corrections.filed import Filed
from tieout.files.corrections.forms import FORMS, read_posting_file, write_posting_file

__all__ = ["FORMS", "Filed", "read_posting_file", "write_posting_file"]
