"""For which organisation a connection works: set for a transaction, and put back where it ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

from tieout.store.postgres.constraints import TENANT_SETTING


@contextmanager
def tenant(organisation_id: UUID) -> Iterator[None]:
    """A transaction in which row security shows this organisation and no other.

    Inside another one the earlier organisation is put back: a local setting outlives the inner
    block otherwise. After an error the rollback restores it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select current_setting(%s, true), set_config(%s, %s, true)",
            [TENANT_SETTING, TENANT_SETTING, str(organisation_id)],
        )
        earlier = cursor.fetchone()[0] or ""
        yield
        cursor.execute("select set_config(%s, %s, true)", [TENANT_SETTING, earlier])
