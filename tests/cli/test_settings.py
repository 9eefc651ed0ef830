"""The commands of settings as text, from an export to a promotion out of a sandbox."""

import json
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.store.firms import NOW
from tests.store.test_sandbox import WIDER, run
from tests.store.test_settings import DOCUMENT
from tieout.cli.app import app
from tieout.core.access import Role
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.create_organisation import create_organisation
from tieout.workflows.create_person import create_person, person_of
from tieout.workflows.memberships import memberships_of

pytestmark = pytest.mark.usefixtures("store")
_NUMBERS = count(1)
WORDS = "four unusual 7 words"


class Roof:
    """What the commands are handed: the store of the tests is open already."""

    def now(self) -> datetime:
        return NOW

    def opened(self) -> AbstractContextManager[None]:
        return nullcontext()


def tieout(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)), obj=Roof())


def firm() -> tuple[str, str, Caller]:
    """An organisation of its own name, its owner's address, and its owner, who can sign in."""
    number = next(_NUMBERS)
    email = f"keeper{number}@example.org"
    name = f"Settings {number}"
    person = create_person(email=email, password=WORDS, name="", now=NOW)
    made = create_organisation(
        name=name, owner_email=email, person_id=person, origin="test", now=NOW
    )
    return name, email, made


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(DOCUMENT, encoding="utf-8")
    return path


@pytest.mark.req("R085", "R093", "R094")
def test_settings_are_imported_exported_compared_and_rolled_back(
    document: Path, tmp_path: Path
) -> None:
    name, email, _ = firm()
    here = ("--organisation", name)
    by = (*here, "--reason", "as at Timberline", "--as", email)
    assert tieout("settings", "diff", document, *here).exit_code == 1
    done = tieout("settings", "import", document, *by)
    assert done.exit_code == 0, done.output
    assert "+ schedules reconcile NL55BANK0123456789 EUR / bank: task 'reconcile'" in done.output
    assert "The channel hook has no address and sends nothing." in done.output
    assert tieout("settings", "export", *here).output == DOCUMENT
    same = tieout("settings", "diff", document, *here)
    assert (same.exit_code, same.output) == (0, "The document says what stands.\n")
    document.write_text(DOCUMENT.replace("allowed = 500", "allowed = 700"))
    [change] = json.loads(tieout("settings", "diff", document, *here, "--json").output)
    assert (change["before"], change["after"]) == ({"allowed": 500}, {"allowed": 700})
    assert tieout("settings", "import", document, *by).exit_code == 0
    told = tieout("settings", "history", *here).output
    rows = [line for line in told.splitlines() if "import_settings" in line]
    assert len(rows) == 2
    assert "as at Timberline" in rows[0]
    back = tieout("settings", "rollback", rows[1].split()[0], *by)
    assert back.exit_code == 0, back.output
    out = tmp_path / "out.toml"
    assert tieout("settings", "export", *here, "--out", out).exit_code == 0
    assert out.read_text(encoding="utf-8") == DOCUMENT
    earlier = tieout("settings", "export", *here, "--version", rows[0].split()[0]).output
    assert "allowed = 700" in earlier


@pytest.mark.req("R089")
def test_what_waits_is_shown_and_approved_by_another_person(document: Path) -> None:
    name, email, owner = firm()
    colleague = f"colleague-{email}"
    person = create_person(email=colleague, password=WORDS, name="", now=NOW)
    add_member(owner, email=colleague, role=Role.ACCOUNTANT, person_id=person, now=NOW)
    here = ("--organisation", name)
    asked = tieout("settings", "import", document, *here, "--reason", "why not", "--as", email)
    assert "waits for another person" in asked.output
    number = asked.output.partition(": proposal ")[2].split()[0]
    assert (
        f"proposal {number} by {email} waits: why not"
        in tieout("settings", "history", *here).output
    )
    own = tieout("settings", "approve", number, *here, "--as", email)
    assert own.exit_code == 2
    assert "[settings.four-eyes]" in own.output
    done = tieout("settings", "approve", number, *here, "--as", colleague)
    assert "in force as version" in done.output
    assert tieout("settings", "export", *here).output == DOCUMENT


@pytest.mark.req("R077")
def test_a_sandbox_is_made_and_promoted_from_once_it_has_been_run(document: Path) -> None:
    name, email, _ = firm()
    here = ("--organisation", name, "--as", email)
    why = ("--reason", "tried")
    assert tieout("settings", "import", document, *here, *why).exit_code == 0
    into = f"{name} sandbox"
    made = tieout("sandbox", "make", *here, "--into", into)
    assert made.exit_code == 0, made.output
    document.write_text(WIDER, encoding="utf-8")
    there = ("--organisation", into, "--as", email, *why)
    assert tieout("settings", "import", document, *there).exit_code == 0
    refused = tieout("sandbox", "promote", *here, *why, "--from", into)
    assert refused.exit_code == 2
    assert "no run of current since its settings changed last" in refused.output
    copy = next(
        each.caller("test")
        for each in memberships_of(person_of(email) or 0)
        if each.organisation == into
    )
    run(copy)
    assert "over no records" in tieout("sandbox", "promote", *here, *why, "--from", into).output


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, "file.not-found"), (b"\xff", "settings.invalid"), (b"schema = 9", "settings.invalid")],
)
def test_a_file_that_cannot_be_is_refused_with_the_next_step(
    tmp_path: Path, content: bytes | None, code: str
) -> None:
    name, email, _ = firm()
    path = tmp_path / "settings.toml"
    if content is not None:
        path.write_bytes(content)
    by = ("--organisation", name, "--reason", "x", "--as", email)
    for answer in (tieout("settings", "import", path, *by),
                   tieout("settings", "diff", path, "--organisation", name)):  # fmt: skip
        assert answer.exit_code == 2
        assert f"[{code}]" in answer.output
        assert "→" in answer.output
