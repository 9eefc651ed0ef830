"""The part of `tieout doctor` that looks at a server, and `tieout support-bundle`."""

from pathlib import Path

import click

from tieout.cli.doctor import Result
from tieout.cli.screen import OUT, plain
from tieout.cli.server.audit import write_lines
from tieout.cli.server.wiring import Wiring, wiring


def checks(ctx: click.Context) -> list[Result]:
    """What the site's checks found, as the doctor tells it."""
    from tieout.keeping.health import look, migrations  # noqa: PLC0415  start-up time counts

    wired = wiring(ctx)
    site = wired.site()
    found = look(site, site.database_url, wired.now())
    if site.is_set_up and all(each.is_well for each in found):
        found.append(migrations(_behind(wired)))
    return [
        {"check": each.name, "ok": each.is_well, "found": each.found, "next_step": each.next_step}
        for each in found
    ]


def _behind(wired: Wiring) -> list[str]:
    """Steps of the schema that the database has not taken; it is looked at, not changed."""
    with wired.opened(is_migrated=True):
        from django.db import connection  # noqa: PLC0415  once the database is open
        from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415  the same

        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        return [f"{step.app_label} {step.name}" for step, _ in plan]


def support_bundle(ctx: click.Context, *, out: Path) -> int:
    """Write what helps to find a fault, and nothing of anybody."""
    from tieout.keeping.bundle import bundle, text_of  # noqa: PLC0415  start-up time counts
    from tieout.keeping.check import Check  # noqa: PLC0415  the same

    wired = wiring(ctx)
    looked = [
        Check(str(each["check"]), bool(each["ok"]), str(each["found"])) for each in checks(ctx)
    ]
    data = bundle(wired.site(), settings=wired.settings_given(), checks=looked, now=wired.now())
    write_lines(out, [text_of(data).encode()])
    OUT.print(f"{plain(out)} is written. It holds no names, numbers or texts; read it before")
    OUT.print("you send it: it is plain JSON.")
    return 0
