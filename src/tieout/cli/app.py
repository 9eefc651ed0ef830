"""`tieout`: the commands, their options, and how an error reaches a person.

Exit codes: 0 agreed or read, 1 differences or problems, 2 could not run.
"""

import errno
import gc
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

import tieout
from tieout.cli import connected, proof
from tieout.core.errors import CODES, InvalidInput, TieoutError
from tieout.core.jobs import SCHEDULED

PATH = click.Path(path_type=Path)
FILE = click.Path(path_type=Path, readable=False)
"""A file of records: whoever reads it says why it cannot be read."""
DAY = click.DateTime(["%Y-%m-%d"])
COULD_NOT_RUN = 2
OBJECTS = 200_000
"""So many new objects before Python looks for cycles: nearly all of them are rows, which stay."""
STOPPED = 130
"""What shells expect of a program that Ctrl-C ended."""


class Tieout(click.Group):
    """The group of commands; turns every failure into a sentence with a code and a next step."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except TieoutError as error:
            _refuse(ctx, error.code, str(error), error.next_step)
        except MemoryError:
            _refuse(
                ctx,
                "file.too-large",
                "There is not enough memory for this",
                CODES["file.too-large"].next_step,
            )
        except (click.exceptions.Exit, click.Abort, click.ClickException, BrokenPipeError):
            raise
        except Exception as error:
            if type(error).__name__ == "InterruptException":  # the database's own Ctrl-C
                raise click.Abort from error
            if ctx.params.get("debug") or is_full(error):
                raise
            title = CODES["internal.fault"].title
            said = f"{title}: {type(error).__name__}: {error}. [internal.fault]"
            _refuse(ctx, "internal.fault", said, CODES["internal.fault"].next_step)


def _refuse(ctx: click.Context, code: str, said: str, next_step: str) -> None:
    """Say what is wrong, as JSON when JSON was asked for, and end with 2."""
    _say_why(code, said, next_step)
    ctx.exit(COULD_NOT_RUN)


def _say_why(code: str, said: str, next_step: str) -> None:
    if "--json" in sys.argv:
        click.echo(json.dumps({"error": {"code": code, "message": said, "next_step": next_step}}))
    else:
        click.echo(f"tieout: {said}\n  → {next_step}", err=True)


@click.group(cls=Tieout, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(tieout.__version__, message="tieout %(version)s")
@click.option("--debug", is_flag=True, help="Show the details of a failure of Tieout itself.")
def app(debug: bool) -> None:
    """Keep ledgers in agreement and explain every difference to the penny."""


@app.command("read")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@click.option(
    "--format", "format_name", default="", help="The format, when it is not to be found out."
)
@click.option("--map", "mapping", type=PATH, help="A profile for a table (TOML).")
@click.option(
    "--save-map", type=PATH, help="Save the profile used, to correct it and use it again."
)
@click.option("--lines/--no-lines", default=False, help="Show every line, not only the statements.")
@click.option("--json", "as_json", is_flag=True, help="The whole reading as JSON.")
@click.pass_context
def read_command(ctx: click.Context, /, **options: Any) -> None:
    """Say what FILE holds: format, statements, whether they tie, problems.

    Exit code 0: read; 1: read with problems; 2: unreadable.
    """
    from tieout.cli import reading  # noqa: PLC0415  start-up time counts

    ctx.exit(reading.run(**options))


@app.command("match")
@click.argument("left", type=FILE)
@click.argument("right", type=FILE)
@click.option("--rules", type=PATH, help="Windows, tolerances, fees and passes (TOML).")
@click.option("--map-left", type=PATH, help="A profile for a table on the left (TOML).")
@click.option("--map-right", type=PATH, help="A profile for a table on the right (TOML).")
@click.option("--format-left", default="", help="The left file's format.")
@click.option("--format-right", default="", help="The right file's format.")
@click.option("--account-left", multiple=True, help="Only this account of the left (repeatable).")
@click.option("--account-right", multiple=True, help="Only this account of the right (repeatable).")
@click.option("--currency", default="", help="The currency of a side that names none.")
@click.option("--engine", type=click.Choice(["auto", "duckdb", "reference"]), default="auto")
@click.option(
    "--out",
    type=PATH,
    help="Folder for groups.csv, matches.csv, unmatched.csv, summary.json, report.html.",
)
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON.")
@click.pass_context
def match_command(ctx: click.Context, /, **options: Any) -> None:
    """Match LEFT with RIGHT, two files of any readable format.

    Exit code 0: agreed; 1: differences; 2: could not run.
    """
    from tieout.cli import matching  # noqa: PLC0415  start-up time counts

    ctx.exit(matching.run(**options))


@app.command("explain")
@click.argument("folder", type=PATH)
@click.option("--ledger", multiple=True, help="AR, AP … (repeatable); all when none is named.")
@click.option("--period", type=int, help="The period to look at; the last one not in the future.")
@click.option(
    "--map", "mapping", type=PATH, help="How the tables of another system are read (TOML)."
)
@click.option("--json", "json_file", type=PATH, metavar="FILE", help="Write the answer as JSON.")
@click.option("--out", type=PATH, help="Folder for answer.json, bridge.csv and items.csv.")
@click.option("--excel", "excel_file", type=PATH, metavar="FILE", help="Write it as a workbook.")
@click.option("--pdf", "pdf_file", type=PATH, metavar="FILE", help="Write it as a PDF.")
@click.option("--guide", is_flag=True, help="The procedure, step by step, for these books.")
@click.option(
    "--what-if",
    multiple=True,
    metavar="STEP",
    help="open-periods, update-waiting, move-deferred, add-control=ACCOUNT, suspense-journals: "
    "try it on a copy (repeatable, in order).",
)
@click.option(
    "--correct",
    multiple=True,
    metavar="WHICH",
    help="all, CAUSE[,CAUSE] or @FILE of cases, each with =WAY: correct it on the copy.",
)
@click.option(
    "--into",
    type=click.Choice(["original", "next-open"]),
    default="original",
    show_default=True,
    help="Where a correction goes whose own period is closed.",
)
@click.option(
    "--corrections",
    type=PATH,
    multiple=True,
    metavar="FILE",
    help="Write the accepted journals: .csv, .iif, .beancount or .json (repeatable).",
)
@click.option("--prove", type=PATH, metavar="FILE", help="Compare FOLDER with such a file.")
@click.option(
    "--keep",
    type=PATH,
    metavar="FOLDER",
    help="Keep there what was found: the next run reads only what was added to the files.",
)
@click.option(
    "--guess",
    is_flag=True,
    help="Propose a mapping for the tables of another system, and end; with --map complete that.",
)
@click.option("--save-map", type=PATH, metavar="FILE", help="Write the proposal, for --map.")
@click.pass_context
def explain_command(ctx: click.Context, /, **options: Any) -> None:
    """Explain how the sub-ledgers of FOLDER differ from the nominal ledger, to the penny.

    Exit code 0: agreed; 1: differences, explained or not; 2: could not run. With --prove 0: all
    stands as accepted; 1: something departs. With --guess 0: the mapping is complete; 1: something
    is missing or ambiguous. FOLDER is never written to.
    """
    is_guess, save_map = options.pop("guess"), options.pop("save_map")
    if is_guess or save_map:
        from tieout.cli import guessing  # noqa: PLC0415  start-up time counts

        ctx.exit(guessing.run(is_guess=is_guess, save_map=save_map, **options))
    if options["keep"] is not None:  # its files are hashed while the rest is loaded
        from tieout.files.opened_keep import OpenedKeep  # noqa: PLC0415  start-up time counts

        options["keep"] = OpenedKeep(options["keep"], options["folder"])
    from tieout.cli import explaining  # noqa: PLC0415  start-up time counts

    ctx.exit(explaining.run(**options))


@app.command("ledger-report")
@click.argument("folder", type=PATH)
@click.argument("kind", type=click.Choice(["enquiry", "closed", "aged", "statements", "changes"]))
@click.option("--ledger", multiple=True, help="AR, AP … (repeatable); all when none is named.")
@click.option("--period", type=int, help="The period; the last one not in the future.")
@click.option("--as-at", type=DAY, help="Another day than the end of the period.")
@click.option("--now", "is_ordinary", is_flag=True, help="What is open now, all periods.")
@click.option("--known-at", type=DAY, help="As known then: what was entered later does not count.")
@click.option("--known-from", type=DAY, help="Changes since then; else since the period closed.")
@click.option("--buckets", default="30,60,90", show_default=True, help="Days, or `months`.")
@click.option("--by", type=click.Choice(["document", "due"]), default="document", help="Age from.")
@click.option("--rates-of", type=int, help="Value it besides at the rates of a period (aged).")
@click.option("--age-credits", "ages_credits", is_flag=True, help="No column of credits apart.")
@click.option("--currency", default="", help="Only entries in this currency.")
@click.option("--party", default="", help="Statements: only this customer or supplier.")
@click.option("--since", type=DAY, help="Statements: movements since then, not open items.")
@click.option(
    "--compare",
    metavar="AMOUNT|FILE",
    help="Which other basis of the period gives exactly this total.",
)
@click.option(
    "--map", "mapping", type=PATH, help="How the tables of another system are read (TOML)."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "xlsx", "pdf", "json"]),
    help="On the screen a table; with --out what the file's name ends in.",
)
@click.option("--out", type=PATH, metavar="FILE", help="Write it to a file.")
@click.pass_context
def ledger_report_command(ctx: click.Context, /, **options: Any) -> None:
    """Make a report of the ledgers of FOLDER: enquiry, closed balances, aged, statements, changes.

    Exit code 0: made; 1: the figure compared is another; 2: could not run.
    """
    from tieout.cli import ledger_report  # noqa: PLC0415  start-up time counts

    ctx.exit(ledger_report.run(**options))


@app.command("formats")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def formats_command(as_json: bool) -> None:
    """List the formats that Tieout reads."""
    from tieout.cli import reading  # noqa: PLC0415  start-up time counts

    reading.list_formats(as_json=as_json)


@app.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def doctor_command(ctx: click.Context, as_json: bool) -> None:
    """Check that this machine can do the work, one line each with the next step."""
    from tieout.cli import doctor  # noqa: PLC0415  start-up time counts
    from tieout.cli.server import health  # noqa: PLC0415  the same

    ctx.exit(doctor.run(as_json=as_json, of_server=lambda: health.checks(ctx)))


@app.command("demo")
@click.option("--once", is_flag=True, help="Print and exit; start no server.")
@click.option("--with", "folder", type=PATH, help="A folder of your own files instead.")
@click.option("--out", type=PATH, help="Where the reports go.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def demo_command(ctx: click.Context, /, **options: Any) -> None:
    """Read a small firm's bank files and books, match them, explain what is left, and serve it."""
    from tieout.cli import demo  # noqa: PLC0415  start-up time counts

    code = demo.run(**options)
    if code == 0 and not (options["once"] or options["folder"] or options["as_json"]):
        from tieout.cli.server import demo_site  # noqa: PLC0415  the same

        code = demo_site.run(ctx, demo.FIRM)
    ctx.exit(code)


