"""For which organisation, or for which person without one, a connection works.

Set for a transaction, and put back where it ends.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

from tieout.store.postgres.constraints import PERSON_SETTING, TENANT_SETTING


@contextmanager
def tenant(organisation_id: UUID) -> Iterator[None]:
    """A transaction in which row security shows this organisation and no other.

    Inside another one the earlier organisation is put back: a local setting outlives the inner
    block otherwise. After an error the rollback restores it.
    """
    with _setting(TENANT_SETTING, str(organisation_id)):
        yield


@contextmanager
def person(person_id: int) -> Iterator[None]:
    """A transaction that reads in which organisations this person is a member, and nothing else."""
    with _setting(PERSON_SETTING, str(person_id)):
        yield


@contextmanager
def _setting(name: str, value: str) -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select current_setting(%s, true), set_config(%s, %s, true)", [name, name, value]
        )
        earlier = cursor.fetchone()[0] or ""
        yield
        cursor.execute("select set_config(%s, %s, true)", [name, earlier])
