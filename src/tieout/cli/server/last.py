"""`tieout last PIPE`: the last to leave a killed server; it stops the embedded database.

A server that is told to stop does that itself. One that is killed cannot, and its children may be
gone before they hold the database: so `tieout serve` starts this one, which waits on their pipe.
"""

import os
import time

import click

from tieout.cli.server.leash import GRACE_SECONDS
from tieout.cli.server.wiring import wiring

LOOK_SECONDS = 0.5


def run(ctx: click.Context, pipe: int) -> int:
    """Wait until nobody holds the pipe's other end, then until nobody uses the database.

    Whoever still uses it after the grace is no child of that server, and stops it when it leaves.
    """
    while os.read(pipe, 1):
        pass
    site = wiring(ctx).site()
    server = site.server()
    until = time.monotonic() + 2 * GRACE_SECONDS
    while site.is_set_up and not server.stop_unused() and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
    return 0
