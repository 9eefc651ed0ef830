"""Options that several commands have."""

from pathlib import Path

import click

PATH = click.Path(path_type=Path)
KEYS = click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="KEY",
    help="A public key you know: hexadecimal, or a file of them (repeatable).",
)
JSON = click.option("--json", "as_json", is_flag=True, help="As JSON.")
ORGANISATION = click.option(
    "--organisation",
    default="",
    metavar="NAME",
    help="Name or id; needed if there are several.",
)
