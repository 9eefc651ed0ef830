"""`tieout run`: a task asked for once, as a schedule asks for it; for cron and for people."""

import json
import time
from typing import TYPE_CHECKING

import click

from tieout.cli.screen import OUT, hanging, plain
from tieout.cli.server.audit import origin
from tieout.cli.server.who import member_named
from tieout.cli.server.wiring import wiring
from tieout.core.jobs import RunState, Task

if TYPE_CHECKING:
    from tieout.workflows.look_at_runs import RunShown

LOOK_SECONDS = 0.5


def run(
    ctx: click.Context,
    *,
    task: str,
    organisation: str,
    email: str,
    is_waited_for: bool,
    at_most: int,
    as_json: bool,
    **ids: int | None,
) -> int:
    """Ask for the run; 0 when it is asked for or has succeeded, 1 when it has failed.

    Waited for in vain it is 2: the run stays, and a worker takes it when there is one.
    """
    wired = wiring(ctx)
    with wired.opened():
        from tieout.workflows.acting import Caller  # noqa: PLC0415  once it is open
        from tieout.workflows.ask_run import ask_run  # noqa: PLC0415  the same
        from tieout.workflows.look_at_runs import run_of  # noqa: PLC0415  the same
        from tieout.workflows.organisations import organisation_named  # noqa: PLC0415  the same

        if email:
            caller, _ = member_named(organisation, email)
        else:
            caller = Caller.system(organisation_named(organisation)[0], origin())
        arguments = {name: value for name, value in ids.items() if value is not None}
        run_id = ask_run(caller, task=Task(task), arguments=arguments, now=wired.now())
        shown = run_of(caller, run_id=run_id, now=wired.now())
        ends = time.monotonic() + at_most
        while is_waited_for and not shown.has_ended and time.monotonic() < ends:
            time.sleep(LOOK_SECONDS)
            shown = run_of(caller, run_id=run_id, now=wired.now())
    _show(shown, as_json=as_json)
    if not shown.has_ended:
        return 2 if is_waited_for else 0
    return 0 if shown.state is RunState.SUCCEEDED else 1


def _show(shown: "RunShown", *, as_json: bool) -> None:
    if as_json:
        said = {
            "run": shown.run_id,
            "task": shown.task,
            "subject": shown.subject,
            "state": shown.state,
            "asked_at": shown.asked_at.isoformat(),
            "finished_at": shown.finished_at and shown.finished_at.isoformat(),
            "in": shown.count_in,
            "out": shown.count_out,
            "held": shown.count_held,
            "error_code": shown.error_code,
            "error": shown.error,
            "next_step": shown.next_step,
        }
        click.echo(json.dumps(said))
        return
    counts = f"{shown.count_in:,} in, {shown.count_out:,} out, {shown.count_held:,} held"
    OUT.print(f"{plain(shown.task)}, run {shown.run_id}: {shown.state}; {counts}")
    if shown.error:
        hanging("[red]✗[/]", plain(shown.error))
        hanging("→", plain(shown.next_step))
