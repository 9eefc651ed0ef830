"""The description of the door (OpenAPI 3.1), and what the door itself reads in it.

What every operation has in common is said once, here: its refusals, its headers, its key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ninja import NinjaAPI
from ninja.operation import Operation as NinjaOperation

from tieout.api.problems import MEDIA_TYPE

PREFIX = "api/v1/"
MULTIPART = "multipart/form-data"
RAW = "application/octet-stream"
Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """What may come with a call."""

    parameters: frozenset[str]
    bodies: frozenset[str]
    """Media types; empty for an operation without a body."""


Operations = Mapping[tuple[str, str], Operation]
"""By route, as Django writes it, and method."""

_TEXT = {"type": "string"}
_FAULT: Schema = {
    "type": "object",
    "required": ["place", "found", "expected"],
    "properties": {"place": _TEXT, "found": _TEXT, "expected": _TEXT},
}
_PROBLEM: Schema = {
    "type": "object",
    "description": "Why something was refused (RFC 9457), and what to do next.",
    "required": ["type", "title", "status", "detail", "code", "found", "expected", "place"],
    "properties": {
        "type": {"type": "string", "description": "Where the code is explained."},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "One sentence with all of it."},
        "code": {"type": "string", "description": "Stable; the reference of errors has all."},
        "found": _TEXT,
        "expected": _TEXT,
        "place": {"type": "string", "description": "The field, header or record."},
        "next_step": _TEXT,
        "faults": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}},
    },
}
_KEY: Schema = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "The same key with the same request gives the first answer again, for 24 hours.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
}
_HEADERS: Schema = {
    "RateLimit-Policy": {"schema": _TEXT, "description": "How many calls in how many seconds."},
    "RateLimit": {"schema": _TEXT, "description": "Calls left, and when all are back."},
}
_REFUSALS = {
    400: "The request cannot be read.",
    401: "No token, or none that is valid.",
    403: "The token's member or the token itself may not do this.",
    404: "There is no such record in this organisation.",
    409: "Something that is there stands against it.",
    422: "A part of the request cannot be used.",
    429: "Too many calls; Retry-After says when to go on.",
    500: "Tieout itself failed.",
    503: "The database could not finish it just now; Retry-After says when to ask again.",
}
_OF_BODIES = {413: "The body is too large.", 415: "The body is of another media type."}


class Api(NinjaAPI):
    """The library's object, with operations named as their functions are."""

    def get_openapi_operation_id(self, operation: NinjaOperation) -> str:
        return operation.view_func.__name__


def described(api: NinjaAPI) -> Schema:
    """The whole description."""
    schema: Schema = api.get_openapi_schema(path_prefix=PREFIX)
    for methods in schema["paths"].values():
        for method, operation in methods.items():
            _complete(method, operation)
    schema["components"]["headers"] = _HEADERS
    schema["components"]["schemas"] |= {"Problem": _PROBLEM, "Fault": _FAULT}
    return schema


def _complete(method: str, operation: Schema) -> None:
    refusals = _REFUSALS | (_OF_BODIES if "requestBody" in operation else {})
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    operation["responses"] |= {
        status: {"description": said, "content": content} for status, said in refusals.items()
    }
    for answer in operation["responses"].values():
        answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
    if method == "post":
        operation["parameters"] = [*operation["parameters"], _KEY]


def operations_of(schema: Schema) -> dict[tuple[str, str], Operation]:
    """What the door looks up for every call."""
    return {
        (path.lstrip("/").replace("{", "<").replace("}", ">"), method.upper()): Operation(
            frozenset(each["name"] for each in operation["parameters"] if each["in"] == "query"),
            frozenset(operation.get("requestBody", {}).get("content", {})),
        )
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }
