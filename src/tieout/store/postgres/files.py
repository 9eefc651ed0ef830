"""SQL that lives in files: functions and triggers as a migration's step, with their way back."""

import re
from pathlib import Path

from django.db.migrations import RunSQL

_FOLDER = Path(__file__).parent.parent
BACK = "-- and back:"
"""Below this line stands what undoes the file."""
_FUNCTION = re.compile(r"^create function .*?^end \$\$;$", re.MULTILINE | re.DOTALL)


def sql_text(name: str) -> str:
    """The text of `<app>/sql/<name>.sql`, named `app/name`."""
    app, _, file = name.partition("/")
    return (_FOLDER / app / "sql" / f"{file}.sql").read_text(encoding="utf-8")


def run_file(name: str) -> RunSQL:
    """The step that runs a file; reversed it runs what stands below `BACK`."""
    forward, _, back = sql_text(name).partition(BACK)
    return RunSQL(forward, back)


def replace_functions(name: str, *, earlier: str) -> RunSQL:
    """The step that runs a file of functions in their next form; reversed, those of `earlier`."""
    told = _FUNCTION.findall(sql_text(earlier))
    back = [each.replace("create function", "create or replace function", 1) for each in told]
    return RunSQL(sql_text(name), "\n".join(back))
