"""SQL that lives in files: functions and triggers as a migration's step, with their way back."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations import RunSQL
from psycopg import Copy, Cursor
from psycopg.pq import Format

_FOLDER = Path(__file__).parent.parent
BACK = "-- and back:"
"""Below this line stands what undoes the file."""
_FUNCTION = re.compile(
    r"^(?:create or replace function.*?\$\$;|revoke all on function [^;]*;)$",
    re.DOTALL | re.MULTILINE,
)


def sql_text(name: str) -> str:
    """The text of `<app>/sql/<name>.sql`, named `app/name`."""
    app, _, file = name.partition("/")
    return (_FOLDER / app / "sql" / f"{file}.sql").read_text(encoding="utf-8")


@contextmanager
def copying(cursor: Any, name: str) -> Iterator[Copy]:  # noqa: ANN401  Django hands the driver's cursor on
    """A COPY of that file. Its errors are Django's, as those of every other statement are."""
    with connection.wrap_database_errors, cursor.copy(sql_text(name)) as copy:
        yield copy


@contextmanager
def binary() -> Iterator[Cursor[Any]]:
    """A cursor whose values go to the server and come back as bytes, not as text in a statement.

    It is of Django's connection and in its transaction; its errors are Django's as well.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.format = Format.BINARY
        yield cursor


def run_file(name: str) -> RunSQL:
    """The step that runs a file; reversed it runs what stands below `BACK`."""
    forward, _, back = sql_text(name).partition(BACK)
    return RunSQL(forward, back)


def functions_anew(*names: str) -> RunSQL:
    """The step that puts the functions of those files in place of their earlier bodies."""
    found = [each for name in names for each in _FUNCTION.findall(sql_text(name))]
    return RunSQL("\n".join(found), RunSQL.noop)
