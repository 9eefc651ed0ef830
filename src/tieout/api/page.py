"""The description as a plain page: every operation and code; no script, nothing from elsewhere."""

from collections.abc import Iterator
from html import escape
from typing import Any

from tieout.api.description import Schema
from tieout.core.errors import CODES

_HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Tieout API</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1"></head><body><main>'
)


def page_of(schema: Schema) -> str:
    """The whole page."""
    info = schema["info"]
    return "\n".join(
        (
            _HEAD,
            f"<h1>{escape(info['title'])} API {escape(info['version'])}</h1>",
            f"<p>{escape(info['description'])}</p>",
            '<p><a href="openapi.json">The same for machines (OpenAPI 3.1)</a>.</p>',
            "<h2>Operations</h2>",
            *(_operation(schema, *each) for each in operations(schema)),
            "<h2>Codes of refusals</h2><dl>",
            *(
                f'<dt id="{escape(code.name)}"><code>{escape(code.name)}</code></dt>'
                f"<dd>{escape(code.title)}. {escape(code.next_step)}</dd>"
                for code in CODES.values()
            ),
            "</dl></main></body></html>",
        )
    )


def operations(schema: Schema) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, address and description of every operation, in order."""
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _operation(schema: Schema, method: str, path: str, operation: dict[str, Any]) -> str:
    name = escape(operation["operationId"])
    parts = [
        f'<section><h3 id="{name}"><code>{method} {escape(path)}</code></h3>',
        f"<p>{escape(operation.get('description', ''))}</p>",
    ]
    parameters = [
        f"<li><code>{escape(each['name'])}</code> ({each['in']}"
        f"{', needed' if each.get('required') else ''}): {escape(each.get('description', ''))}</li>"
        for each in operation["parameters"]
    ]
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        fields = ", ".join(_fields(schema, content["schema"]))
        parameters.append(f"<li>body as {escape(kind)}: {fields or 'the bytes'}</li>")
    statuses = ", ".join(map(str, operation["responses"]))
    parts += ["<ul>", *parameters, "</ul>", f"<p>Answers: {statuses}.</p></section>"]
    return "\n".join(parts)


def _fields(schema: Schema, described: dict[str, Any]) -> Iterator[str]:
    reference = described.get("$ref", "").rpartition("/")[2]
    found = schema["components"]["schemas"].get(reference, described)
    needed = found.get("required", ())
    for name in found.get("properties", {}):
        yield f"<code>{escape(name)}</code>{' (needed)' if name in needed else ''}"
