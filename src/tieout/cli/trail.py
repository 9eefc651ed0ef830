"""The commands of the trail: `tieout audit …`; what they do is imported late."""

from pathlib import Path
from typing import Any

import click

from tieout.cli.options import JSON, KEYS, ORGANISATION, PATH


@click.group("audit")
def audit_group() -> None:
    """Verify, export and sign audit chains."""


@audit_group.command("verify")
@click.argument("file", type=PATH, required=False)
@ORGANISATION
@KEYS
@JSON
@click.pass_context
def audit_verify(ctx: click.Context, /, **options: Any) -> None:
    """Prove an exported chain or evidence pack FILE offline, or every chain of the database.

    Exit code 0: sound; 1: something is wrong, and what; 2: could not run.
    """
    file: Path | None = options.pop("file")
    if file is not None:
        from tieout.cli import audit as offline  # noqa: PLC0415  start-up time counts

        del options["organisation"]
        ctx.exit(offline.run(file=file, **options))
    from tieout.cli.server import audit  # noqa: PLC0415  the same

    ctx.exit(audit.verify(ctx, **options))


@audit_group.command("stored")
@ORGANISATION
@click.option(
    "--reread", "is_source_reread", is_flag=True, help="Read every file again, and compare."
)
@JSON
@click.pass_context
def audit_stored(ctx: click.Context, /, **options: Any) -> None:
    """Prove again all that the database keeps: balances, links between records, hashes of files.

    Exit code 0: all holds; 1: something does not, and what; 2: could not run.
    """
    from tieout.cli.server import audit  # noqa: PLC0415  start-up time counts

    ctx.exit(audit.stored(ctx, **options))


@audit_group.command("replay")
@click.argument("file", type=PATH, required=False)
@ORGANISATION
@JSON
@click.pass_context
def audit_replay(ctx: click.Context, /, **options: Any) -> None:
    """Read a log from its beginning: of the database, or of an exported chain FILE offline.

    Of the database what it gives is compared with what is kept. Of a FILE it is printed as JSON.
    Exit code 0: they agree; 1: they do not, and where; 2: could not run.
    """
    file: Path | None = options.pop("file")
    if file is not None:
        from tieout.cli import audit as offline  # noqa: PLC0415  start-up time counts

        ctx.exit(offline.replay(file=file))
    from tieout.cli.server import audit  # noqa: PLC0415  the same

    ctx.exit(audit.replay(ctx, **options))


@audit_group.command("history")
@click.argument("subject")
@ORGANISATION
@JSON
@click.pass_context
def audit_history(ctx: click.Context, /, **options: Any) -> None:
    """Show who changed what of SUBJECT, the newest first: `bank_account:3`, `member:17`."""
    from tieout.cli.server import audit  # noqa: PLC0415  start-up time counts

    ctx.exit(audit.history(ctx, **options))


@audit_group.command("export")
@ORGANISATION
@click.option("--out", type=PATH, required=True, help="The file to write.")
@click.option("--reason", default="", help="Why; it is kept in the chain.")
@JSON
@click.pass_context
def audit_export(ctx: click.Context, /, **options: Any) -> None:
    """Write an organisation's whole chain to a file that proves itself."""
    from tieout.cli.server import audit  # noqa: PLC0415  start-up time counts

    ctx.exit(audit.export(ctx, **options))


_DAY = click.DateTime(formats=["%Y-%m-%d"])


@audit_group.command("pack")
@ORGANISATION
@click.option("--from", "first_on", type=_DAY, required=True, help="The first day.")
@click.option("--to", "last_on", type=_DAY, required=True, help="The last day.")
@click.option("--account", default="", metavar="NUMBER", help="Only this bank account.")
@click.option("--books", default="", metavar="NAME", help="Only these books.")
@click.option("--out", type=PATH, required=True, help="The ZIP to write.")
@click.option("--reason", default="", help="Why; it is kept in the chain.")
@JSON
@click.pass_context
def audit_pack(ctx: click.Context, /, **options: Any) -> None:
    """Write reconciliations, sign-offs, evidence and the audit chain as one ZIP."""
    from tieout.cli.server import evidence  # noqa: PLC0415  start-up time counts

    ctx.exit(evidence.pack(ctx, **options))


@audit_group.command("sign")
@JSON
@click.pass_context
def audit_sign(ctx: click.Context, /, **options: Any) -> None:
    """Sign where every chain stands now; the server does it daily."""
    from tieout.cli.server import audit  # noqa: PLC0415  start-up time counts

    ctx.exit(audit.sign(ctx, **options))


@audit_group.command("key")
@click.option("--rotate", "rotates", is_flag=True, help="Sign with a new key from now on.")
@JSON
@click.pass_context
def audit_key(ctx: click.Context, /, **options: Any) -> None:
    """Show the public keys that prove signed heads."""
    from tieout.cli.server import audit  # noqa: PLC0415  start-up time counts

    ctx.exit(audit.keys(ctx, **options))
