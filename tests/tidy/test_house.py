"""The tree keeps its own rules: facts a reader of the code would otherwise have to check."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tieout.core.errors import CODES
from tieout.testing import brief
from tieout.testing.corpus import PROJECT

SOURCES = sorted((PROJECT / "src").rglob("*.py"))
IDENTIFIER = re.compile(r"[A-Za-z][a-z0-9]*|[A-Z]+(?![a-z])")
HOSTS = re.compile(
    r"https?://[^\s/]*(?:pypi|pythonhosted|npmjs|deb\.debian|crates)[^\s]*", re.IGNORECASE
)
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|root|home/\w+)/[\w.]")


def tracked() -> Iterator[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    for name in listed.stdout.splitlines():
        path = PROJECT / name
        if path.is_file():
            yield path


def glossary() -> list[tuple[str, str, list[str]]]:
    """The table of docs/concepts/glossary.md: term, code name, forbidden words."""
    text = (PROJECT / "docs/concepts/glossary.md").read_text(encoding="utf-8")
    rows = []
    for row in text.splitlines():
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        if row.startswith("|") and len(cells) == 4 and not set(cells[0]) <= {"-", " "}:
            forbidden = [word.strip("` ") for word in cells[2].split(",") if word.strip("` ")]
            rows.append((cells[0], cells[1].strip("`"), forbidden))
    return rows[1:]


@cache
def identifiers(path: Path) -> frozenset[str]:
    """Names that the file defines: classes, functions, arguments, targets."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                names.add(name)
            case ast.arg(arg=name):
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
    return frozenset(names)


def test_no_forbidden_word_names_anything_in_the_core() -> None:
    forbidden = {word: term for term, _, words in glossary() for word in words}
    assert len(forbidden) > 30
    found = [
        f"{path.relative_to(PROJECT)}: {name} (say {forbidden[part]!r}, not {part!r})"
        for path in SOURCES
        if path.is_relative_to(PROJECT / "src/tieout/core")
        for name in identifiers(path)
        for part in {each.lower() for each in IDENTIFIER.findall(name)} | {name.lower()}
        if part in forbidden
    ]
    assert not found


def test_every_code_name_of_the_glossary_that_is_a_type_exists() -> None:
    defined = {name for path in SOURCES for name in identifiers(path)}
    missing = [code for _, code, _ in glossary() if code.isidentifier() and code not in defined]
    assert not missing


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT / "src")))
def test_every_room_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_no_float_and_no_round_in_the_core() -> None:
    found = []
    for path in SOURCES:
        if not path.is_relative_to(PROJECT / "src/tieout/core"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id in {"float", "round"}:
                    found.append(f"{path.name}:{node.lineno} {node.func.id}()")
            elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                found.append(f"{path.name}:{node.lineno} /")
    assert not found


def test_no_address_of_a_registry_and_no_path_of_a_machine_is_committed() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if path == Path(__file__):
            continue
        found += [f"{path.name}: {each}" for each in HOSTS.findall(text)]
        found += [f"{path.name}: {each}" for each in MACHINE_PATHS.findall(text)]
    assert not found


def test_every_error_code_is_in_the_gallery() -> None:
    text = (PROJECT / "docs/reference/errors.md").read_text(encoding="utf-8")
    assert not [code for code in CODES if f"`{code}`" not in text]


def test_every_error_code_is_used() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in SOURCES if path.name != "errors.py")
    assert not [code for code in CODES if f'"{code}"' not in text]


def test_the_code_map_names_every_room() -> None:
    text = (PROJECT / "CODEMAP.md").read_text(encoding="utf-8")
    rooms = sorted(
        path.parent.relative_to(PROJECT / "src/tieout")
        for path in SOURCES
        if path.name == "__init__.py" and path.parent != PROJECT / "src/tieout"
    )
    assert not [str(room) for room in rooms if f"{room}" not in text]


def test_a_requirement_named_by_a_test_exists() -> None:
    known = brief.statements()
    if not known:
        pytest.skip("the brief's statements are not here (set TIEOUT_BRIEF to requirements.md)")
    assert not [number for number in brief.proofs() if number not in known]


def test_the_makefile_forgives_nothing() -> None:
    for name in ("Makefile", ".ci/run"):
        assert "|| true" not in (PROJECT / name).read_text(encoding="utf-8")
