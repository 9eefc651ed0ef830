"""`tieout worker`: one more worker, on this machine or any other that reaches the database."""

import click

from tieout.cli.server.wiring import wiring


def run(ctx: click.Context, *, concurrency: int, heartbeat: float, is_migrated: bool) -> int:
    """Work until SIGTERM or SIGINT."""
    wired = wiring(ctx)
    with wired.opened(is_migrated=is_migrated):
        wired.work(concurrency=concurrency, heartbeat_seconds=heartbeat)
    return 0
