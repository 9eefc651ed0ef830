"""`call_of_token`: who calls with a token, and whether it has calls left.

The pace is kept in the database: it is the same whichever machine answers, and a restart does
not give it back. Losing the last moment of it in a power cut does no harm, so nobody waits for
the disk.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection

from tieout.store.postgres.tenant import tenant
from tieout.store.requests.pace import take_call
from tieout.workflows.acting import Caller
from tieout.workflows.secrets_given import given, seal_of
from tieout.workflows.tokens import caller_of_token

WINDOW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """What a token may still do: `limit` calls a minute, all at once or one by one."""

    limit: int
    left: int
    whole_in: int
    """Seconds until nothing of it is used up."""
    wait: int
    """Seconds until the next call; 0 when it is allowed now."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call that a program makes."""

    caller: Caller
    token_id: int
    pace: Pace
    seal: bytes = field(repr=False)
    """What its kept answers are sealed with; only who has the token can make it."""


def call_of_token(text: str, *, origin: str, limit: int, now: datetime) -> Call:
    """The call; refused in the same words whatever is wrong with the token.

    One too many is no refusal here: its pace says how long to wait.
    """
    asked = given(text)
    each = WINDOW / limit
    with tenant(asked.organisation_id):
        with connection.cursor() as cursor:
            cursor.execute("set local synchronous_commit = off")
        caller = caller_of_token(text, origin=origin, now=now)
        is_one_too_many, free_at = take_call(
            asked.organisation_id, asked.number, each=each, whole=WINDOW, now=now
        )
    used = max(free_at - now, timedelta())
    left = max((WINDOW - used) // each, 0)
    wait = _seconds(used + each - WINDOW) if is_one_too_many else 0
    pace = Pace(limit, left, _seconds(used), wait)
    return Call(caller, asked.number, pace, seal_of(asked))


def _seconds(span: timedelta) -> int:
    """Whole seconds, rounded up."""
    return max(-(-span // timedelta(seconds=1)), 0)
