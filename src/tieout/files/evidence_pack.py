"""An evidence pack while it is written: a ZIP of tables and files, hashed and added up on the way.

Nothing is whole in memory: rows and bytes are taken as they come.
"""

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import IO, Self

from tieout.core.evidence_pack import INDEX, MANIFEST, SIGNATURE, Manifest, PackFile, Total
from tieout.core.spreadsheets import csv_parts
from tieout.files.drawing import environment

ROWS_SHOWN = 200
"""Rows of a table that the index shows; its file has all."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A table on the index."""

    title: str
    path: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_count: int


class PackWriter:
    """A pack open for writing; `finish` puts index and manifest last."""

    def __init__(self, out: IO[bytes], made_at: datetime) -> None:
        """Begin a pack in `out`, which must be able to seek."""
        self._archive = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._stamp = (made_at.year, made_at.month, made_at.day, made_at.hour, made_at.minute, 0)
        self._paths: set[str] = set()
        self.files: list[PackFile] = []
        self.totals: list[Total] = []
        self.shown: list[Shown] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def table(  # noqa: PLR0913  what a table is, by name
        self,
        path: str,
        title: str,
        header: Sequence[str],
        rows: Iterable[Sequence[object]],
        *,
        sums: Mapping[str, str] | None = None,
        is_shown: bool = False,
    ) -> int:
        """Write a table as CSV in which no text is a formula; how many rows it has.

        Args:
            path: Where in the pack.
            title: For the index.
            header: Names of the columns.
            rows: Cells; amounts are `Decimal`.
            sums: Columns of amounts that are added up, each with the column of its currency.
            is_shown: Whether its first rows stand on the index.
        """
        places = {name: (header.index(name), header.index(of)) for name, of in (sums or {}).items()}
        added: dict[tuple[str, str], Decimal] = {}
        count, kept = 0, list[tuple[str, ...]]()

        def passed() -> Iterator[Sequence[object]]:
            """The rows, counted and added up as they pass."""
            nonlocal count
            for count, row in enumerate(rows, 1):
                if is_shown and count <= ROWS_SHOWN:
                    kept.append(tuple(map(_word, row)))
                for name, (at, of) in places.items():
                    value = row[at]
                    if isinstance(value, Decimal):
                        key = (name, str(row[of]))
                        added[key] = added.get(key, Decimal(0)) + value
                yield row

        with self._file(path, title) as (write, counted):
            for part in csv_parts(header, passed()):
                write(part.encode())
            counted.append(count)
        self.totals += [
            Total(path, name, currency, f"{total:f}")
            for (name, currency), total in sorted(added.items())
        ]
        if is_shown:
            self.shown.append(Shown(title, path, tuple(header), tuple(kept), count))
        return count

    def file(self, path: str, title: str, parts: Iterable[bytes]) -> PackFile:
        """Write a file as it is, part after part."""
        with self._file(path, title) as (write, _):
            for part in parts:
                write(part)
        return self.files[-1]

    def finish(self, manifest: Manifest, *, sign: Callable[[bytes], bytes] | None = None) -> bytes:
        """Write the index, the manifest with all files in it, and its signature; its bytes."""
        page = (
            environment()
            .get_template("evidence_pack.html.j2")
            .render(manifest=replace(manifest, files=tuple(self.files)), shown=self.shown)
        )
        self.file(INDEX, "Index", [page.encode()])
        data = replace(manifest, files=tuple(self.files)).to_bytes()
        self._archive.writestr(self._info(MANIFEST), data)
        if sign is not None:
            self._archive.writestr(self._info(SIGNATURE), sign(data))
        self._archive.close()
        return data

    def _info(self, path: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(path, self._stamp)
        info.compress_type = zipfile.ZIP_DEFLATED
        return info

    @contextmanager
    def _file(self, path: str, title: str) -> Iterator[tuple[Callable[[bytes], None], list[int]]]:
        assert path not in self._paths, path
        digest, sizes, counted = hashlib.sha256(), [0], list[int]()
        with self._archive.open(self._info(path), "w", force_zip64=True) as out:

            def write(data: bytes) -> None:
                digest.update(data)
                sizes[0] += len(data)
                out.write(data)

            yield write, counted
        self._paths.add(path)
        rows = counted[0] if counted else None
        self.files.append(PackFile(path, title, digest.hexdigest(), sizes[0], rows))


def _word(value: object) -> str:
    """A cell as the index says it."""
    if value is None:
        return ""
    return f"{value:,f}" if isinstance(value, Decimal) else str(value)
