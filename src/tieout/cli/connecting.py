"""Fetching and delivering: who signs in, what the options say, what is shown."""

import getpass
import json
import os
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from tieout.cli.screen import ERR, OUT, hanging, plain, progress_bar, show_problems, table
from tieout.connectors.calendar import Calendar
from tieout.connectors.ledgers import Outcome, Standing
from tieout.connectors.sap import Address, SapLedger, Session, Span
from tieout.connectors.sap.session import POSTING_PATH
from tieout.core.errors import InvalidInput
from tieout.core.explain.books import EntryKind
from tieout.files.corrections.forms import write_posting_file
from tieout.files.delivering import Choices, Delivery, deliver
from tieout.files.fetching import connected_system, fetch_books, read_calendar
from tieout.formats.books import read_books

URL, USER, PASSWORD = "TIEOUT_SAP_URL", "TIEOUT_SAP_USER", "TIEOUT_SAP_PASSWORD"
ACCOUNT_TYPES = ("+", "D", "K", "S")
SHOWN_MAX = 40
_WORDS = {
    Standing.POSTED: "[green]✓[/] posted",
    Standing.ALREADY_POSTED: "[green]✓[/] posted before",
    Standing.CHECKED: "[green]✓[/] would be taken",
    Standing.REFUSED: "[red]✗[/] refused",
    Standing.NOT_SENT: "· not sent",
    Standing.UNKNOWN: "[yellow]![/] no answer",
    Standing.POSTED_TWICE: "[red]✗[/] posted twice",
}


def fetch_sap(
    folder: Path,
    *,
    url: str,
    client: str,
    year_begins: datetime | None,
    calendar: Path | None,
    adjustment: tuple[str, ...],
    control: tuple[str, ...],
    closed_through: tuple[str, ...],
    document_type: tuple[str, ...],
    is_dry: bool,
    as_json: bool,
    **asked: Any,
) -> int:
    """Read a company of SAP into a folder; 0 when it is there, or could be."""
    span = Span(
        **asked,
        calendar=_calendar(year_begins, calendar),
        adjustments=pairs(adjustment, "--adjustment ACCOUNT=ACCOUNT"),
        controls=_one_of(pairs(control, "--control ACCOUNT=D|K"), ("D", "K")),
        closed_through=_closed(closed_through),
        document_types=_one_of(
            pairs(document_type, "--document-type TYPE=KIND"), [kind.value for kind in EntryKind]
        ),
    )
    ledger = SapLedger(Session(_address(url, client)), span)
    with progress_bar(shown=not as_json) as progress:
        made = fetch_books(ledger, folder, progress, is_written=not is_dry)
    if as_json:
        said = {"folder": str(made.folder), "rows": dict(made.rows), "notes": list(made.notes)}
        click.echo(json.dumps(said))
        return 0
    shown = table("file", "rows", right=("rows",))
    for name, count in made.rows.items():
        shown.add_row(plain(name), f"{count:,}")
    OUT.print(shown)
    for note in made.notes[:SHOWN_MAX]:
        hanging("·", plain(note))
    if len(made.notes) > SHOWN_MAX:
        OUT.print(f"    [dim]and {len(made.notes) - SHOWN_MAX:,} more: --json has all[/]")
    done = "nothing was written" if is_dry else f"tieout explain {plain(folder)}"
    OUT.print(f"  → {done}")
    return 0


def deliver_sap(
    folder: Path,
    *,
    corrections: Path,
    url: str,
    client: str,
    is_check: bool,
    party: tuple[str, ...],
    sent: Path | None,
    posting_path: str,
    as_json: bool,
) -> int:
    """Check and post the corrections of a file; 0 when all stand as asked."""
    span = Span.of_settings(connected_system(folder))
    address = _address(url, client, posting_path)
    choices = Choices(span.adjustments, pairs(party, "--party CASE=PARTY"), is_check=is_check)
    with progress_bar(shown=not as_json) as progress:
        ledger = SapLedger(Session(address), span)
        made = deliver(ledger, folder, corrections, choices, progress)
    if sent is not None:
        write_posting_file(sent, read_books(folder).books, made.sent)
        ERR.print(f"written {plain(sent)}")
    if as_json:
        click.echo(json.dumps(delivery_data(made)))
    else:
        _show(made)
    return 0 if made.is_complete else 1


