"""`tieout.match`: two files, tables or readings to a result that accounts for every record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from time import perf_counter
from typing import Literal

import pyarrow.compute as pc

from tieout import engine as matching_engine
from tieout.core.errors import InvalidInput, Problem
from tieout.core.matching.rules import MatchRules
from tieout.core.reading import Reading
from tieout.engine.compiled import get_ready
from tieout.engine.result import MatchResult
from tieout.engine.workers import over
from tieout.files.currencies import agree_on_currency
from tieout.files.openings import explain_openings
from tieout.files.pairing import pair_accounts
from tieout.files.reading import read
from tieout.files.records import SideRecords, only_accounts, same_count, side_of
from tieout.files.rules import load_rules

ENGINES = ("auto", "duckdb", "reference")
LARGE = 4_000_000
"""A file of so many bytes is read longer than the compiler takes to be loaded."""


@dataclass(frozen=True)
class MatchRun:
    """A match run: the engine's answer and what went into it."""

    result: MatchResult
    left: SideRecords
    right: SideRecords
    readings: tuple[Reading | None, Reading | None]
    rules: MatchRules
    seconds: Mapping[str, float]

    @property
    def agreed(self) -> bool:
        """Whether nothing is left: no unmatched record, no residual, no suggestion to decide."""
        matches = self.result.matches
        return (
            self.result.unmatched.num_rows == 0
            and not pc.any(pc.not_equal(matches["residual_minor"], 0)).as_py()
            and "suggested" not in matches["status"].unique().to_pylist()
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What reading the two files found."""
        return (*self.left.problems, *self.right.problems)

    @property
    def notes(self) -> tuple[str, ...]:
        """Every guess and every limit of this run, in plain sentences."""
        said = self.result.summary.get("notes", ())
        engine_notes = [str(each) for each in said] if isinstance(said, list | tuple) else []
        return (*self.left.notes, *self.right.notes, *engine_notes)


def match(  # noqa: PLR0913  the public door: every argument is a setting by name
    left: object,
    right: object,
    *,
    rules: Mapping[str, object] | str | Path | MatchRules | None = None,
    map_left: Mapping[str, str] | str | Path | None = None,
    map_right: Mapping[str, str] | str | Path | None = None,
    format_left: str = "",
    format_right: str = "",
    account_left: Sequence[str] = (),
    account_right: Sequence[str] = (),
    currency: str = "",
    engine: Literal["auto", "duckdb", "reference"] = "auto",
    progress: Callable[[str, float], None] | None = None,
) -> MatchRun:
    """Match two populations.

    Args:
        left: A path of any readable format, a `Reading`, or an Arrow table or data frame with
            the columns of `core.matching.records.RECORD_COLUMNS`.
        right: The other side, in the same forms.
        rules: A rules file, settings, or `MatchRules`; everything not set is learned.
        map_left: For a table on the left: its profile (see `tieout.read`).
        map_right: The same for the right.
        format_left: The left file's format, when it is not to be found out.
        format_right: The right file's format.
        account_left: Accounts of the left to compare; found by common amounts when books name
            many and none is given.
        account_right: The same for the right.
        currency: The currency of a side that names none.
        engine: `auto`, `duckdb` or `reference`.
        progress: Called with a stage's name and the share done, 0 to 1.

    Returns:
        The run: groups, unmatched records and summary in `.result`, as Arrow tables.

    Raises:
        TieoutError: When a side cannot be read or the result does not add up.
    """
    if engine not in ENGINES:
        raise InvalidInput("match.rules-invalid", f"the engine {engine!r}", f"one of {ENGINES}")
    say = progress or (lambda _stage, _share: None)
    began = perf_counter()
    say("reading both sides", 0.0)
    if _is_large(left) or _is_large(right):
        Thread(target=_get_ready).start()
    (a, left_reading), (b, right_reading) = over(
        _load, (("left", left, format_left, map_left), ("right", right, format_right, map_right))
    )
    a, b = only_accounts(a, account_left), only_accounts(b, account_right)
    a, b = same_count(*agree_on_currency(a, b, currency))
    settings = load_rules(rules)
    if not settings.ignore_account and not settings.exact_accounts:
        a = replace(a, is_books=a.is_books and not account_left)
        b = replace(b, is_books=b.is_books and not account_right)
        a, b, pairs = pair_accounts(a, b)
        settings = replace(settings, exact_accounts=pairs)
    read_seconds = perf_counter() - began
    result = matching_engine.match(
        a.table,
        b.table,
        settings,
        backend="reference" if engine == "reference" else "duckdb",
        progress=lambda stage, share: say(stage, 0.2 + 0.8 * share),
        exponents=a.exponents,
    )
    seconds = {"reading": read_seconds, "matching": perf_counter() - began - read_seconds}
    readings = left_reading, right_reading
    result = explain_openings(result, readings, a.exponents)
    return MatchRun(result, a, b, readings, settings, seconds)


def _is_large(source: object) -> bool:
    path = Path(source) if isinstance(source, str | Path) else None
    return path is not None and path.is_file() and path.stat().st_size >= LARGE


def _get_ready() -> None:
    """Load the compiler and the engine."""
    get_ready()
    _ = matching_engine.match


def _load(
    asked: tuple[str, object, str, Mapping[str, str] | str | Path | None],
) -> tuple[SideRecords, Reading | None]:
    label, source, format_name, mapping = asked
    if isinstance(source, str | Path):
        source = read(source, format=format_name, mapping=mapping)
    return side_of(source, label), source if isinstance(source, Reading) else None
