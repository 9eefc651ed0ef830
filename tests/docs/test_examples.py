"""The documentation is executed: every command, every Python block and every rules file of it."""

import contextlib
import io
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tieout.cli.app import app
from tieout.config.wired import Wired
from tieout.core.settings import settings_of
from tieout.files.rules import load_rules
from tieout.testing.corpus import PROJECT
from tieout.testing.sap import PASSWORD, USER, FakeSap, example_company

SERVING = {"serve", "create-organisation", "settings", "sandbox"}
"""They start a database, or ask: tests of the store try them. Here their words are parsed."""
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs/guides").glob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)

STATEMENT = """:20:S
:25:77
:28C:1/1
:60F:C260901EUR100,00
:61:2609020902D10,00NTRFNONREF
:86:RENT
:62F:C260930EUR90,00
-
"""
OFX = """OFXHEADER:100
DATA:OFXSGML
VERSION:102

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR
<BANKACCTFROM><BANKID>1<ACCTID>77<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260902<TRNAMT>-612.48<FITID>b1<NAME>TIMBERLINE SUPPLIES</STMTTRN>
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260907<TRNAMT>875.50<FITID>b2<NAME>MARLOWE INV-2038</STMTTRN>
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260930<TRNAMT>-12.50<FITID>b3<NAME>ACCOUNT CHARGE</STMTTRN>
</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
BOOKS = """Date,Description,Amount,Currency
2026-09-01,Timberline Supplies,-612.48,EUR
2026-09-06,T Marlowe INV-2038,875.50,EUR
"""
FILES = {
    "books.toml": "[rates.constants]\n",
    "statement.sta": STATEMENT,
    "statement.ofx": OFX,
    "bank.ofx": OFX,
    "books.csv": BOOKS,
    "export.csv": BOOKS,
    "FOLDER/bank.ofx": OFX,
    "FOLDER/books.csv": BOOKS,
}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the files that the examples name, and a ledger that answers as SAP does."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="ascii")
    shutil.copytree(PROJECT / "src/tieout/cli/demo_books", tmp_path / "BOOKS")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIEOUT_HOME", str(tmp_path / "home"))
    with FakeSap(example_company()) as sap:
        monkeypatch.setenv("TIEOUT_SAP_URL", sap.url)
        monkeypatch.setenv("TIEOUT_SAP_USER", USER)
        monkeypatch.setenv("TIEOUT_SAP_PASSWORD", PASSWORD)
        yield tmp_path


def blocks(page: Path, kind: str) -> list[str]:
    return [text for name, text in BLOCK.findall(page.read_text(encoding="utf-8")) if name == kind]


def parsed(group: click.Group, arguments: list[str]) -> None:
    """Refuse a command that is not there, and options that it does not have."""
    name, *more = arguments
    command = group.get_command(click.Context(group), name)
    assert command is not None, name
    if isinstance(command, click.Group):
        parsed(command, more)
    else:
        command.make_context(name, more)


def commands(page: Path) -> list[list[str]]:
    lines = [line for text in blocks(page, "console") for line in text.splitlines()]
    said = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    return [shlex.split(line, comments=True) for line in said]


@pytest.mark.req("R042", "R114")
@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_the_page_runs(page: Path) -> None:
    for program, *arguments in commands(page):
        if program == "make":
            assert f"\n{arguments[0]}:" in (PROJECT / "Makefile").read_text(encoding="utf-8")
            continue
        assert program.endswith("tieout")
        if arguments[0] in SERVING:
            parsed(app, arguments)
            continue
        with contextlib.redirect_stdout(io.StringIO()):
            code = app.main(arguments, prog_name="tieout", standalone_mode=False, obj=Wired())
        assert code in {None, 0, 1}, arguments


@pytest.mark.req("R042", "R114")
@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_python_block_of_the_page_runs(page: Path) -> None:
    names: dict[str, object] = {}
    for text in blocks(page, "python"):
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(text, str(page), "exec"), names)  # noqa: S102  our own pages


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_rules_file_and_document_of_settings_of_the_page_is_accepted(
    page: Path, tmp_path: Path
) -> None:
    for number, text in enumerate(blocks(page, "toml")):
        if text.startswith("schema = "):
            assert settings_of(text, check_rules=load_rules).text == text
            continue
        path = tmp_path / f"{number}.toml"
        path.write_text(text, encoding="utf-8")
        load_rules(path)


def test_the_pages_have_examples_at_all() -> None:
    assert sum(len(commands(page)) for page in PAGES) >= 8
    assert sum(len(blocks(page, "python")) for page in PAGES) >= 3
