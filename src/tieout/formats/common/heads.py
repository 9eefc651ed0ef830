"""What the first bytes of a file say of it, without a parser."""

import re

SQLITE = b"SQLite format 3\0"
"""How a database of SQLite begins."""
ZIPPED = b"PK\x03\x04"
"""How an archive begins, and so a workbook."""


def root_name(head: bytes) -> str:
    """The bare name of the first element, from the first bytes of a file; empty if none."""
    text = head[:65536].replace(b"\0", b"").decode("latin-1")
    found = re.search(r"<(?:[\w.-]{1,60}:)?([A-Za-z_][\w.-]{0,80})(?=[\s/>])", text)
    return found.group(1) if found else ""
