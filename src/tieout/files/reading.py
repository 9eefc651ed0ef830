"""`tieout.read`: one file to a reading, with the format found or named."""

from collections.abc import Mapping
from pathlib import Path

from tieout.core.errors import InvalidInput
from tieout.core.reading import Reading
from tieout.formats.common.source import Source
from tieout.formats.registry import read_source


def read(
    file: str | Path,
    *,
    format: str = "",  # noqa: A002  the word people know for it
    mapping: Mapping[str, str] | str | Path | None = None,
) -> Reading:
    """Read one bank or books file.

    Args:
        file: Path of the file; any format that `tieout formats` lists.
        format: The format's name; found from the content when empty.
        mapping: For tables: the profile to use, as settings or as a profile file (TOML).

    Returns:
        Statements or journal entries, and every problem found, each with code and place.

    Raises:
        TieoutError: When nothing in the file can be read; says what was found and what to do.
    """
    return read_source(Source.of(Path(file)), format, load_mapping(mapping))


def load_mapping(mapping: Mapping[str, str] | str | Path | None) -> Mapping[str, str]:
    """Settings as they are, or from a profile file."""
    if mapping is None:
        return {}
    if isinstance(mapping, Mapping):
        return mapping
    from tieout.formats.common.profile import load_profile  # noqa: PLC0415  start-up time counts

    path = Path(mapping)
    try:
        return load_profile(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput("match.mapping-invalid", f"{path}: {error}", "a profile file") from error
