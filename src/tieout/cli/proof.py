"""The commands of proof and of keeping: their words and options; what they do is imported late."""

from typing import Any

import click

from tieout.cli.options import JSON, KEYS, ORGANISATION, PATH
from tieout.cli.trail import audit_group


@click.command("backup")
@click.option("--out", type=PATH, required=True, help="The file to write; it is whole or absent.")
@JSON
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
@KEYS
@JSON
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
@ORGANISATION
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
@ORGANISATION
@_VERSION
@click.option("--out", type=PATH, help="The file to write; the output without it.")
@click.pass_context
def settings_export(ctx: click.Context, /, **options: Any) -> None:
    """Write an organisation's settings as one TOML document, without a secret."""
    from tieout.cli.server import settings  # noqa: PLC0415  start-up time counts

    ctx.exit(settings.export(ctx, **options))


@settings_group.command("diff")
@click.argument("file", type=PATH)
@ORGANISATION
@_VERSION
@JSON
@click.pass_context
def settings_diff(ctx: click.Context, /, **options: Any) -> None:
    """Show what importing FILE would add, change and remove.

    Exit code 0: nothing; 1: something, and what; 2: could not run.
    """
    from tieout.cli.server import settings  # noqa: PLC0415  start-up time counts

    ctx.exit(settings.diff(ctx, **options))


@settings_group.command("import")
@click.argument("file", type=PATH)
@ORGANISATION
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
@ORGANISATION
@_AS
@click.pass_context
def settings_approve(ctx: click.Context, /, **options: Any) -> None:
    """Put in force the PROPOSAL of another person; `tieout settings history` shows what waits."""
    from tieout.cli.server import settings  # noqa: PLC0415  start-up time counts

    ctx.exit(settings.approve(ctx, **options))


@settings_group.command("history")
@ORGANISATION
@click.option("--limit", default=20, show_default=True, help="How many versions.")
@click.pass_context
def settings_history(ctx: click.Context, /, **options: Any) -> None:
    """Show who changed the settings when and why, and what waits for an approval."""
    from tieout.cli.server import settings  # noqa: PLC0415  start-up time counts

    ctx.exit(settings.history(ctx, **options))


@settings_group.command("rollback")
@click.argument("version", type=int)
@ORGANISATION
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
@ORGANISATION
@click.option("--into", required=True, metavar="NAME", help="What the sandbox is called.")
@click.option("--with-data", is_flag=True, help="With lines, entries and decisions, unmasked.")
@_AS
@click.pass_context
def sandbox_make(ctx: click.Context, /, **options: Any) -> None:
    """Make an organisation with the settings of another, to try changes in."""
    from tieout.cli.server import settings  # noqa: PLC0415  start-up time counts

    ctx.exit(settings.make_sandbox(ctx, **options))


@sandbox_group.command("promote")
@ORGANISATION
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
