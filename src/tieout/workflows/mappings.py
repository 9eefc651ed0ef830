"""Mapping files of books, whose text an organisation keeps among its settings."""

import tempfile
from pathlib import Path

from tieout.core.errors import InvalidInput
from tieout.formats.books.mapping import FileMapping, read_mapping
from tieout.formats.books.reader import MAPPED


def mappings_of(text: str) -> dict[str, FileMapping]:
    """What the text of a mapping file says; nothing where it is blank.

    Raises:
        InvalidInput: `match.mapping-invalid` where it is not understood, or names a file that
            would not lie in the folder of the books.
    """
    if not text.strip():
        return {}
    with tempfile.TemporaryDirectory(prefix="tieout-") as folder:
        path = Path(folder) / "mapping.toml"
        path.write_text(text, encoding="utf-8")
        found = read_mapping(path, MAPPED)
    for each in found.values():
        if {"/", "\\", "\0"} & set(each.file) or each.file in {".", ".."}:
            expected = "the name of a file, without folders"
            raise InvalidInput("match.mapping-invalid", f"the file {each.file!r}", expected)
    return found
