"""The page of the API's operations, `docs/reference/api-operations.md`, made from its description.

`python -m tieout.testing.api_page` writes it; a test compares.
"""

import os
from typing import Any

import django

from tieout.testing.corpus import PROJECT

PAGE = PROJECT / "docs" / "reference" / "api-operations.md"
_HEAD = """# Operations of the API

Generated from the description (`/api/v1/openapi.json`), which has every field. All want a token;
all may answer with the refusals of [the API's page](api.md).

| operation | what it does | answers |
|---|---|---|
"""


def page_of(schema: dict[str, Any]) -> str:
    """A row an operation."""
    rows = [
        f"| `{method.upper()} {path}` | {_said(operation)} | {_answers(operation)} |"
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    return _HEAD + "\n".join(rows) + "\n"


def _said(operation: dict[str, Any]) -> str:
    return " ".join(operation["description"].split()).replace("|", "/")


def _answers(operation: dict[str, Any]) -> str:
    return ", ".join(str(status) for status in operation["responses"] if int(status) < 400)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tieout.config.settings")
    django.setup()
    from tieout.api.urls import description

    PAGE.write_text(page_of(description()), encoding="utf-8")
