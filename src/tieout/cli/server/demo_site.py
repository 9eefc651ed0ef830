"""The demo firm on a server: two people, its files imported, its accounts matched.

It lives in a home of its own, so that it never mixes with real books; a second run finds all there.
"""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tieout.cli.server import serve
from tieout.cli.server.wiring import wiring
from tieout.core.access import Role
from tieout.core.errors import Conflict, TieoutError
from tieout.formats.common.source import Source

if TYPE_CHECKING:
    from tieout.workflows.acting import Caller

FIRM = "Larkfield Joinery"
PORT = 8000
HOME = "TIEOUT_HOME"
OWNER = "olga@larkfield.example"
REVIEWER = "rudi@larkfield.example"
PASSWORD = "larkfield-kettle-orbit-fern"  # noqa: S105  of invented people, on this machine alone
BOOKS = "Harbour Supplies"
BOOKS_FOLDER = Path(__file__).parents[1] / "demo_books"
CARD = "8841"
"""The card's file names no account: whoever imports it does."""
PAIRS = (
    ("Assets:Bank:Current", "Current account", "41234567", "GBP"),
    ("Assets:Bank:Euro", "Euro account", "GB33LARK20115590001122", "EUR"),
    ("Liabilities:Card", "Company card", CARD, "GBP"),
)


def run(ctx: click.Context, folder: Path) -> int:
    """Serve the demo firm from a home of its own until told to stop; 0."""
    wired = wiring(ctx)
    home = Path(os.environ.get(HOME) or f"{wired.home}-demo")
    os.environ[HOME] = str(home)
    os.environ.setdefault("TIEOUT_LOG", "plain")  # a person reads along
    serve.check_home(home)
    try:
        port = serve.free_port("127.0.0.1", PORT)
    except Conflict:
        port = 0
    click.echo("\nStarting the server with the same firm (the first time takes half a minute) ...")
    return serve.run(
        ctx,
        host="127.0.0.1",
        port=port,
        workers=1,
        prepare=lambda: load(folder, now=wired.now()),
    )


def load(folder: Path, *, now: datetime) -> list[str]:
    """The firm as far as it is not there yet; what to tell the person who started the demo."""
    from tieout.workflows.create_person import person_of  # noqa: PLC0415  the database is open now

    if person_of(OWNER) is None:
        click.echo("Making the firm, and books to explain ...")
        caller = _founded(now)
        _explained(caller, now)
        files = sorted(folder.iterdir())
        with click.progressbar(files, label="Importing the firm's files") as several:
            _imported(caller, several, now)
        _matched(caller, now)
    return [
        f"Sign in as {OWNER} (owner) or {REVIEWER} (reviewer).",
        f"Password of both: {PASSWORD}",
    ]


def _founded(now: datetime) -> "Caller":
    from tieout.workflows.add_member import add_member  # noqa: PLC0415  as above
    from tieout.workflows.create_organisation import create_organisation  # noqa: PLC0415  as above
    from tieout.workflows.create_person import create_person  # noqa: PLC0415  as above

    owner = create_person(email=OWNER, password=PASSWORD, name="Olga Lark", now=now)
    reviewer = create_person(email=REVIEWER, password=PASSWORD, name="Rudi Field", now=now)
    caller = create_organisation(
        name=FIRM,
        owner_email=OWNER,
        owner_name="Olga Lark",
        person_id=owner,
        origin="demo",
        now=now,
    )
    add_member(
        caller, email=REVIEWER, role=Role.REVIEWER, name="Rudi Field", person_id=reviewer, now=now
    )
    return caller


def _imported(caller: "Caller", files: Iterable[Path], now: datetime) -> None:
    """Each file; one that cannot be read is kept, and its refusal is in the trail."""
    from tieout.workflows.import_file import import_file  # noqa: PLC0415  as above
    from tieout.workflows.receive_file import receive_file  # noqa: PLC0415  as above

    for path in files:
        try:
            received = receive_file(caller, source=Source.of(path), now=now)
            account = CARD if path.stem.startswith("card") else ""
            import_file(caller, file_id=received.file_id, account=account, now=now)
        except TieoutError:
            continue


def _explained(caller: "Caller", now: datetime) -> None:
    """The worked example as books of the firm's client: why its control accounts differ."""
    from tieout.workflows.explain_books import explain_books  # noqa: PLC0415  as above
    from tieout.workflows.receive_file import receive_file  # noqa: PLC0415  as above
    from tieout.workflows.set_books import set_books  # noqa: PLC0415  as above
    from tieout.workflows.take_snapshot import take_snapshot  # noqa: PLC0415  as above

    books = set_books(caller, name=BOOKS, now=now)
    files = {
        path.name: receive_file(caller, source=Source.of(path), now=now).file_id
        for path in sorted(BOOKS_FOLDER.iterdir())
    }
    take_snapshot(caller, books_id=books, files=files, now=now)
    explain_books(caller, books_id=books, now=now)


def _matched(caller: "Caller", now: datetime) -> None:
    """The accounts that the books have an account for, matched."""
    from tieout.workflows.reconcile import reconcile, set_reconciliation  # noqa: PLC0415  as above
    from tieout.workflows.views.banking import bank_accounts  # noqa: PLC0415  as above

    known = bank_accounts(caller)
    for code, name, number, currency in PAIRS:
        found = [each for each in known if each.number == number and each.currency == currency]
        if found:
            made = set_reconciliation(
                caller,
                name=name,
                bank_account_id=found[0].account_id,
                account_code=code,
                now=now,
            )
            reconcile(caller, reconciliation_id=made, now=now)
