"""Everything that programs can do, done in one house: the log of it replays to what there is."""

import pytest

from tests.api.houses import called, house, operations
from tests.api.programs import program
from tests.store.firms import KEY, NOW
from tieout.core.access import Role
from tieout.core.audit import parsed
from tieout.store.audit.models import Event
from tieout.store.postgres.tenant import tenant
from tieout.workflows.replay import replay
from tieout.workflows.sign_head import sign_head

pytestmark = pytest.mark.usefixtures("store", "clock")


@pytest.mark.req("R087")
def test_the_log_of_every_operation_replays_to_what_there_is() -> None:
    owner, ids = house("Marlowe")
    everybody = [program(owner), program(owner, Role.ACCOUNTANT), program(owner, Role.REVIEWER)]
    for caller in everybody:
        for name, method, path in operations():
            if method == "POST":
                assert called(caller, name, method, path, ids).status_code < 500, name
    sign_head(owner, key=KEY, now=NOW)
    done = replay(owner, now=NOW)
    assert done.departures == ()
    with tenant(owner.organisation_id):
        said = [parsed(bytes(each.body)) for each in Event.objects.all()]
    assert done.event_count == len(said) - 1, "and that it was replayed is in the log"
