"""Plans of statements, before much is written.

A connection keeps the plans of foreign keys and proofs it has made. One made while a table held
thirty rows reads all of it, and after thirty thousand rows have come in the same transaction that
costs minutes: nothing tells PostgreSQL to think again before its own housekeeping has come by.
"""

from django.db import connection


def plan_anew() -> None:
    """Have every statement on this connection planned for the tables as they have become."""
    with connection.cursor() as cursor:
        cursor.execute("discard plans")
