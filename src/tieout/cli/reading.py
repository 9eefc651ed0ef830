"""`tieout read` and `tieout formats`."""

import json
import sys
from pathlib import Path
from typing import Any

from tieout.cli.screen import OUT, is_narrow, plain, show_problems, table
from tieout.core.errors import InvalidInput, TieoutError
from tieout.core.money import format_minor
from tieout.core.reading import Reading
from tieout.core.statements import Statement, StatementLine
from tieout.files.reading import read
from tieout.formats.registry import FORMATS, format_named

EXAMPLES_MAX = 8


def run(
    files: tuple[Path, ...],
    *,
    format_name: str,
    mapping: Path | None,
    save_map: Path | None,
    lines: bool,
    as_json: bool,
) -> int:
    """Read each file and show it; one that cannot be read does not stop the others."""
    worst = 0
    shown: list[dict[str, Any]] = []
    for file in files:
        try:
            reading = read(file, format=format_name, mapping=mapping)
        except TieoutError as error:
            worst = 2
            shown.append({"file": str(file), "error": _error(error)})
            if not as_json:
                OUT.print(f"[bold]{plain(file.name)}[/]  [red]✗ unreadable[/]")
                OUT.print(f"  {plain(error)}\n  [dim]→ {plain(error.next_step)}[/]")
            continue
        worst = max(worst, 0 if reading.is_clean else 1)
        if save_map:
            _save(reading, save_map)
        if as_json:
            shown.append(as_data(reading))
        else:
            show(reading, lines=lines)
    if as_json:
        json.dump(shown[0] if len(shown) == 1 else shown, sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    return worst


def _save(reading: Reading, path: Path) -> None:
    from tieout.formats.common.profile import dump_profile  # noqa: PLC0415  only for tables

    if not reading.mapping:
        raise InvalidInput("match.mapping-invalid", f"a {reading.format} file", "a table")
    try:
        path.write_text(dump_profile(reading.mapping), encoding="utf-8")
    except OSError as error:
        raise InvalidInput(
            "output.not-writable", f"{path}: {error.strerror}", "a file to write"
        ) from error


def _error(error: TieoutError) -> dict[str, str]:
    return {"code": error.code, "message": str(error), "next_step": error.next_step}


def show(reading: Reading, *, lines: bool) -> None:
    """A reading as a person would want to see it."""
    variant = f", {plain(reading.variant)}" if reading.variant else ""
    mark = "[green]✓ read[/]" if reading.is_clean else "[yellow]! read with problems[/]"
    OUT.print(f"[bold]{plain(reading.file)}[/]  {reading.format}{variant}  {mark}")
    if reading.statements:
        _show_statements(reading.statements)
    if reading.entries:
        postings = sum(len(entry.postings) for entry in reading.entries)
        OUT.print(
            f"  {len(reading.entries):,} journal entries, {postings:,} postings, "
            f"{len(reading.accounts):,} accounts"
        )
    if reading.mapping:
        settings = ", ".join(f"{key} = {plain(value)}" for key, value in reading.mapping)
        OUT.print(f"  [dim]mapping: {settings}[/]")
    if lines:
        _show_lines(reading)
    show_problems(reading.all_problems())
    OUT.print()


def _show_statements(statements: tuple[Statement, ...]) -> None:
    first = ["account and span"] if is_narrow() else ["account", "span"]
    made = table(
        *first, "lines", "sum", "opening", "closing", "ties",
        right=("lines", "sum", "opening", "closing"),
    )  # fmt: skip
    for each in statements[:200]:
        exponent = each.currency.exponent if each.currency else 2
        code = each.currency.code if each.currency else ""
        opening = format_minor(each.opening.amount_minor, exponent) if each.opening else "–"
        closing = format_minor(each.closing.amount_minor, exponent) if each.closing else "–"
        names = [plain(f"{each.account or '(not named)'} {each.number}".strip()), span_of(each)]
        made.add_row(
            *(["\n".join(names)] if is_narrow() else names),
            f"{len(each.lines):,}",
            f"{format_minor(each.booked_minor, exponent)} {code}",
            opening,
            closing,
            {
                True: "[green]✓ ties[/]",
                False: "[red]✗ does not tie[/]",
                None: "[dim]– no balances[/]",
            }[each.ties],
        )
    OUT.print(made)
    if len(statements) > 200:
        OUT.print(f"  [dim]and {len(statements) - 200:,} more statements[/]")


def span_of(statement: Statement) -> str:
    """The days a statement covers, as it says or as its lines show."""
    first, last = statement.begins_on, statement.ends_on
    if first is None or last is None:
        dates = [line.booked_on for line in statement.lines[:10_000] if line.booked_on]
        first, last = first or min(dates, default=None), last or max(dates, default=None)
    return f"{first or '?'} – {last or '?'}" if first or last else "–"


def _show_lines(reading: Reading) -> None:
    made = table("date", "amount", "counterparty", "narrative", "reference", right=("amount",))
    for statement in reading.statements:
        for line in statement.lines:
            made.add_row(
                str(line.booked_on or "no date"),
                f"{format_minor(line.signed_minor, line.currency.exponent)} {line.currency.code}",
                plain(line.counterparty),
                plain(line.narrative),
                plain(" ".join(line.references)),
            )
    OUT.print(made)


def as_data(reading: Reading) -> dict[str, Any]:
    """The reading as JSON-ready data; amounts in minor units, with the decimals beside them."""
    return {
        "file": reading.file,
        "format": reading.format,
        "variant": reading.variant,
        "charset": reading.charset,
        "sha256": reading.sha256,
        "statements": [_statement(each) for each in reading.statements],
        "entries": [
            {
                "entry_id": entry.entry_id,
                "booked_on": _day(entry.booked_on),
                "counterparty": entry.counterparty,
                "narrative": entry.narrative,
                "references": list(entry.references),
                "postings": [
                    {
                        "account": posting.account,
                        "amount_minor": posting.amount_minor,
                        "direction": posting.direction.value,
                        "currency": posting.currency.code,
                        "decimals": posting.currency.exponent,
                    }
                    for posting in entry.postings
                ],
            }
            for entry in reading.entries
        ],
        "mapping": dict(reading.mapping),
        "problems": [
            {
                "code": each.code,
                "severity": each.severity.value,
                "message": str(each),
                "next_step": each.next_step,
                "line": each.place.line,
                "record": each.place.record,
                "field": each.place.field,
            }
            for each in reading.all_problems()
        ],
        "held": [{"raw": each.raw, "code": each.problem.code} for each in reading.held],
    }


def _statement(statement: Statement) -> dict[str, Any]:
    currency = statement.currency
    return {
        "account": statement.account,
        "currency": currency.code if currency else None,
        "decimals": currency.exponent if currency else None,
        "number": statement.number,
        "begins_on": _day(statement.begins_on),
        "ends_on": _day(statement.ends_on),
        "opening_minor": statement.opening.amount_minor if statement.opening else None,
        "closing_minor": statement.closing.amount_minor if statement.closing else None,
        "line_count": len(statement.lines),
        "sum_minor": statement.booked_minor,
        "ties": statement.ties,
        "lines": [_line(line) for line in statement.lines],
    }


def _line(line: StatementLine) -> dict[str, Any]:
    return {
        "booked_on": _day(line.booked_on),
        "value_on": _day(line.value_on),
        "amount_minor": line.amount_minor,
        "direction": line.direction.value,
        "currency": line.currency.code,
        "decimals": line.currency.exponent,
        "status": line.status.value,
        "bank_id": line.bank_id,
        "references": list(line.references),
        "counterparty": line.counterparty,
        "counterparty_account": line.counterparty_account,
        "narrative": line.narrative,
        "kind": line.kind,
        "line": line.place.line,
    }


def _day(day: object) -> str | None:
    return str(day) if day else None


def list_formats(*, as_json: bool) -> None:
    """Every format, what it is for, and where it is defined."""
    formats = [format_named(name) for name in FORMATS]
    if as_json:
        data = [
            {
                "name": f.name,
                "title": f.title,
                "side": f.side,
                "standard": f.standard,
                "suffixes": list(f.suffixes),
            }
            for f in formats
        ]
        sys.stdout.write(json.dumps(data, indent=1) + "\n")
        return
    made = table("name", "what", "side", "endings", "defined by")
    for each in formats:
        made.add_row(each.name, each.title, each.side, " ".join(each.suffixes), each.standard)
    OUT.print(made)
