"""`answer_once`: a request under an idempotency key is worked on once and answered alike again.

The key's answer and the act itself are one commit: either both are there or neither. The verb
inside records its own audit event; an answer from memory is no act and records none. What is not
in that commit: the bytes of a body on their way in, and the token's pace.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet
from django.db import connection, transaction

from tieout.core.errors import Conflict
from tieout.store.postgres.tenant import tenant
from tieout.store.requests.models import KeptAnswer
from tieout.workflows.decide import told_as_conflict
from tieout.workflows.token_calls import Call

KEPT_FOR = timedelta(hours=24)
_FAILED = 500
"""From this status on an answer is not kept: the same request may do better."""
_OLD_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it goes out."""

    status: int
    content_type: str
    body: bytes
    is_kept: bool = False
    """Whether it is the first answer, given again."""


def answer_once(
    call: Call, *, key: str, asked: bytes, give: Callable[[], Answer], now: datetime
) -> Answer:
    """The answer that `give` makes, or the one it made before. `asked`: the request's SHA-256."""
    with tenant(call.caller.organisation_id):
        _alone(call, key)
        earlier = KeptAnswer.objects.filter(
            token_id=call.token_id, key=key, kept_at__gt=now - KEPT_FOR
        ).first()
        if earlier is not None:
            return _again(call, earlier, asked)
        answer = _proved(give)
        if answer.status < _FAILED:
            _remove_old(call, key, now)
            KeptAnswer.objects.create(
                organisation_id=call.caller.organisation_id,
                token_id=call.token_id,
                key=key,
                asked_sha256=asked,
                status=answer.status,
                content_type=answer.content_type,
                sealed=_sealing(call).encrypt(answer.body),
                kept_at=now,
            )
    return answer


def _alone(call: Call, key: str) -> None:
    """Until the transaction ends nobody else works on the key; whoever does is not waited for."""
    name = f"request {call.caller.organisation_id} {call.token_id} {key}"
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        if not cursor.fetchone()[0]:
            raise Conflict("request.in-progress", f"the key {key} in use", "its answer first")


def _again(call: Call, earlier: KeptAnswer, asked: bytes) -> Answer:
    if bytes(earlier.asked_sha256) != asked:
        raise Conflict(
            "request.key-used", f"the key {earlier.key} with another request", "the same request"
        )
    body = _sealing(call).decrypt(bytes(earlier.sealed))
    return Answer(earlier.status, earlier.content_type, body, is_kept=True)


def _proved(give: Callable[[], Answer]) -> Answer:
    """The answer, once all that is proved at the end of a transaction has been proved."""
    with told_as_conflict(), transaction.atomic(), connection.cursor() as cursor:
        answer = give()
        cursor.execute("set constraints all immediate")
    return answer


def _remove_old(call: Call, key: str, now: datetime) -> None:
    """The key's answer of an earlier day, and some others too old to be given again."""
    KeptAnswer.objects.filter(token_id=call.token_id, key=key).delete()
    old = KeptAnswer.objects.filter(kept_at__lte=now - KEPT_FOR).order_by("kept_at")
    ids = list(old.values_list("id", flat=True)[:_OLD_AT_ONCE])
    KeptAnswer.objects.filter(id__in=ids).delete()


def _sealing(call: Call) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(call.seal))
