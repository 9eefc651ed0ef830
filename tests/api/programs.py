"""A program that calls the API with a token of a member, as the tests write it."""

import json
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.store.firms import NOW
from tieout.core.access import MAY, Action, Role
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.tokens import make_token

API = "/api/v1"
JSON = "application/json"
CLIENT: Any = Client(SERVER_NAME="localhost")
"""One for all: it is slow to make, and nothing stays in it."""
_NUMBERS = count(1)


@dataclass(frozen=True)
class Program:
    """A token, and how it is used."""

    token: str

    def get(self, path: str, **query: str) -> HttpResponse:
        return self._sent("GET", path, query_params=query)

    def post(self, path: str, body: object = None, *, key: str = "", **query: str) -> HttpResponse:
        """JSON, or nothing."""
        data = b"" if body is None else json.dumps(body).encode()
        return self.send(path, data, JSON, key=key, **query)

    def send(
        self, path: str, data: bytes, kind: str, *, key: str = "", **query: str
    ) -> HttpResponse:
        """Bytes of a media type."""
        named = {"idempotency-key": key} if key else {}
        return self._sent(
            "POST", path, data=data, content_type=kind, headers=named, query_params=query
        )

    def _sent(self, method: str, path: str, **named: Any) -> HttpResponse:  # noqa: ANN401  handed on
        headers = named.pop("headers", {}) | {"authorization": f"Bearer {self.token}"}
        answer: HttpResponse = CLIENT.generic(method, API + path, headers=headers, **named)
        return answer


def program(owner: Caller, role: Role = Role.OWNER, scopes: set[Action] | None = None) -> Program:
    """A program with the own token of a new member of that role, for all that the role may."""
    member = add_member(owner, email=f"program{next(_NUMBERS)}@example.org", role=role, now=NOW)
    wanted = MAY[role] if scopes is None else scopes
    return Program(
        make_token(
            member,
            member_id=member.member_id,
            name=f"as {role}",
            scopes=wanted,
            expires_at=NOW + timedelta(days=30),
            now=NOW,
        )
    )


def told(answer: HttpResponse) -> Any:  # noqa: ANN401  JSON
    """The answer's JSON."""
    return json.loads(answer.content)
