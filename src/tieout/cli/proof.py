"""The commands of proof and of keeping: their words and options; what they do is imported late."""

from pathlib import Path
from typing import Any

import click

PATH = click.Path(path_type=Path)
_KEYS = click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="KEY",
    help="A public key you know: hexadecimal, or a file of them (repeatable).",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="As JSON.")
_ORGANISATION = click.option(
    "--organisation",
    default="",
    metavar="NAME",
    help="Name or id; needed if there are several.",
)


@click.group("audit")
def audit_group() -> None:
    """Verify, export and sign audit chains."""


@audit_group.command("verify")
@click.argument("file", type=PATH, required=False)
@_ORGANISATION
@_KEYS
@_JSON
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
@_ORGANISATION
@_JSON
@click.pass_context
def audit_stored(ctx: click.Context, /, **options: Any) -> None:
    """Prove again all that the database keeps: balances, links between records, hashes of files.

    Exit code 0: all holds; 1: something does not, and what; 2: could not run.
    """
    from tieout.cli.server import audit  # noqa: PLC0415  start-up time counts

    ctx.exit(audit.stored(ctx, **options))


@audit_group.command("replay")
@click.argument("file", type=PATH, required=False)
@_ORGANISATION
@_JSON
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
@_ORGANISATION
@_JSON
@click.pass_context
def audit_history(ctx: click.Context, /, **options: Any) -> None:
    """Show who changed what of SUBJECT, the newest first: `bank_account:3`, `member:17`."""
    from tieout.cli.server import audit  # noqa: PLC0415  start-up time counts

    ctx.exit(audit.history(ctx, **options))


@audit_group.command("export")
@_ORGANISATION
@click.option("--out", type=PATH, required=True, help="The file to write.")
@click.option("--reason", default="", help="Why; it is kept in the chain.")
@_JSON
@click.pass_context
def audit_export(ctx: click.Context, /, **options: Any) -> None:
    """Write an organisation's whole chain to a file that proves itself."""
    from tieout.cli.server import audit  # noqa: PLC0415  start-up time counts

    ctx.exit(audit.export(ctx, **options))


_DAY = click.DateTime(formats=["%Y-%m-%d"])


@audit_group.command("pack")
@_ORGANISATION
@click.option("--from", "first_on", type=_DAY, required=True, help="The first day.")
@click.option("--to", "last_on", type=_DAY, required=True, help="The last day.")
@click.option("--account", default="", metavar="NUMBER", help="Only this bank account.")
@click.option("--books", default="", metavar="NAME", help="Only these books.")
@click.option("--out", type=PATH, required=True, help="The ZIP to write.")
@click.option("--reason", default="", help="Why; it is kept in the chain.")
@_JSON
@click.pass_context
def audit_pack(ctx: click.Context, /, **options: Any) -> None:
    """Write reconciliations, sign-offs, evidence and the audit chain as one ZIP."""
    from tieout.cli.server import evidence  # noqa: PLC0415  start-up time counts

    ctx.exit(evidence.pack(ctx, **options))


@audit_group.command("sign")
@_JSON
@click.pass_context
def audit_sign(ctx: click.Context, /, **options: Any) -> None:
    """Sign where every chain stands now; the server does it daily."""
    from tieout.cli.server import audit  # noqa: PLC0415  start-up time counts

    ctx.exit(audit.sign(ctx, **options))


@audit_group.command("key")
@click.option("--rotate", "rotates", is_flag=True, help="Sign with a new key from now on.")
@_JSON
@click.pass_context
def audit_key(ctx: click.Context, /, **options: Any) -> None:
    """Show the public keys that prove signed heads."""
    from tieout.cli.server import audit  # noqa: PLC0415  start-up time counts

    ctx.exit(audit.keys(ctx, **options))


@click.command("backup")
@click.option("--out", type=PATH, required=True, help="The file to write; it is whole or absent.")
@_JSON
@click.pass_context
def backup_command(ctx: click.Context, /, **options: Any) -> None:
    """Write database, keys and secrets to one file, as of one instant."""
    from tieout.cli.server import keeping  # noqa: PLC0415  start-up time counts

    ctx.exit(keeping.backup(ctx, **options))


@click.command("restore")
@click.argument("file", type=PATH)
@click.option("--verify", "only_verify", is_flag=True, help="Only prove that it can be restored.")
@click.option(
    "--replace", "replaces", is_flag=True, help="Keep what is there aside, and take its place."
)
@_KEYS
@_JSON
@click.pass_context
def restore_command(ctx: click.Context, /, **options: Any) -> None:
    """Bring a backup FILE back: rows, balances and audit chains are proved on the way.

    Exit code 0: restored and sound; 1: restored, but a chain is not sound; 2: could not run.
    """
    from tieout.cli.server import keeping  # noqa: PLC0415  start-up time counts

    ctx.exit(keeping.restore(ctx, **options))


@click.command("support-bundle")
@click.option("--out", type=PATH, required=True, help="The file to write (JSON).")
@click.pass_context
def support_bundle_command(ctx: click.Context, /, **options: Any) -> None:
    """Write what helps to find a fault: versions, checks, sizes, codes; nothing of anybody."""
    from tieout.cli.server import health  # noqa: PLC0415  start-up time counts

    ctx.exit(health.support_bundle(ctx, **options))


