"""SQL that lives in files: functions and triggers as a migration's step, with their way back."""

from pathlib import Path

from django.db.migrations import RunSQL

_FOLDER = Path(__file__).parent.parent
BACK = "-- and back:"
"""Below this line stands what undoes the file."""


def sql_text(name: str) -> str:
    """The text of `<app>/sql/<name>.sql`, named `app/name`."""
    app, _, file = name.partition("/")
    return (_FOLDER / app / "sql" / f"{file}.sql").read_text(encoding="utf-8")


def run_file(name: str) -> RunSQL:
    """The step that runs a file; reversed it runs what stands below `BACK`."""
    forward, _, back = sql_text(name).partition(BACK)
    return RunSQL(forward, back)
