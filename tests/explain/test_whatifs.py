"""What-ifs: each on a copy, with where things would land and every difference before and after."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import tieout
from tests.explain.test_brief import AP, AR, CONTROL, SUSPENSE, books, entry, posting
from tieout.core.accounts import AccountKey
from tieout.core.errors import InvalidInput
from tieout.core.explain.books import (
    AccountUse,
    Books,
    ControlSettings,
    LedgerEntry,
    PostingStatus,
    SubLedger,
)
from tieout.core.explain.explaining import explain_ledger
from tieout.core.explain.snapshot import books_digest
from tieout.core.explain.whatifs import Ask, WhatIf, alone_enough, landings_of, try_all, try_it
from tieout.core.periods import PeriodLog
from tieout.testing.books import Shape, planted_books, write_books

JANUARY, MARCH, DECEMBER = date(2026, 1, 12), date(2026, 3, 12), date(2026, 12, 12)
WAITS, IS_DEFERRED = PostingStatus.WAITING, PostingStatus.DEFERRED


def waiting(day: date, status: PostingStatus = WAITS) -> tuple[LedgerEntry, Books]:
    of = entry(10_000, day)
    kept = books([of], [posting(of, day.month, status=status)])
    log = PeriodLog((*kept.log.events,), frozenset({12}))
    return of, replace(kept, log=log, extracted_on=date(2026, 4, 1))


@pytest.mark.req("R278", "R279")
def test_opening_all_periods_shows_where_what_waits_would_land() -> None:
    _, kept = waiting(JANUARY)
    (landing,) = landings_of(kept)
    assert (landing.own_period, landing.lands_now, landing.lands_open) == (1, 2, 1)
    assert landing.is_elsewhere
    tried = try_it(kept, Ask(WhatIf.OPEN_PERIODS))
    assert "1 of them would land in another period" in tried.sentence
    (after,) = landings_of(tried.books)
    assert not after.is_elsewhere


@pytest.mark.req("R278", "R280")
@pytest.mark.parametrize(
    ("asks", "difference", "causes"),
    [
        ([WhatIf.UPDATE_WAITING], (10_000, 0, 0), {"closed_period"}),
        ([WhatIf.OPEN_PERIODS, WhatIf.UPDATE_WAITING], (0, 0, 0), set()),
    ],
)
def test_updating_after_closing_turns_waiting_into_a_late_posting_unless_periods_are_open(
    asks: Sequence[WhatIf], difference: tuple[int, ...], causes: set[str]
) -> None:
    _, kept = waiting(JANUARY)
    tried = try_all(kept, map(Ask, asks))
    made = tried[-1].after[0]
    assert made.difference()[1:4] == difference
    assert set(made.by_cause()) == causes
    assert bool(tried[-1].warnings) is bool(causes)


def test_what_is_deferred_waits_once_its_period_is_open_and_is_moved_where_it_is_not() -> None:
    _, kept = waiting(DECEMBER, IS_DEFERRED)
    opened = try_all(
        kept, map(Ask, (WhatIf.OPEN_PERIODS, WhatIf.REDATE_DEFERRED, WhatIf.UPDATE_WAITING))
    )
    assert not any(opened[-1].after[0].difference())
    moved = try_all(kept, map(Ask, (WhatIf.REDATE_DEFERRED, WhatIf.UPDATE_WAITING)))
    assert "date and period then differ" in moved[0].warnings[0]
    (share,) = moved[-1].after[0].shares
    assert (share.cause, share.amount_minor) == ("date_period_mismatch", -10_000)
    assert (share.begins, share.ends) == (11, 12)
    assert not try_it(kept, Ask(WhatIf.UPDATE_WAITING)).change.moved


@pytest.mark.req("R247", "R270", "R271", "R272")
@pytest.mark.parametrize("ledger", [AR, AP])
def test_adding_a_control_account_removes_its_share_and_shows_what_it_brings(
    ledger: SubLedger,
) -> None:
    key = AccountKey("77100")
    of = entry(3_000, MARCH, ledger=ledger, key=key)
    journal = posting(of, 3, posting_id="M", module="NL", source_id="", line_no=0, base_minor=250)
    kept = books([of], [posting(of, 3), journal])
    use = AccountUse.CONTROL_AR if ledger is AR else AccountUse.CONTROL_AP
    kept = replace(kept, accounts={**kept.accounts, key: use})
    assert explain_ledger(kept, ledger).difference()[3] == 3_000
    tried = try_it(kept, Ask(WhatIf.ADD_CONTROL, key))
    assert [share.cause for share in tried.brought_in] == ["manual_journal"]
    after = next(each for each in tried.after if each.ledger is ledger)
    assert after.difference()[3] == -250
    assert kept.settings[of.ledger] == ControlSettings(kept.settings[of.ledger].counted)


def test_the_single_what_if_that_is_enough_is_named() -> None:
    of = entry(3_000, MARCH)
    kept = books([of], [posting(of, 3, key=SUSPENSE)])
    assert alone_enough(kept) == {AR: Ask(WhatIf.SUSPENSE_JOURNALS)}
    assert try_it(kept, Ask(WhatIf.SUSPENSE_JOURNALS)).agreed == (AR,)
    two = entry(200, MARCH, entry_id="E2", reference="R2")
    assert alone_enough(replace(kept, entries=(of, two))) == {}
    _, late = waiting(MARCH)
    assert alone_enough(late) == {AR: Ask(WhatIf.UPDATE_WAITING)}


@pytest.mark.req("R282", "R283", "R284", "R285")
@pytest.mark.parametrize("seed", range(4))
def test_suspense_journals_go_into_the_original_period_and_leave_no_suspense(seed: int) -> None:
    kept = planted_books(seed, Shape(documents=15, plants=2)).books()
    tried = try_it(kept, Ask(WhatIf.SUSPENSE_JOURNALS))
    lasting = [
        share
        for made in tried.after
        for share in made.shares
        if share.cause == "suspense" and share.ends is None
    ]
    assert not lasting
    starts = {
        share.group.entries[0].entry_id: share.begins
        for made in tried.before
        for share in made.shares
        if share.cause == "suspense" and share.ends is None
    }
    for line in tried.change.lines:
        assert line.period == starts[line.narrative.split()[2]]


@pytest.mark.req("R269")
@pytest.mark.parametrize("seed", range(3))
def test_nothing_read_is_changed_by_an_investigation(seed: int, tmp_path: Path) -> None:
    folder = write_books(planted_books(seed, Shape(documents=15)).books(), tmp_path)
    made = tieout.explain(folder)
    kept, snapshot = books_digest(made.whole), made.snapshot
    asks = ["open-periods", "update-waiting", "move-deferred", "add-control=44190"]
    copy = made.investigate(what_if=[*asks, "suspense-journals"], accept="all")
    assert copy.snapshot == snapshot
    assert books_digest(made.whole) == kept
    assert tieout.explain(folder).snapshot == snapshot
    assert (
        copy.copy_digest
        == made.investigate(what_if=[*asks, "suspense-journals"], accept="all").copy_digest
        != kept
    )
    for step, following in zip(copy.tried, copy.tried[1:], strict=False):
        before, after = (
            [each.difference() for each in side] for side in (following.before, step.after)
        )
        assert before == after
    assert not any(share.ends is None for each in copy.after for share in each.shares)


@pytest.mark.parametrize(
    "said", ["open", "add-control", "add-control=1/2/3/4", "update-waiting=1", ""]
)
def test_a_what_if_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(InvalidInput, match=r"command\.invalid"):
        Ask.of(said)


def test_an_account_that_is_counted_already_cannot_be_added() -> None:
    with pytest.raises(InvalidInput, match="is counted"):
        try_it(waiting(MARCH)[1], Ask(WhatIf.ADD_CONTROL, CONTROL))
    assert str(Ask.of("add-control=44190/ADM")) == "add-control=44190/ADM"
