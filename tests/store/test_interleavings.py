"""Two writers at once over the same records: nothing is lost, nothing happens twice."""

import random
from collections import defaultdict
from threading import Thread

import pytest
from django.db import connection
from django.db.models import QuerySet

from tests.store.firms import NOW
from tests.store.test_decisions import Desk
from tieout.core.access import Role
from tieout.core.errors import Conflict
from tieout.store.postgres.tenant import tenant
from tieout.store.reconciliation.models import DecidedRecord, Decision
from tieout.workflows.acting import Caller
from tieout.workflows.add_member import add_member
from tieout.workflows.decide import confirm_group, reject_group, undo
from tieout.workflows.replay import replay
from tieout.workflows.verify_audit import verify_audit

pytestmark = pytest.mark.usefixtures("store")
TURNS = 1000


def in_force() -> QuerySet[Decision]:
    """Within a tenant: what was decided and not undone since."""
    undone = Decision.objects.filter(undoes__isnull=False).values("undoes_id")
    return Decision.objects.exclude(verdict="undo").exclude(id__in=undone)


class Writer:
    """Somebody who confirms, rejects and undoes at random, and looks again when refused."""

    def __init__(self, who: Caller, groups: list[int], seed: int) -> None:
        self.who, self.groups, self.draw = who, groups, random.Random(seed)  # noqa: S311  which turn, no secret
        self.acknowledged: list[tuple[int, str]] = []
        self.refused = 0
        self.unforeseen: list[BaseException] = []

    def run(self) -> None:
        """Half of all turns."""
        try:
            for _ in range(TURNS // 2):
                try:
                    self.acknowledged.append(self.turn())
                except Conflict:
                    self.refused += 1
        except BaseException as error:  # noqa: BLE001  told to the test, which is another thread
            self.unforeseen.append(error)
        finally:
            connection.close()

    def turn(self) -> tuple[int, str]:
        """One decision on what is in force by now, unless the other is quicker."""
        known = self.known()
        if known and self.draw.random() < 0.5:
            return undo(self.who, decision_id=self.draw.choice(known), now=NOW), "undo"
        decide = self.draw.choice((confirm_group, reject_group))
        verdict = "confirm" if decide is confirm_group else "reject"
        return decide(self.who, group_id=self.draw.choice(self.groups), now=NOW), verdict

    def known(self) -> list[int]:
        with tenant(self.who.organisation_id):
            return list(in_force().values_list("id", flat=True))


@pytest.mark.req("R033", "R034")
def test_two_writers_and_a_thousand_turns_lose_and_double_nothing() -> None:
    desk = Desk()
    desk.run()
    colleague = add_member(desk.owner, email="c@example.org", role=Role.ACCOUNTANT, now=NOW)
    groups = [each.pk for each in desk.groups()]
    writers = [Writer(who, groups, seed) for seed, who in enumerate((desk.owner, colleague))]
    threads = [Thread(target=each.run) for each in writers]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not [each for one in writers for each in one.unforeseen]
    told = sorted(each for one in writers for each in one.acknowledged)
    assert len(told) + sum(each.refused for each in writers) == TURNS
    assert all(each.refused for each in writers), "they never stood in each other's way"
    with tenant(desk.owner.organisation_id):
        kept = list(Decision.objects.order_by("id").values_list("id", "verdict"))
        undone = Decision.objects.filter(verdict="undo").values_list("undoes_id", flat=True)
        held = DecidedRecord.objects.filter(decision__in=in_force().filter(verdict="confirm"))
        holders: dict[tuple[int | None, int | None], list[int]] = defaultdict(list)
        for row in held:
            holders[row.line_id, row.posting_id].append(row.decision_id)
        assert len(set(undone)) == len(undone)
    assert kept == told
    assert all(len(each) == 1 for each in holders.values())
    assert verify_audit(desk.owner, keys={}, now=NOW).is_sound
    assert replay(desk.owner, now=NOW).is_sound