@app.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port; 0 takes any free one.")
@click.option("--workers", default=1, show_default=True, help="Workers for jobs.")
@click.pass_context
def serve_command(ctx: click.Context, /, **options: Any) -> None:
    """Start the database, the web server and workers, and keep them alive."""
    from tieout.cli.server import serve  # noqa: PLC0415  start-up time counts

    ctx.exit(serve.run(ctx, **options))


@app.command("last", hidden=True)
@click.argument("pipe", type=int)
@click.pass_context
def last_command(ctx: click.Context, pipe: int) -> None:
    """Stop the database once the server that holds the pipe is gone."""
    from tieout.cli.server import last  # noqa: PLC0415  start-up time counts

    ctx.exit(last.run(ctx, pipe))


@app.command("worker")
@click.option("--concurrency", default=2, show_default=True, help="Jobs at the same time.")
@click.option("--heartbeat", default=10.0, hidden=True, help="Seconds between signs of life.")
@click.option("--is-migrated", is_flag=True, hidden=True, help="The tables are up to date.")
@click.pass_context
def worker_command(ctx: click.Context, /, **options: Any) -> None:
    """Work on jobs from any machine that reaches the database (DATABASE_URL)."""
    from tieout.cli.server import worker  # noqa: PLC0415  start-up time counts

    ctx.exit(worker.run(ctx, **options))


