"""Pages of reference say what the code says."""

from tieout.config.environment import SETTINGS
from tieout.core.access import MAY, Action, Role, may
from tieout.core.explain.causes import CAUSES
from tieout.core.reports.basis import BASES
from tieout.testing.corpus import PROJECT


def rows(page: str) -> list[list[str]]:
    """The cells of every table row of a page."""
    text = (PROJECT / page).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]


def test_the_page_of_roles_is_the_table() -> None:
    head, _, *body = rows("docs/reference/roles.md")
    assert head[1:] == list(Role)
    said = {row[0]: [bool(cell) for cell in row[1:]] for row in body}
    assert said == {action: [may(role, action) for role in Role] for action in Action}
    assert sum(map(sum, said.values())) == sum(map(len, MAY.values()))


def test_every_variable_of_the_environment_is_on_the_page() -> None:
    said = {row[0]: row[1] for row in rows("docs/internals/store.md") if row[0] in SETTINGS}
    assert said == SETTINGS


def test_every_basis_is_in_the_guide_as_the_program_says_it() -> None:
    said = [row for row in rows("docs/guides/ledger-reports.md") if row[0] in BASES]
    assert said == [[each.code, each.title, each.action] for each in BASES.values()]


def test_every_cause_is_in_the_guide_as_the_program_says_it() -> None:
    said = [row for row in rows("docs/guides/explaining.md") if row[0] in CAUSES]
    assert said == [[each.code, each.title, each.action] for each in CAUSES.values()]
