"""From an alert to what it is about in one step, on home and on the status board."""

from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from tests.store.firms import NOW, firm
from tests.web.test_probe import client_of, ids_of
from tieout.core.access import Role
from tieout.core.alerts import AlertKind
from tieout.store.operations.models import Alert
from tieout.store.postgres.tenant import tenant

pytestmark = pytest.mark.usefixtures("store")
ABOUT = {
    AlertKind.DIFFERENCE: ("reconciliation:{reconciliation}", "reconciliation", "reconciliation"),
    AlertKind.OVERDUE: ("job_run:{job}", "job", "job"),
    AlertKind.MISSING_FEED: ("bank_account:{account}", "account", "account"),
    AlertKind.UNEXPLAINED: ("books:{books}", "books", "books"),
    AlertKind.VERIFICATION_FAILED: ("organisation:1", "audit", ""),
}
"""For each kind what it is about, the page it leads to, and the id in its address."""


@pytest.mark.req("R068")
def test_one_step_from_an_alert_to_what_is_wrong() -> None:
    own = firm("Alarmed")
    ids = ids_of(own)
    inside = own.organisation_id
    leads = {}
    with tenant(inside):
        for kind, (subject, page, name) in ABOUT.items():
            told = f"{kind} is wrong"
            numbers = [ids[name]] if name else []
            leads[told] = reverse(page, args=[inside, *numbers])
            add(inside, kind, subject.format(**ids), told)
        failed = f"reconcile reconciliation:{ids['reconciliation']}"
        add(inside, AlertKind.JOB_FAILED, failed, "job failed")
        leads["job failed"] = (
            f"{reverse('runs', args=[inside])}?task=reconcile"
            f"&subject=reconciliation%3A{ids['reconciliation']}&state=failed"
        )
    client = client_of(own, Role.OWNER)
    for page in ("home", "status"):
        seen = client.get(reverse(page, args=[inside])).content.decode()
        for told, address in leads.items():
            after = seen.partition(told)[2]
            assert after.partition('href="')[2].startswith(escape(address)), (page, told)
    for address in leads.values():
        assert opened(client, address)


def add(inside: UUID, kind: AlertKind, subject: str, text: str) -> None:
    Alert.objects.create(
        organisation_id=inside,
        key=f"{kind} {subject} of the test",
        kind=kind,
        subject=subject,
        text=text,
        raised_at=NOW,
    )


def opened(client: Client, address: str) -> bool:
    return client.get(address).status_code == 200