@click.command("mask")
@_ORGANISATION
@click.option("--into", required=True, metavar="NAME", help="What the masked copy is called.")
@click.option("--as", "email", required=True, help="The owner who makes it, by e-mail address.")
@click.pass_context
def mask_command(ctx: click.Context, /, **options: Any) -> None:
    """Copy an organisation without a name, an account number or a text of anybody.

    Amounts, days and what belongs to what are the same: its reconciliations find the same.
    """
    from tieout.cli.server import masking  # noqa: PLC0415  start-up time counts

    ctx.exit(masking.mask(ctx, **options))


_AS = click.option("--as", "email", required=True, help="The member who acts, by e-mail address.")
_REASON = click.option("--reason", required=True, help="Why; it is kept with the version.")
_VERSION = click.option("--version", type=int, help="As of this version, instead of what stands.")


@click.group("settings")
def settings_group() -> None:
    """Settings as text: export, compare, import, roll back, approve."""


@settings_group.command("export")
@_ORGANISATION
@_VERSION
@click.option("--out", type=PATH, help="The file to write; the output without it.")
@click.pass_context
def settings_export(ctx: click.Context, /, **options: Any) -> None:
    """Write an organisation's settings as one TOML document, without a secret."""
    from tieout.cli.server import settings  # noqa: PLC0415  start-up time counts

    ctx.exit(settings.export(ctx, **options))


@settings_group.command("diff")
@click.argument("file", type=PATH)
@_ORGANISATION
@_VERSION
@_JSON
@click.pass_context
def settings_diff(ctx: click.Context, /, **options: Any) -> None:
    """Show what importing FILE would add, change and remove.

    Exit code 0: nothing; 1: something, and what; 2: could not run.
    """
    from tieout.cli.server import settings  # noqa: PLC0415  start-up time counts

    ctx.exit(settings.diff(ctx, **options))


@settings_group.command("import")
@click.argument("file", type=PATH)
@_ORGANISATION
@_REASON
@_AS
@click.pass_context
def settings_import(ctx: click.Context, /, **options: Any) -> None:
    """Have FILE say what the settings are, wholly or not at all.

    Where another member may manage accounts too, it waits for the approval of one of them.
    """
    from tieout.cli.server import settings  # noqa: PLC0415  start-up time counts

    ctx.exit(settings.import_(ctx, **options))


@settings_group.command("approve")
@click.argument("proposal", type=int)
@_ORGANISATION
@_AS
@click.pass_context
def settings_approve(ctx: click.Context, /, **options: Any) -> None:
    """Put in force the PROPOSAL of another person; `tieout settings history` shows what waits."""
    from tieout.cli.server import settings  # noqa: PLC0415  start-up time counts

    ctx.exit(settings.approve(ctx, **options))


@settings_group.command("history")
@_ORGANISATION
@click.option("--limit", default=20, show_default=True, help="How many versions.")
@click.pass_context
def settings_history(ctx: click.Context, /, **options: Any) -> None:
    """Show who changed the settings when and why, and what waits for an approval."""
    from tieout.cli.server import settings  # noqa: PLC0415  start-up time counts

    ctx.exit(settings.history(ctx, **options))


@settings_group.command("rollback")
@click.argument("version", type=int)
@_ORGANISATION
@_REASON
@_AS
@click.pass_context
def settings_rollback(ctx: click.Context, /, **options: Any) -> None:
    """Have the settings say what they said in VERSION; approved as an import is."""
    from tieout.cli.server import settings  # noqa: PLC0415  start-up time counts

    ctx.exit(settings.rollback(ctx, **options))


@click.group("sandbox")
def sandbox_group() -> None:
    """Try settings in a copy of an organisation."""


@sandbox_group.command("make")
@_ORGANISATION
@click.option("--into", required=True, metavar="NAME", help="What the sandbox is called.")
@click.option("--with-data", is_flag=True, help="With lines, entries and decisions, unmasked.")
@_AS
@click.pass_context
def sandbox_make(ctx: click.Context, /, **options: Any) -> None:
    """Make an organisation with the settings of another, to try changes in."""
    from tieout.cli.server import settings  # noqa: PLC0415  start-up time counts

    ctx.exit(settings.make_sandbox(ctx, **options))


@sandbox_group.command("promote")
@_ORGANISATION
@click.option("--from", "sandbox", required=True, metavar="NAME", help="The sandbox.")
@_REASON
@_AS
@click.pass_context
def sandbox_promote(ctx: click.Context, /, **options: Any) -> None:
    """Bring a sandbox's settings back, once each of its reconciliations has been run with them."""
    from tieout.cli.server import settings  # noqa: PLC0415  start-up time counts

    ctx.exit(settings.promote(ctx, **options))


COMMANDS: tuple[click.Command, ...] = (
    audit_group,
    backup_command,
    restore_command,
    support_bundle_command,
    mask_command,
    settings_group,
    sandbox_group,
)