@app.command("run")
@click.argument("task", type=click.Choice([each.value for each in SCHEDULED]))
@click.option("--organisation", required=True, help="Its name or id.")
@click.option("--reconciliation", "reconciliation_id", type=int, help="For reconcile: its number.")
@click.option("--books", "books_id", type=int, help="For explain_books: their number.")
@click.option("--as", "email", default="", help="The member who asks; else the operator.")
@click.option("--wait", "is_waited_for", is_flag=True, help="Wait until it has ended.")
@click.option("--at-most", default=3600, show_default=True, help="Seconds to wait.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def run_command(ctx: click.Context, /, **options: Any) -> None:
    """Have a worker run TASK once, as a schedule would; for cron.

    Exit code 0: asked for, or with --wait succeeded; 1: failed or stopped; 2: could not be asked
    for, or has not ended in time.
    """
    from tieout.cli.server import asking  # noqa: PLC0415  start-up time counts

    ctx.exit(asking.run(ctx, **options))


@app.command("create-organisation")
@click.argument("name")
@click.option("--owner", required=True, help="E-mail address of the person who owns it.")
@click.option("--name", "person_name", default="", help="The person's name.")
@click.option("--password-file", default="", help="Where the password stands; - for the input.")
@click.pass_context
def create_organisation_command(ctx: click.Context, /, **options: Any) -> None:
    """Make an organisation on this server, with a person who owns it and can sign in."""
    from tieout.cli.server import setting_up  # noqa: PLC0415  start-up time counts

    ctx.exit(setting_up.create_organisation(ctx, **options))


@app.command("explain-code")
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def explain_code_command(code: str, as_json: bool) -> None:
    """Say what an error CODE means and what to do about it."""
    known = CODES.get(code)
    if known is None:
        import difflib  # noqa: PLC0415  start-up time counts

        near = [name for name in CODES if code.rpartition(".")[2] in name]
        near = near or difflib.get_close_matches(code, CODES, n=3, cutoff=0.4)
        said = (
            f"Did you mean {', '.join(near[:8])}?" if near else "docs/reference/errors.md has all."
        )
        raise click.UsageError(f"There is no code {code!r}. {said}")
    if as_json:
        click.echo(
            json.dumps(
                {
                    "code": known.name,
                    "severity": known.severity,
                    "title": known.title,
                    "next_step": known.next_step,
                }
            )
        )
    else:
        click.echo(f"{known.name}: {known.title}.\n  → {known.next_step}")


@app.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(shell: str) -> None:
    """Print the completion script for SHELL: eval "$(tieout completion bash)"."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415  start-up time counts

    made = get_completion_class(shell)
    if made is not None:
        click.echo(made(app, {}, "tieout", "_TIEOUT_COMPLETE").source())


for command in (*proof.COMMANDS, *connected.COMMANDS):
    app.add_command(command)


def main(wired: object = None) -> None:
    """Run the command line and end with its exit code; Ctrl-C and a closed pipe are no faults.

    `wired`: what the commands of a server are handed (`cli.server.wiring`).
    """
    gc.set_threshold(OBJECTS)
    # Arrow's own pool holds on to what is freed: a fifth more memory at the peak of a large match.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    # No matrix is multiplied here that would be worth the threads that numpy starts for it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    run: Callable[..., object] = app.main
    try:
        code = run(
            prog_name="tieout", complete_var="_TIEOUT_COMPLETE", standalone_mode=False, obj=wired
        )
    except click.ClickException as error:
        code = COULD_NOT_RUN
        if "--json" in sys.argv:
            context = getattr(error, "ctx", None)
            shown = context.command_path if context else "tieout"
            next_step = f"Run `{shown} --help` for the options."
            _say_why("command.invalid", error.format_message(), next_step)
        else:
            error.show()
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nStopped.", err=True)
        code = STOPPED
    except BrokenPipeError:
        code = 0
    except OSError as error:
        if not is_full(error):
            raise
        code = _no_room(error)
    code = _flush_quietly() or code
    if "duckdb" not in sys.modules:  # which would say on standard error what was not taken down
        gc.freeze()  # else Python looks through all that was loaded once more before it ends
    sys.exit(code if isinstance(code, int) else 0)


def is_full(error: BaseException) -> bool:
    """Whether there is no room for what is written to standard output."""
    return isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None


def _no_room(error: OSError) -> int:
    """Say so where somebody may still see it; 2."""
    given = "standard output: " + (error.strerror or "no room")
    refused = InvalidInput("output.not-writable", given, "room for the answer")
    click.echo(f"tieout: {refused}\n  → Make room, or send the answer elsewhere.", err=True)
    _nowhere()
    return COULD_NOT_RUN


def _nowhere() -> None:
    """What is still to be written has no reader."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _flush_quietly() -> int:
    """Write out what is left; when the reader has gone (`| head`) there is nothing to say.

    2 where there is no room for it.
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _nowhere()
    except OSError as error:
        return _no_room(error)
    return 0
