"""Mapping files of books, whose text an organisation keeps among its settings."""

import tempfile
from pathlib import Path

from tieout.formats.books.mapping import FileMapping, read_mapping
from tieout.formats.books.reader import MAPPED


def mappings_of(text: str) -> dict[str, FileMapping]:
    """What the text of a mapping file says; nothing where it is blank.

    Raises:
        InvalidInput: `match.mapping-invalid` where it is not understood.
    """
    if not text.strip():
        return {}
    with tempfile.TemporaryDirectory(prefix="tieout-") as folder:
        path = Path(folder) / "mapping.toml"
        path.write_text(text, encoding="utf-8")
        return read_mapping(path, MAPPED)
