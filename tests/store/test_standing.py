"""The status board and the analytics, by facts that a test has put there."""

from datetime import date, timedelta

import pytest

from tests.store.firms import NOW, SEPTEMBER, firm, imported, organisation
from tieout.core.alerts import AlertKind
from tieout.core.effectiveness import percent
from tieout.core.errors import InvalidInput
from tieout.workflows.alert_rules import rules_shown, set_alert_rule
from tieout.workflows.views.analytics import analytics
from tieout.workflows.views.standing import connections, queue

pytestmark = pytest.mark.usefixtures("store")


@pytest.mark.req("R065")
def test_a_feed_is_judged_once_it_is_known_how_late_it_may_be() -> None:
    caller = organisation("Feeds")
    assert connections(caller, now=NOW) == ()
    imported(caller, SEPTEMBER)
    [feed] = connections(caller, now=NOW)
    assert feed.last_on == date(2026, 9, 30)
    assert feed.lag_days == (NOW.date() - date(2026, 9, 30)).days
    assert feed.state == "too new to judge"
    for days, state in ((feed.lag_days, "up to date"), (feed.lag_days - 1, "late")):
        subject = f"bank_account:{feed.account_id}"
        kind = AlertKind.MISSING_FEED
        set_alert_rule(caller, kind=kind, subject=subject, allowed=days, now=NOW)
        [shown] = rules_shown(caller)
        assert (shown.kind, shown.subject, shown.allowed) == (kind, subject, days)
        assert connections(caller, now=NOW)[0].state == state


def test_work_that_waits_for_long_says_that_nobody_takes_it() -> None:
    caller = firm("Waiting")
    told = queue(caller, now=NOW)
    assert (told.waiting, told.running, told.failed, told.late) == (1, 0, 0, 0)
    assert not told.waits_long(NOW)
    assert told.waits_long(NOW + timedelta(minutes=3))


@pytest.mark.req("R079")
def test_analytics_count_what_was_read_matched_and_left_open() -> None:
    caller = firm("Counted")
    found = analytics(caller, first_on=NOW.date() - timedelta(days=6), last_on=NOW.date())
    assert [each.on for each in found.days] == [
        NOW.date() - timedelta(days=each) for each in range(6, -1, -1)
    ]
    today = found.days[-1]
    assert today.files >= 1
    assert today.lines > 0
    assert today.decisions >= 1
    assert sum(each.files for each in found.days[:-1]) == 0
    [matching] = found.matching
    assert matching.records > matching.unmatched > 0
    assert sum(each.count for each in found.ages) == matching.unmatched
    [working] = found.working
    assert (working.task, working.count, working.usual) == ("raise_alerts", 1, None)
    earlier = analytics(caller, first_on=date(2020, 1, 1), last_on=date(2020, 1, 2))
    assert (earlier.matching, earlier.working) == ((), ())


def test_a_range_that_is_none_is_refused_with_the_days_it_named() -> None:
    caller = organisation("Days")
    with pytest.raises(InvalidInput) as raised:
        analytics(caller, first_on=date(2026, 2, 2), last_on=date(2026, 2, 1))
    assert "2026-02-02" in str(raised.value)


def test_nothing_is_rounded_up_to_all() -> None:
    assert [percent(1999, 2000), percent(1, 1), percent(0, 0)] == ["99.9 %", "100.0 %", "–"]
