"""`tieout fetch` and `tieout deliver`: ledgers of connected systems, their options."""

from pathlib import Path
from typing import Any

import click

PATH = click.Path(path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])


@click.group("fetch")
def fetch_group() -> None:
    """Read the ledgers of another system into a books folder."""


@click.group("deliver")
def deliver_group() -> None:
    """Post accepted corrections in the system that the books are from."""


@fetch_group.command("sap")
@click.option("--to", "folder", type=PATH, required=True, metavar="FOLDER", help="A new folder.")
@click.option("--url", default="", help="The system; else TIEOUT_SAP_URL.")
@click.option("--client", default="", help="The SAP client, three digits; else the system's own.")
@click.option("--company", required=True, help="The company code.")
@click.option("--year", type=int, required=True, help="The fiscal year.")
@click.option("--through", type=click.IntRange(1, 16), required=True, help="The last period.")
@click.option(
    "--ledger", default="0L", show_default=True, help="The ledger; 0L is the leading one."
)
@click.option("--year-begins", type=DAY, help="First day of a fiscal year of months.")
@click.option(
    "--calendar", type=PATH, metavar="FILE", help="Its periods: period, start, end (CSV)."
)
@click.option(
    "--adjustment",
    multiple=True,
    metavar="ACCOUNT=ACCOUNT",
    help="The adjustment account beside a reconciliation account (repeatable).",
)
@click.option(
    "--control",
    multiple=True,
    metavar="ACCOUNT=D|K",
    help="A reconciliation account that no customer (D) or supplier (K) has (repeatable).",
)
@click.option(
    "--closed-through",
    multiple=True,
    metavar="[D|K|S=]PERIOD",
    help="The last closed period; of customers, suppliers or G/L accounts alone (repeatable).",
)
@click.option("--suspense", default="", metavar="ACCOUNT", help="The suspense account.")
@click.option(
    "--document-type",
    multiple=True,
    metavar="TYPE=KIND",
    help="What a document type of your own is: invoice, credit_note, receipt … (repeatable).",
)
@click.option("--dry-run", "is_dry", is_flag=True, help="Read and count, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="What was fetched, as JSON.")
@click.pass_context
def fetch_sap_command(ctx: click.Context, /, **options: Any) -> None:
    """Read a company of SAP S/4HANA into FOLDER, for `tieout explain FOLDER`.

    TIEOUT_SAP_USER and TIEOUT_SAP_PASSWORD say who signs in; what is missing is asked for.
    Exit code 0: fetched; 2: could not run, and FOLDER holds nothing.
    """
    from tieout.cli import connecting  # noqa: PLC0415  start-up time counts

    ctx.exit(connecting.fetch_sap(**options))


@deliver_group.command("sap")
@click.argument("folder", type=PATH)
@click.option(
    "--corrections", type=PATH, required=True, metavar="FILE", help="What --corrections wrote."
)
@click.option("--url", default="", help="The system; else TIEOUT_SAP_URL.")
@click.option("--client", default="", help="The SAP client, three digits; else the system's own.")
@click.option(
    "--check-only", "--dry-run", "is_check", is_flag=True, help="Let SAP check, and post nothing."
)
@click.option(
    "--party",
    multiple=True,
    metavar="CASE=PARTY",
    help="Post a case's lines on reconciliation accounts through this party (repeatable).",
)
@click.option("--sent", type=PATH, metavar="FILE", help="Write what went to SAP, for --prove.")
@click.option("--posting-path", default="", help="Where an on-premise system takes entries.")
@click.option("--json", "as_json", is_flag=True, help="What became of each document, as JSON.")
@click.pass_context
def deliver_sap_command(ctx: click.Context, /, **options: Any) -> None:
    """Check the corrections of FILE in SAP, then post each once; safe to run again.

    FOLDER is what they were drafted on, as `tieout fetch sap` made it. Exit code 0: all stand as
    asked; 1: something was refused or is not known; 2: could not run.
    """
    from tieout.cli import connecting  # noqa: PLC0415  start-up time counts

    ctx.exit(connecting.deliver_sap(**options))


COMMANDS = (fetch_group, deliver_group)
