"""A token's pace: one statement takes one call, so that calls at once are counted one by one."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from tieout.store.postgres.files import sql_text
from tieout.store.requests.models import TokenPace

_TAKE = sql_text("requests/pace_take")


def take_call(
    organisation_id: UUID, token_id: int, *, each: timedelta, whole: timedelta, now: datetime
) -> tuple[bool, datetime]:
    """Whether the call is one too many, and from when on the token's allowance is whole again.

    `each`: the time that one call costs; `whole`: the time of all calls it may make at once.
    """
    values: dict[str, Any] = {
        "organisation": organisation_id,
        "token": token_id,
        "each": each,
        "whole": whole,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        row = cursor.fetchone()
    if row:
        return False, row[0]
    return True, TokenPace.objects.get(token_id=token_id).free_at
