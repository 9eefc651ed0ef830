"""`/health`: is the server well? For whoever keeps it running: no sign-in, and it tells little."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

import tieout

_SEEN: set[str] = set()
"""What was found true and cannot become false while this program runs."""


@require_safe
def health(_: HttpRequest) -> JsonResponse:
    """200 when the database answers and its tables are those of this program, else 503."""
    said = {"version": tieout.__version__, "database": "reachable", "tables": "up to date"}
    status = 200
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        if not _are_tables_known():
            said["tables"], status = "not those of this version", 503
    except DatabaseError:
        said |= {"database": "not reachable", "tables": "unknown"}
        status = 503
    return JsonResponse(said, status=status, headers={"Cache-Control": "no-store"})


def _are_tables_known() -> bool:
    if "tables" not in _SEEN:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _SEEN.add("tables")
    return True