def _address(url: str, client: str, posting_path: str = "") -> Address:
    """Where the system is, and who signs in: from the environment, else asked for."""
    where = url or os.environ.get(URL, "")
    if not where:
        raise InvalidInput("command.invalid", "no address", f"--url or {URL}")
    user = os.environ.get(USER) or _asked("User: ", USER)
    password = os.environ.get(PASSWORD) or _asked("Password: ", PASSWORD)
    return Address(where, user, password, client, posting_path or POSTING_PATH)


def _asked(words: str, name: str) -> str:
    """What somebody at the terminal types; the password is not shown."""
    if not sys.stdin.isatty():
        raise InvalidInput("command.invalid", f"no {name}", "it in the environment")
    return getpass.getpass(words) if name == PASSWORD else str(click.prompt(words.rstrip(": ")))


def _calendar(year_begins: datetime | None, calendar: Path | None) -> Calendar | None:
    if calendar is not None:
        return read_calendar(calendar)
    return Calendar.months(year_begins.date()) if year_begins is not None else None


def pairs(said: Iterable[str], expected: str) -> dict[str, str]:
    """`NAME=VALUE` options by name.

    Raises:
        InvalidInput: `command.invalid` where one is no pair, or a name comes twice.
    """
    made: dict[str, str] = {}
    for each in said:
        name, _, value = each.partition("=")
        if not (name and value) or name in made:
            raise InvalidInput("command.invalid", repr(each), expected)
        made[name] = value
    return made


def _one_of(made: dict[str, str], allowed: Iterable[str]) -> dict[str, str]:
    known = list(allowed)
    for name, value in made.items():
        if value not in known:
            raise InvalidInput("command.invalid", f"{name}={value}", ", ".join(known))
    return made


def _closed(said: Iterable[str]) -> dict[str, int]:
    made = pairs([each if "=" in each else f"+={each}" for each in said], "--closed-through 3")
    for name, value in made.items():
        if name not in ACCOUNT_TYPES or not value.isdigit():
            raise InvalidInput("command.invalid", f"{name}={value}", "a period, or D=PERIOD")
    return {name: int(value) for name, value in made.items()}


def delivery_data(made: Delivery) -> dict[str, object]:
    """What became of each document, for programs."""
    return {
        "complete": made.is_complete,
        "refusals": [
            {"code": each.code, "message": str(each), "next_step": each.next_step}
            for each in made.refusals
        ],
        "redirected": list(made.redirected),
        "left": list(made.left),
        "documents": [
            {
                "journal": each.document.journal_id,
                "reference": each.document.reference,
                "standing": each.standing.value,
                "number": each.number,
                "messages": [
                    {"code": one.code, "text": one.text, "is_error": one.is_error}
                    for one in each.messages
                ],
            }
            for each in made.outcomes
        ],
    }


def _show(made: Delivery) -> None:
    for each in made.redirected[:SHOWN_MAX]:
        hanging("·", plain(each))
    shown = table("journal", "reference", "how it stands", "number")
    for outcome in made.outcomes[:SHOWN_MAX]:
        document = outcome.document
        said = (plain(document.journal_id), document.reference)
        shown.add_row(*said, _WORDS[outcome.standing], plain(outcome.number))
    OUT.print(shown)
    if len(made.outcomes) > SHOWN_MAX:
        OUT.print(f"    [dim]and {len(made.outcomes) - SHOWN_MAX:,} more: --json has all[/]")
    for outcome in made.outcomes:
        _show_errors(outcome)
    show_problems(made.refusals)
    for left in made.left[:SHOWN_MAX]:
        hanging("[yellow]![/]", plain(f"Not a journal, to be done in the system: {left}"))
    if len(made.left) > SHOWN_MAX:
        OUT.print(f"    [dim]and {len(made.left) - SHOWN_MAX:,} more: --json has all[/]")
    if any(outcome.standing is Standing.UNKNOWN for outcome in made.outcomes):
        OUT.print("  → Run the same command again: what has arrived is not posted twice.")


def _show_errors(outcome: Outcome) -> None:
    for message in outcome.messages:
        if message.is_error:
            name = outcome.document.journal_id
            hanging("[red]✗[/]", plain(f"{name}: {message.code}: {message.text}"))
