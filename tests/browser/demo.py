"""The demo's joinery in the store, made by verbs: what a page needs before it can be looked at."""

from dataclasses import dataclass
from pathlib import Path

import tieout
from tests.browser.site import Site
from tests.store.firms import NOW
from tieout.core.access import Role
from tieout.formats.common.source import Source
from tieout.store.banking.models import BankAccount
from tieout.store.postgres.tenant import tenant
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.create_organisation import create_organisation
from tieout.workflows.import_file import import_file
from tieout.workflows.receive_file import receive_file
from tieout.workflows.reconcile import reconcile, set_reconciliation

DEMO = Path(tieout.__file__).parent / "cli" / "demo_files"


@dataclass(frozen=True)
class Joinery:
    """The organisation, called as its owner; two persons in it; its one reconciliation, if any."""

    owner: Caller
    olga: int
    rudi: int
    home: str
    reconciliation: str = ""


def joinery(site: Site) -> Joinery:
    """Larkfield Joinery with its owner Olga and its reviewer Rudi, and nothing else yet."""
    olga, email = site.person("Olga")
    rudi, reviewer = site.person("Rudi")
    owner = create_organisation(
        name="Larkfield Joinery", owner_email=email, owner_name="Olga", person_id=olga,
        origin="test", now=NOW,
    )  # fmt: skip
    add_member(owner, email=reviewer, role=Role.REVIEWER, name="Rudi", person_id=rudi, now=NOW)
    return Joinery(owner, olga, rudi, f"{site.address}/o/{owner.organisation_id}/")


def brought_in(site: Site) -> Joinery:
    """With a statement and the books."""
    made = joinery(site)
    for name in ("current-2026-09.ofx", "books-2026.beancount"):
        source = Source(name, (DEMO / name).read_bytes())
        file_id = receive_file(made.owner, source=source, now=NOW).file_id
        import_file(made.owner, file_id=file_id, now=NOW)
    return made


def matched(site: Site) -> Joinery:
    """With both compared, and a run that nobody has looked at."""
    made = brought_in(site)
    with tenant(made.owner.organisation_id):
        bank = BankAccount.objects.get().pk
    which = set_reconciliation(
        made.owner, name="Current account", bank_account_id=bank,
        account_code="Assets:Bank:Current", now=NOW,
    )  # fmt: skip
    reconcile(made.owner, reconciliation_id=which, now=NOW)
    return Joinery(made.owner, made.olga, made.rudi, made.home, f"reconciliations/{which}/")
