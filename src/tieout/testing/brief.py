"""Which statements of the brief have a test that proves them: `make coverage-of-brief`.

The statements are read from `requirements.md` in the folder of specifications beside the project
(or `TIEOUT_BRIEF`); tests name those they prove with `@pytest.mark.req("R020")`.
"""

import ast
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from tieout.testing.corpus import PROJECT

_ROW = re.compile(r"^\| (R\d{3})( \*\*[PNK]\*\*)? \| \d{3} \| [^|]* \| ([^|]*) \|", re.MULTILINE)


def statements() -> dict[str, str]:
    """Number to testable feature; empty when the brief is not here."""
    named = os.environ.get("TIEOUT_BRIEF")
    path = Path(named) if named else PROJECT.parent / "shared" / "spec" / "requirements.md"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return {found.group(1): found.group(3).strip() for found in _ROW.finditer(text)}


def proofs() -> dict[str, list[str]]:
    """Number to the tests that say they prove it, as `file::test`."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((PROJECT / "tests").rglob("test_*.py")):
        file = path.relative_to(PROJECT)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                for number in _numbers(node.decorator_list):
                    found[number].append(f"{file}::{node.name}")
            elif isinstance(node, ast.Assign) and _is_of_all(node):
                for number in _numbers(ast.walk(node.value)):
                    found[number].append(f"{file}, all tests")
    return dict(found)


def _is_of_all(node: ast.Assign) -> bool:
    """Whether these are the marks of every test of a module."""
    return [each.id for each in node.targets if isinstance(each, ast.Name)] == ["pytestmark"]


def _numbers(marks: Iterable[ast.AST]) -> list[str]:
    numbers = []
    for mark in marks:
        if (
            isinstance(mark, ast.Call)
            and isinstance(mark.func, ast.Attribute)
            and mark.func.attr == "req"
        ):
            numbers += [str(each.value) for each in mark.args if isinstance(each, ast.Constant)]
    return numbers


def main() -> None:
    """Print proved and unproved."""
    known, proved = statements(), proofs()
    say = sys.stdout.write
    if not known:
        say("The brief's statements are not here (set TIEOUT_BRIEF to requirements.md).\n")
    for number in sorted(proved):
        say(f"proved    {number}  {known.get(number, '')}\n")
        for test in proved[number]:
            say(f"               {test}\n")
    for number in sorted(known.keys() - proved.keys()):
        say(f"unproved  {number}  {known[number]}\n")
    say(f"{len(proved)} of {len(known)} statements are proved by a test\n")


if __name__ == "__main__":
    main()
